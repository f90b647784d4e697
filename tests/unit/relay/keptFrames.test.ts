import { describe, expect, it } from "vitest";
import { KeptFrames, type Cursor } from "../../../src/relay/edge/keptFrames";
import { codecOf, headFor, type RelayedFrame } from "../../../src/relay/edge/relayedFrame";
import { unpackEnvelope } from "../../../src/protocol/envelope";
import type { StreamFrameHeader } from "../../../src/protocol/streamMessages";

function frame(group: number, object: number, bytes = 10): RelayedFrame {
  const seq = group * 1000 + object;
  const common = { seq, timestamp_us: 0, width: 4, height: 2 };
  const header: StreamFrameHeader = { type: "image_frame", ...common, mime: "image/jpeg" };
  return { group, object, header, rawHeader: header, payload: new Uint8Array(bytes) };
}

function kept(...frames: RelayedFrame[]): KeptFrames {
  const all = new KeptFrames();
  for (const one of frames) all.add(one);
  return all;
}

const groupOf = (length: number, bytes?: number): RelayedFrame[] =>
  Array.from({ length }, (_, object) => frame(1, object, bytes));

/** Where the next frame of a viewer is. */
const nextAt = (all: KeptFrames, cursor?: Cursor): unknown => {
  const next = all.next(cursor);
  return typeof next === "string" ? next : `${next.group}/${next.object}`;
};

describe("the frames that an edge keeps", () => {
  it("are none at first", () => {
    const all = kept();
    expect([all.canJoin, all.newest, nextAt(all)]).toEqual([false, undefined, "none"]);
    expect(nextAt(all, { group: 1, object: 3 })).toBe("lost");
    expect(all.behind(undefined)).toBe(0);
  });

  it("let a viewer join at the first of a group, and go on from there", () => {
    const all = kept(...groupOf(3));
    expect(all.canJoin).toBe(true);
    expect(nextAt(all)).toBe("1/0");
    expect(nextAt(all, { group: 1, object: 1 })).toBe("1/1");
    expect(nextAt(all, { group: 1, object: 3 })).toBe("none");
    expect([all.behind(undefined), all.behind({ group: 1, object: 2 })]).toEqual([3, 1]);
  });

  it("give a viewer of an older group the first of the new one", () => {
    const all = kept(...groupOf(3), frame(2, 0));
    expect(nextAt(all, { group: 1, object: 1 })).toBe("2/0");
    expect(all.behind({ group: 1, object: 1 })).toBe(1);
  });

  it.each([
    ["before a group", [frame(1, 1)]],
    ["in a group", [frame(1, 0), frame(1, 2)]],
    ["with the beginning of a group", [frame(1, 0), frame(2, 1)]],
  ])("are none where one is missing %s, until a group begins", (_what, frames) => {
    const all = kept(...frames);
    expect([all.canJoin, all.newest]).toEqual([false, undefined]);
    all.add(frame(frames.at(-1)?.group ?? 0, 3));
    expect(nextAt(all)).toBe("none");
    all.add(frame(9, 0));
    expect(nextAt(all)).toBe("9/0");
  });

  it("are the last sixteen of a long group, which nobody can join", () => {
    const all = kept(...groupOf(60));
    expect(all.canJoin).toBe(true);
    for (let object = 60; object < 500; object++) {
      all.add(frame(1, object));
      expect(all.canJoin).toBe(false);
      expect(nextAt(all, { group: 1, object: object - 15 })).toBe(`1/${object - 15}`);
      expect(nextAt(all, { group: 1, object: object - 16 })).toBe("lost");
    }
    expect([nextAt(all), nextAt(all, { group: 0, object: 1 })]).toEqual(["none", "lost"]);
  });

  it("are no more than two megabytes, beside the first of a group and the newest", () => {
    const all = kept(frame(1, 0, 50_000_000), frame(1, 1, 1_500_000));
    expect(all.canJoin).toBe(true);
    all.add(frame(1, 2, 1_500_000));
    expect([all.canJoin, all.newest?.object]).toEqual([false, 2]);
    expect(nextAt(all, { group: 1, object: 1 })).toBe("lost");
    all.add(frame(1, 3, 5_000_000));
    expect(nextAt(all, { group: 1, object: 3 })).toBe("1/3");
  });

  it("are none after they were forgotten", () => {
    const all = kept(...groupOf(3));
    all.clear();
    expect(all.newest).toBeUndefined();
    all.add(frame(1, 3));
    expect(all.newest).toBeUndefined();
  });
});

describe("a frame for a viewer", () => {
  const patch = {
    type: "patch_frame",
    ...{ seq: 7, base: 6, timestamp_us: 0, width: 4, height: 2, lengths: [3] },
    mime: "image/png",
    patches: [[0, 0, 1, 1]],
  } satisfies StreamFrameHeader;
  const relayed: RelayedFrame = {
    ...{ group: 1, object: 1, payload: new Uint8Array(3) },
    header: { ...patch, patches: [[0, 0, 1, 1]] },
    rawHeader: { ...patch, later: true },
  };

  it("has the viewer's numbers, and what only a newer viewer knows", () => {
    const { header } = unpackEnvelope(headFor(relayed, 100));
    expect(header).toEqual({ ...patch, seq: 107, base: 106, later: true });
  });

  it("has one header for all viewers with the same numbers", () => {
    expect(headFor(relayed, 3)).toBe(headFor(relayed, 3));
    expect(headFor(relayed, 3)).not.toBe(headFor(relayed, 4));
  });

  it("names its codec", () => {
    const chunk = (bitstream: "annexb" | "vp9"): RelayedFrame => {
      const common = { timestamp_us: 0, width: 4, height: 2, codec: "c", keyframe: true };
      return { ...relayed, header: { type: "video_chunk", seq: 1, ...common, bitstream } };
    };
    expect([chunk("annexb"), chunk("vp9"), relayed].map(codecOf)).toEqual(["h264", "vp9", "png"]);
  });
});
