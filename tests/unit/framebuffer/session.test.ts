import { describe, expect, it, vi } from "vitest";
import { zlibPacker } from "../../../src/framebuffer/node/packer";
import { nodeRuntime } from "../../../src/framebuffer/node/runtime";
import { MAX_RESENDS } from "../../../src/framebuffer/pacing/receiptWatch";
import { REST_DELAY } from "../../../src/framebuffer/pacing/restTimer";
import { FramebufferSession } from "../../../src/framebuffer/session";
import { DEFAULT_SETTINGS } from "../../../src/framebuffer/settings";
import { ProtocolError } from "../../../src/protocol/errors";
import { withBothNames, type RfbEvent, type WireEvent } from "../../../src/protocol/events";
import type { SessionMessage, ViewMessage } from "../../../src/protocol/messages";
import { parseFrameMessage } from "../../../src/protocol/parseFrameMessage";
import { decodeJpeg, decodePng } from "../../support/decodeImage";
import { FakeClock, runtimeWith } from "../../support/fakeClock";
import { linkTransports } from "../../support/linkedTransport";
import { FakeEncoder, fakeEncoders, pixel, raw, setUp } from "../../support/sessionHarness";

const resize: WireEvent = {
  type: "resize",
  timestamp: 1,
  width: 4,
  height: 3,
  pwidth: 8,
  pheight: 6,
  ratio: 2,
};
const key: WireEvent = { type: "key_down", timestamp: 2, key: "a", modifiers: [] };

/** A session whose source requests the next draw in each. */
function animation(parts?: Parameters<typeof setUp>[2]): ReturnType<typeof setUp> {
  const rig = setUp(
    {
      get_frame: () => {
        rig.session.requestDraw();
        return pixel(++rig.state.draws);
      },
    },
    {},
    parts,
  );
  return rig;
}

describe("a session and its view", () => {
  it("sends a first frame to a view that says hello, as bytes in the first buffer", async () => {
    const { show, view, shown, session } = setUp();
    await show();
    expect(shown).toMatchObject([{ index: 1, mimetype: "image/jpeg", pixel: 1 }]);
    expect(view.sent).toHaveLength(1);
    expect(session.lastFrame).toEqual(expect.objectContaining({ width: 1, height: 1 }));
  });

  it("draws for a size that a view asks for no more than memory can hold", async () => {
    const { show, view, events, settle, session } = setUp();
    await show();
    view.send({ ...resize, width: 5e4, height: 5e4, pwidth: 65_535, pheight: 65_535, ratio: 2 });
    await settle();
    expect(events.at(-1)).toMatchObject({ width: 5e4, pwidth: 2684, pheight: 2684 });
    expect(session.lastResizeEvent).toMatchObject({ ratio: 4096 / 5e4 });
  });

  it.each([1, 3])("keeps %i frames in flight and no more", async (most) => {
    const { show, draw, shown, acknowledge } = setUp(
      {},
      { quality: 80, max_buffered_frames: most },
    );
    await show();
    for (let time = 0; time < 6; time++) await draw();
    expect(shown.map(({ index }) => index)).toEqual([1, 2, 3].slice(0, most));
    await acknowledge(1);
    expect(shown).toHaveLength(most + 1);
  });

  it("keeps drawing when get_frame itself requests the next", async () => {
    const rig = animation();
    await rig.show();
    for (let index = 1; index <= 10; index++) await rig.acknowledge(index);
    expect(rig.shown.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it("draws after a resize, and tells the source first what the size is", async () => {
    const { show, view, shown, events, settle, session, acknowledge } = setUp();
    await show();
    await acknowledge(1);
    view.send(resize);
    await settle();
    expect(events).toEqual([withBothNames(resize)]);
    expect(session.lastResizeEvent).toEqual(withBothNames(resize));
    expect(shown).toHaveLength(2);
  });

  it("sends nothing for a null frame, and draws at the next request", async () => {
    let frame: ReturnType<typeof pixel> | null = null;
    const { show, draw, shown } = setUp({ get_frame: () => frame });
    await show();
    expect(shown).toEqual([]);
    frame = pixel(9);
    await draw();
    expect(shown).toMatchObject([{ index: 1, pixel: 9 }]);
  });

  it("sends the newest frame whole to a view that comes anew, and forgets what the former had in flight", async () => {
    const { show, draw, shown, acknowledge, session, clock } = setUp();
    await show();
    await draw();
    await draw();
    expect(shown).toHaveLength(2);
    await show();
    // The waiting draw is done as well, now that nothing is in flight.
    expect(shown.slice(2)).toMatchObject([
      { index: 3, pixel: 2 },
      { index: 4, pixel: 3 },
    ]);
    await acknowledge(4);
    // 3 was sent again and does not count; 1 and 2 never were confirmed.
    expect(session.stats).toMatchObject({ sent_frames: 3, confirmed_frames: 1 });
    clock.advance(1);
  });

  it("sends a picture at rest lossless to a view that comes anew", async () => {
    const { show, clock, settle, shown, acknowledge, lossless } = setUp();
    await show();
    await acknowledge(1);
    clock.advance(0.3);
    await settle();
    await show();
    expect(shown.map(({ mimetype }) => mimetype)).toEqual(["image/jpeg", "image/png", "image/png"]);
    expect(lossless.qualities).toHaveLength(1);
  });

  it("ignores and counts what only a newer view knows, and reports nothing", async () => {
    const { session, view, settle, errors } = setUp();
    view.send({ type: "gamepad_down", timestamp: 1 } as never);
    const modifiers = ["Hyper", "Shift"] as never;
    view.send({ type: "key_down", key: "a", modifiers, timestamp: 1 });
    await settle();
    expect(errors).toEqual([]);
    expect(session.stats.unknown_names).toBe(2);
  });

  it("reports a view of another version and serves it all the same", async () => {
    const { session, view, settle, shown, errors } = setUp();
    session.setVisible(true);
    view.send({ type: "hello", version: 2, accepts: [] });
    await settle();
    expect(String(errors[0]?.error)).toContain("hello.version: expected 1, got 2");
    expect(shown).toHaveLength(1);
  });
});

describe("asynchronous frames", () => {
  it("asks for one at a time and sends each when it is there", async () => {
    const waiting: ((frame: ReturnType<typeof pixel> | null) => void)[] = [];
    const { show, draw, shown, settle } = setUp({
      get_frame: () => new Promise((resolve) => waiting.push(resolve)),
    });
    await show();
    await draw();
    await draw();
    expect(waiting).toHaveLength(1);
    waiting[0]?.(pixel(7));
    await settle();
    expect(shown).toMatchObject([{ index: 1, pixel: 7 }]);
    expect(waiting).toHaveLength(2);
    waiting[1]?.(null);
    await settle();
    expect(shown).toHaveLength(1);
  });

  it("leave in the order in which they were drawn, whichever is encoded first", async () => {
    const { show, draw, shown, lossy, settle } = setUp({}, { quality: 80, max_buffered_frames: 3 });
    lossy.held = [];
    await show();
    await draw();
    await draw();
    await draw();
    expect(lossy.held).toHaveLength(3);
    lossy.held[2]?.finish();
    lossy.held[1]?.finish();
    await settle();
    expect(shown).toEqual([]);
    lossy.held[0]?.finish();
    await settle();
    expect(shown.map((frame) => [frame.index, frame.pixel])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it("go to a view that comes while they are encoded, in their turn", async () => {
    const { show, shown, lossy, settle } = setUp();
    lossy.held = [];
    await show();
    await show();
    lossy.held[0]?.finish();
    await settle();
    expect(shown).toMatchObject([{ index: 1, pixel: 1 }]);
  });

  it("are sent by sendFrame whether or not the view keeps up", async () => {
    const { show, session, shown, settle } = setUp({ get_frame: () => null });
    await show();
    for (let value = 1; value <= 5; value++) {
      session.sendFrame(pixel(value));
      await settle();
    }
    expect(shown.map((frame) => frame.pixel)).toEqual([1, 2, 3, 4, 5]);
    expect(() => session.sendFrame({ data: new Float32Array(1), shape: [1, 1] })).toThrow(
      TypeError,
    );
    expect(() => session.sendFrame({ data: new Uint8Array(2), shape: [1, 1] })).toThrow(RangeError);
  });
});

describe("the end of a movement", () => {
  it("is one lossless frame after 0.3 s of quiet, which counts in no statistic", async () => {
    const { show, draw, acknowledge, clock, settle, shown, session, lossy, lossless } = setUp();
    await show();
    await draw();
    await acknowledge(2);
    const before = session.stats;
    clock.advance(0.29);
    await settle();
    expect(shown).toHaveLength(2);
    clock.advance(0.01);
    await settle();
    expect(shown[2]).toMatchObject({ index: 3, mimetype: "image/png", pixel: 2 });
    await acknowledge(3);
    expect(session.stats).toEqual(before);
    clock.advance(60);
    await settle();
    expect(shown).toHaveLength(3);
    expect(lossy.qualities).toEqual([80, 80]);
    expect(lossless.qualities).toEqual([100]);
  });

  it("comes when the view can be seen again, if it was hidden meanwhile", async () => {
    const { show, acknowledge, clock, settle, shown, session } = setUp();
    await show();
    await acknowledge(1);
    session.setVisible(false);
    clock.advance(5);
    await settle();
    expect(shown).toHaveLength(1);
    session.setVisible(true);
    await settle();
    expect(shown.map(({ mimetype }) => mimetype)).toEqual(["image/jpeg", "image/png"]);
  });

  it("waits for the receipt when the view can take no more", async () => {
    const { show, acknowledge, clock, settle, shown } = setUp(
      {},
      { quality: 80, max_buffered_frames: 1 },
    );
    await show();
    clock.advance(1);
    await settle();
    expect(shown).toHaveLength(1);
    await acknowledge(1);
    expect(shown[1]).toMatchObject({ index: 2, mimetype: "image/png", pixel: 1 });
  });

  it("comes even if the last draw gave nothing", async () => {
    let frame: ReturnType<typeof pixel> | null = pixel(3);
    const { show, draw, acknowledge, clock, settle, shown } = setUp({ get_frame: () => frame });
    await show();
    await acknowledge(1);
    frame = null;
    clock.advance(0.2);
    await draw();
    clock.advance(0.2);
    await settle();
    expect(shown).toHaveLength(1);
    clock.advance(0.1);
    await settle();
    expect(shown[1]).toMatchObject({ mimetype: "image/png", pixel: 3 });
  });

  it("is not needed at quality 100, where every frame is lossless", async () => {
    const { show, acknowledge, clock, settle, shown } = setUp(
      {},
      { quality: 100, max_buffered_frames: 2 },
    );
    await show();
    await acknowledge(1);
    clock.advance(10);
    await settle();
    expect(shown.map(({ mimetype }) => mimetype)).toEqual(["image/png"]);
  });

  it("takes a change of quality at the next draw", async () => {
    const { show, draw, settings, lossy } = setUp();
    await show();
    settings.quality = 30;
    await draw();
    expect(lossy.qualities).toEqual([80, 30]);
  });
});

describe("frames or receipts that get lost", () => {
  it("do not stop an animation: it goes on after 2 s, and at full pace once a receipt comes", async () => {
    const rig = animation();
    await rig.show();
    await rig.draw();
    expect(rig.shown).toHaveLength(2);
    rig.clock.advance(1.999);
    await rig.settle();
    expect(rig.shown).toHaveLength(2);
    rig.clock.advance(0.001);
    await rig.settle();
    expect(rig.shown).toHaveLength(3);
    await rig.acknowledge(3);
    expect(rig.shown).toHaveLength(5);
    await rig.acknowledge(2);
    expect(rig.shown).toHaveLength(5);
    // The receipts for 1 and 2 are overdue or late, and count for nothing.
    expect(rig.session.stats).toMatchObject({ sent_frames: 5, confirmed_frames: 1 });
    expect(rig.errors).toEqual([]);
  });

  it("do not keep back the lossless redraw, which is sent until it arrives", async () => {
    const { show, acknowledge, clock, settle, shown, lossless, session } = setUp(
      {},
      { quality: 80, max_buffered_frames: 1 },
    );
    await show();
    clock.advance(10);
    await settle();
    clock.advance(10);
    await settle();
    const still = { mimetype: "image/png", pixel: 1 };
    expect(shown.slice(1)).toMatchObject([
      { index: 2, ...still },
      { index: 3, ...still },
    ]);
    // The same file goes again: it is encoded once.
    expect(lossless.qualities).toHaveLength(1);
    await acknowledge(3);
    clock.advance(100);
    await settle();
    expect(shown).toHaveLength(3);
    expect(clock.pending).toBe(0);
    expect(session.stats).toMatchObject({ sent_frames: 1, confirmed_frames: 0 });
  });

  it("cost a page that is gone a limited number of copies of a picture at rest", async () => {
    const { show, clock, settle, shown } = setUp({}, { quality: 100, max_buffered_frames: 2 });
    await show();
    for (let time = 0; time < 20; time++) {
      clock.advance(10);
      await settle();
    }
    expect(shown.map((frame) => [frame.index, frame.pixel])).toEqual(
      Array.from({ length: 1 + MAX_RESENDS }, (_, at) => [at + 1, 1]),
    );
    expect(clock.pending).toBe(0);
    await show();
    expect(shown.at(-1)).toMatchObject({ index: 2 + MAX_RESENDS, pixel: 1 });
  });

  it("hold an animation up for half a second, as measured round trips are short", async () => {
    const rig = animation();
    await rig.show();
    await rig.draw();
    rig.clock.advance(0.01);
    await rig.acknowledge(2);
    expect(rig.shown).toHaveLength(4);
    rig.clock.advance(0.499);
    await rig.settle();
    expect(rig.shown).toHaveLength(4);
    rig.clock.advance(0.001);
    await rig.settle();
    expect(rig.shown).toHaveLength(5);
  });

  it("cannot be where the transport is reliable: a slow receipt is waited for", async () => {
    const rig = animation({ isReliable: true });
    await rig.show();
    await rig.draw();
    expect(rig.shown).toHaveLength(2);
    rig.clock.advance(3600);
    await rig.settle();
    expect(rig.shown).toHaveLength(2);
    await rig.acknowledge(1);
    expect(rig.shown).toHaveLength(3);
  });

  it("give a page that comes back the usual time for its first receipt", async () => {
    const rig = animation();
    await rig.show();
    await rig.draw();
    for (let time = 0; time < 5; time++) {
      rig.clock.advance(10);
      await rig.settle();
    }
    await rig.show();
    const shown = rig.shown.length;
    rig.clock.advance(2);
    await rig.settle();
    expect(rig.shown.length).toBeGreaterThan(shown);
  });

  it("leave no timer behind when the session ends", async () => {
    const { show, clock, session } = setUp();
    await show();
    expect(clock.pending).toBeGreaterThan(0);
    session.dispose();
    expect(clock.pending).toBe(0);
  });
});

describe("the latency of the way", () => {
  it("is measured by pings where the view answers them", async () => {
    const { acknowledge, draw, pings, show, view, errors } = setUp();
    await show(["patches"]);
    expect(pings).toEqual([]);
    await show(["patches", "ping"]);
    expect(pings).toEqual([1]);
    view.send({ type: "pong", id: 1 });
    view.send({ type: "pong", id: 2 });
    await acknowledge(2);
    await draw();
    expect(pings).toEqual([1]);
    expect(errors).toEqual([]);
  });
});

describe("statistics of a session", () => {
  it("tell what was sent, and not what was wanted", async () => {
    const { show, session } = setUp({}, { codec: "webp" });
    await show(["webp"]);
    // The fake encoder makes JPEG, as the one does that serves where sharp is missing.
    expect(session.stats.codec).toBe("jpeg");
  });

  it("count for each of many frames of one turn only the encoder's own time", async () => {
    const { show, clock, session, lossy } = setUp({}, { max_buffered_frames: 5 });
    await show();
    session.resetStats();
    lossy.seconds = 0.25;
    for (let value = 2; value <= 5; value++) {
      session.sendFrame(pixel(value));
      // What the user computes for the next one.
      clock.advance(3);
    }
    await clock.settle();
    expect(session.stats.sent_frames).toBe(4);
    expect(session.stats.img_encoding).toBeCloseTo(0.25, 6);
  });

  it("measure from handing a frame to the encoder to its receipt", async () => {
    const { show, acknowledge, clock, session, lossy } = setUp();
    lossy.seconds = 0.25;
    await show();
    clock.advance(0.5);
    await acknowledge(1);
    const stats = session.stats;
    expect(stats).toMatchObject({ sent_frames: 1, confirmed_frames: 1, b64_encoding: 0 });
    expect(stats.img_encoding).toBeCloseTo(0.25, 6);
    expect(stats.roundtrip).toBeCloseTo(0.75, 6);
    expect(stats.delivery).toBeCloseTo(0.75, 5);
    expect(stats.fps).toBeCloseTo(1 / 0.75, 6);
    session.resetStats();
    expect(session.stats.sent_frames).toBe(0);
  });
});

describe("a view that says no hello", () => {
  /** A session whose view has got its picture and says nothing of itself, like jupyter_rfb's. */
  async function oldView(): Promise<ReturnType<typeof setUp>> {
    const rig = setUp({ get_frame: () => pixel(7) });
    rig.session.setVisible(true);
    await rig.draw();
    await rig.acknowledge(1);
    rig.clock.advance(2);
    await rig.settle();
    await rig.acknowledge(rig.shown.length);
    rig.shown.length = 0;
    return rig;
  }

  it("gets the whole picture when its page asks for the state", async () => {
    const { session, settle, shown } = await oldView();
    session.stateRequested();
    await settle();
    expect(shown).toMatchObject([{ pixel: 7 }]);
    expect(shown[0]?.message).not.toHaveProperty("base");
  });

  it("gets it when it becomes visible", async () => {
    const { session, settle, shown } = await oldView();
    session.setVisible(true);
    await settle();
    expect(shown).toHaveLength(0);
    session.setVisible(false);
    session.setVisible(true);
    await settle();
    expect(shown).toMatchObject([{ pixel: 7 }]);
  });

  it("gets it with its first resize event, though the source draws the same", async () => {
    const { settle, shown, view } = await oldView();
    view.send(resize);
    await settle();
    expect(shown).toMatchObject([{ pixel: 7 }]);
  });

  it("is not what one is that has said hello", async () => {
    const rig = setUp({ get_frame: () => pixel(7) });
    await rig.show();
    rig.clock.advance(2);
    await rig.settle();
    const before = rig.shown.length;
    rig.session.stateRequested();
    rig.session.setVisible(false);
    rig.session.setVisible(true);
    await rig.settle();
    expect(rig.shown).toHaveLength(before);
  });
});

describe("an asynchronous handle_event", () => {
  it("handles one event after another, in their order", async () => {
    const got: string[] = [];
    const ends: (() => void)[] = [];
    const { view, settle } = setUp({
      handle_event: async (event) => {
        got.push(`${event.event_type} begins`);
        await new Promise<void>((resolve) => ends.push(resolve));
        got.push(`${event.event_type} ends`);
      },
    });
    view.send(key);
    view.send({ ...key, type: "key_up" });
    view.send(resize);
    for (let event = 0; event < 3; event++) {
      await settle();
      expect(ends).toHaveLength(event + 1);
      ends.at(-1)?.();
    }
    await settle();
    expect(got).toEqual(
      ["key_down", "key_up", "resize"].flatMap((type) => [`${type} begins`, `${type} ends`]),
    );
  });
});

describe("a session that no view looks at any more", () => {
  /** A flat frame that is worth packing. */
  const flat = () => ({ data: new Uint8Array(120_000).fill(5), shape: [300, 400] });

  async function setUpHidden() {
    const allocate = vi.fn((byteLength: number) => nodeRuntime.allocate(byteLength));
    const pack = vi.fn((bytes: Uint8Array) => zlibPacker.pack(bytes));
    const clock = new FakeClock();
    const { left, right } = linkTransports<SessionMessage, ViewMessage>();
    const shown: { readonly mimetype: string; readonly index: number }[] = [];
    right.onMessage((message, buffers) => shown.push(parseFrameMessage(message, buffers.length)));
    const session = new FramebufferSession({
      source: { get_frame: flat, handle_event: () => undefined },
      transport: left,
      settings: { ...DEFAULT_SETTINGS, still_after: null },
      encoders: fakeEncoders(
        new FakeEncoder("image/jpeg", clock),
        new FakeEncoder("image/png", clock),
      ),
      runtime: { ...runtimeWith(clock), allocate, packer: { ...zlibPacker, pack } },
      reportError: (error) => {
        throw error;
      },
    });
    session.setVisible(true);
    right.send({ type: "hello", version: 1, accepts: [] });
    await clock.settle();
    session.setVisible(false);
    const rest = async (): Promise<void> => {
      clock.advance(REST_DELAY);
      await Promise.all(pack.mock.results.map(({ value }) => value as Promise<unknown>));
      await clock.settle();
    };
    return { allocate, clock, pack, rest, right, session, shown };
  }

  it("compresses its picture, and has it for a view that comes", async () => {
    const { allocate, clock, pack, rest, right, session, shown } = await setUpHidden();
    await rest();
    expect(pack).toHaveBeenCalledOnce();
    const before = allocate.mock.calls.length;
    right.send({ type: "hello", version: 1, accepts: [] });
    await clock.settle();
    expect(shown).toHaveLength(2);
    expect(allocate.mock.calls.length).toBe(before + 1);
    expect(session.lastFrame?.data).toEqual(flat().data);
    session.dispose();
  });

  it("keeps everything at hand for one who looks again soon", async () => {
    const { clock, pack, session } = await setUpHidden();
    clock.advance(REST_DELAY - 1);
    session.setVisible(true);
    clock.advance(REST_DELAY);
    expect(pack).not.toHaveBeenCalled();
    session.dispose();
    expect(clock.pending).toBe(0);
  });
});

describe("errors", () => {
  it("in get_frame are reported, and the next request draws", async () => {
    let calls = 0;
    const { show, draw, shown, errors } = setUp({
      get_frame: () => {
        calls++;
        if (calls === 1) throw new Error("no scene");
        if (calls === 2) return Promise.reject(new Error("no device"));
        if (calls === 3) return { data: new Uint8Array(5), shape: [1, 1] };
        return pixel(calls);
      },
    });
    await show();
    await draw();
    await draw();
    await draw();
    expect(errors.map(({ error, during }) => `${during}: ${String(error)}`)).toEqual([
      "get_frame: Error: no scene",
      "get_frame: Error: no device",
      "get_frame: RangeError: frame.data: expected 1 bytes for the shape [1, 1, 1], got 5",
    ]);
    expect(shown).toMatchObject([{ index: 1, pixel: 4 }]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no scene");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no scene"))],
    ["returns rubbish", () => "rubbish" as never],
  ] as const)("of an animation that requests a draw and %s slow it down", async (_what, fail) => {
    let calls = 0;
    let isMended = false;
    const rig = setUp({
      get_frame: () => {
        calls++;
        rig.session.requestDraw();
        return isMended ? pixel(calls) : fail();
      },
    });
    await rig.show();
    for (let step = 0; step < 300; step++) {
      rig.clock.advance(0.01);
      await rig.settle();
    }
    expect(calls).toBeGreaterThan(5);
    expect(calls).toBeLessThan(13);
    expect(rig.errors).toHaveLength(calls);
    isMended = true;
    await rig.draw();
    expect(rig.shown).toHaveLength(2);
    await rig.acknowledge(1);
    expect(rig.shown).toHaveLength(3);
  });

  it("are not needed for an animation that gives nothing: it is drawn 60 times a second", async () => {
    let calls = 0;
    const rig = setUp({
      get_frame: () => {
        calls++;
        rig.session.requestDraw();
        return null;
      },
    });
    await rig.show();
    for (let step = 0; step < 1000; step++) {
      rig.clock.advance(1 / 1000);
      await rig.settle();
    }
    expect(calls).toBeGreaterThan(50);
    expect(calls).toBeLessThan(66);
  });

  it("in handle_event, thrown or rejected, stop no later event", async () => {
    const got: string[] = [];
    const { view, settle, errors } = setUp({
      handle_event: (event) => {
        got.push(event.event_type);
        if (got.length === 1) throw new Error("one");
        return got.length === 2 ? Promise.reject(new Error("two")) : undefined;
      },
    });
    view.send(key);
    view.send(key);
    view.send(resize);
    await settle();
    expect(got).toEqual(["key_down", "key_down", "resize"]);
    expect(errors.map(({ error, during }) => `${during}: ${String(error)}`)).toEqual([
      "handle_event: Error: one",
      "handle_event: Error: two",
    ]);
  });

  it("in a message drop that message, with one report each", async () => {
    const { view, settle, errors, events } = setUp();
    view.sendRaw({ type: "key_down" });
    view.sendRaw(17);
    view.sendRaw({ type: "frame_feedback", index: 5, timestamp: 1, localtime: 1 });
    view.send(key);
    await settle();
    expect(errors.map(({ during }) => during)).toEqual(["message", "message", "message"]);
    expect(errors.every(({ error }) => error instanceof ProtocolError)).toBe(true);
    expect(String(errors[2]?.error)).toContain(
      "expected the index of a frame that was sent, got 5",
    );
    expect(events).toEqual([withBothNames(key)]);
  });

  it("in an encoder lose that frame only, and its index goes to the next", async () => {
    const { show, draw, shown, errors, lossy, settle } = setUp(
      {},
      { quality: 80, max_buffered_frames: 1 },
    );
    lossy.held = [];
    await show();
    lossy.held[0]?.fail(new Error("no memory"));
    lossy.held = undefined;
    await settle();
    await draw();
    expect(errors).toEqual([{ error: new Error("no memory"), during: "encode" }]);
    expect(shown).toMatchObject([{ index: 1, pixel: 2 }]);
  });

  it("of a closed transport are reported and leave nothing in flight", async () => {
    const { show, draw, close, errors, session } = setUp(
      {},
      { quality: 80, max_buffered_frames: 1 },
    );
    await show();
    await draw();
    close();
    session.acknowledge({ index: 1, localtime: 0 });
    await draw();
    await draw();
    expect(errors.length).toBeGreaterThanOrEqual(2);
    expect(new Set(errors.map(({ during }) => during))).toEqual(new Set(["send"]));
    expect(session.stats.sent_frames).toBe(1);
  });

  it("of the reporter itself do not stop the loop", async () => {
    const clock = new FakeClock();
    const { left, right } = linkTransports<SessionMessage, ViewMessage>();
    const got: RfbEvent[] = [];
    new FramebufferSession({
      source: { get_frame: () => null, handle_event: (event) => void got.push(event) },
      transport: left,
      settings: DEFAULT_SETTINGS,
      runtime: runtimeWith(clock),
      reportError: () => {
        throw new Error("nowhere to show it");
      },
    });
    right.sendRaw("nonsense");
    right.send(key);
    await clock.settle();
    expect(got).toEqual([withBothNames(key)]);
  });
});

describe("snapshots", () => {
  it("are drawn at once, hidden or not, as the caller's own copy", () => {
    const { session, shown } = setUp();
    const frame = session.snapshot();
    expect(frame).toMatchObject(raw(1));
    if (frame instanceof Promise) throw new Error("expected a frame at once");
    frame.data.fill(0);
    expect(session.lastFrame?.data[0]).toBe(1);
    expect(shown).toEqual([]);
  });

  it("give the last frame when there is no newer one", async () => {
    let frame: ReturnType<typeof pixel> | null = pixel(5);
    const { show, session } = setUp({ get_frame: () => frame });
    await show();
    frame = null;
    expect(session.snapshot()).toMatchObject(raw(5));
  });

  it("show what changed while an asynchronous get_frame draws, and do not call it twice at once", async () => {
    let value = 6;
    const waiting: (() => void)[] = [];
    const { session, show, shown, settle } = setUp({
      get_frame: () => {
        const drawn = pixel(value);
        return new Promise((resolve) => waiting.push(() => resolve(drawn)));
      },
    });
    await show();
    value = 7;
    const own = session.snapshot();
    const other = session.snapshot();
    await settle();
    expect(waiting).toHaveLength(1);
    waiting[0]?.();
    await settle();
    expect(waiting).toHaveLength(2);
    waiting[1]?.();
    expect(await own).toMatchObject(raw(7));
    expect(await other).toMatchObject(raw(7));
    await settle();
    expect(waiting).toHaveLength(2);
    expect(shown.map((frame) => frame.pixel)).toContain(6);
  });

  it("are taken although the asynchronous draw before them fails", async () => {
    type Pixel = ReturnType<typeof pixel>;
    const waiting: { resolve(drawn: Pixel): void; reject(error: Error): void }[] = [];
    const { session, show, errors, settle } = setUp({
      get_frame: () => new Promise<Pixel>((resolve, reject) => waiting.push({ resolve, reject })),
    });
    await show();
    const snapshot = session.snapshot();
    waiting[0]?.reject(new Error("no scene yet"));
    await settle();
    waiting[1]?.resolve(pixel(9));
    expect(await snapshot).toMatchObject(raw(9));
    expect(errors).toHaveLength(1);
  });

  it("wait for the next frame when there is none yet, and let draws happen unseen until then", async () => {
    let frame: ReturnType<typeof pixel> | null = null;
    const { session, draw, state } = setUp({ get_frame: () => (state.draws++, frame) });
    const snapshot = session.snapshot();
    expect(snapshot).toBeInstanceOf(Promise);
    await draw();
    expect(state.draws).toBe(2);
    frame = pixel(8);
    await draw();
    expect(await snapshot).toMatchObject(raw(8));
    await draw();
    expect(state.draws).toBe(3);
  });

  it("get a frame that was sent by sendFrame, too", async () => {
    const { session } = setUp({ get_frame: () => null });
    const snapshot = session.snapshot();
    session.sendFrame(pixel(4));
    const frame = await snapshot;
    expect(frame).toMatchObject(raw(4));
    frame.data.fill(0);
    expect(session.lastFrame?.data[0]).toBe(4);
  });

  it("throw or reject with what get_frame throws", async () => {
    const thrower = setUp({
      get_frame: () => {
        throw new Error("no scene");
      },
    });
    expect(() => thrower.session.snapshot()).toThrow("no scene");
    const rejecter = setUp({ get_frame: () => Promise.reject(new Error("no device")) });
    await expect(rejecter.session.snapshot()).rejects.toThrow("no device");
    const bad = setUp({ get_frame: () => ({ data: new Uint8Array(2), shape: [1, 1] }) });
    expect(() => bad.session.snapshot()).toThrow(RangeError);
    expect([...thrower.errors, ...rejecter.errors, ...bad.errors]).toEqual([]);
    // The loop still draws.
    await thrower.show();
    expect(thrower.errors).toHaveLength(1);
  });

  it("taken inside get_frame do not call it again", async () => {
    const rig = setUp({
      get_frame: () => {
        rig.state.draws++;
        snapshots.push(rig.session.snapshot());
        return pixel(rig.state.draws);
      },
    });
    const snapshots: unknown[] = [];
    await rig.show();
    expect(rig.state.draws).toBe(1);
    expect(await snapshots[0]).toMatchObject(raw(1));
  });

  it("do not keep a frame from the view when the source draws each only once", async () => {
    let fresh: ReturnType<typeof pixel> | null = pixel(3);
    const { session, show, draw, shown } = setUp({
      get_frame: () => {
        const frame = fresh;
        fresh = null;
        return frame;
      },
    });
    await show();
    fresh = pixel(4);
    session.requestDraw();
    expect(session.snapshot()).toMatchObject(raw(4));
    await draw();
    expect(shown.map((frame) => frame.pixel)).toEqual([3, 4]);
  });
});

describe("the end of a session", () => {
  it("cancels timers, rejects snapshots that wait and ignores late results", async () => {
    let finish: (frame: ReturnType<typeof pixel>) => void = () => undefined;
    let frame: unknown = pixel(1);
    const { show, session, clock, shown, view, settle, events, errors, draw } = setUp({
      get_frame: () => frame as ReturnType<typeof pixel>,
    });
    await show();
    frame = new Promise((resolve) => (finish = resolve));
    await draw();
    const snapshot = session.snapshot();
    session.dispose();
    session.dispose();
    await expect(snapshot).rejects.toThrow("the session was disposed");
    finish(pixel(2));
    view.send(key);
    session.sendFrame(pixel(3));
    session.requestDraw();
    session.setVisible(true);
    await settle();
    expect(clock.pending).toBe(0);
    expect(shown).toHaveLength(1);
    expect(events).toEqual([]);
    expect(errors).toEqual([]);
    expect(() => session.snapshot()).toThrow("Cannot take a snapshot: the session is disposed");
    expect(session.stats.sent_frames).toBe(1);
  });

  it("lets the last frame go at a close event, after which a new view gets a fresh one", async () => {
    const { show, view, settle, session, events, clock, shown } = setUp();
    await show();
    view.send({ type: "close", timestamp: 3 });
    await settle();
    expect(session.lastFrame).toBeUndefined();
    expect(events.map((event) => event.event_type)).toEqual(["close"]);
    clock.advance(1);
    await settle();
    expect(shown).toHaveLength(1);
    await show();
    expect(shown.map((frame) => frame.pixel)).toEqual([1, 2]);
  });
});

describe("a session with its own encoders and clocks", () => {
  it("shows a picture as JPEG and, when it rests, every pixel of it as PNG", async () => {
    const { left, right } = linkTransports<SessionMessage, ViewMessage>();
    const [width, height] = [40, 30];
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 5) % 251);
    const files: { mimetype: string; file: Uint8Array }[] = [];
    const errors: unknown[] = [];
    const session = new FramebufferSession({
      source: {
        get_frame: () => ({ data, shape: [height, width, 3] }),
        handle_event: () => undefined,
      },
      transport: left,
      settings: DEFAULT_SETTINGS,
      runtime: nodeRuntime,
      reportError: (error) => errors.push(error),
    });
    right.onMessage((message, buffers) => {
      const { mimetype, index, timestamp } = parseFrameMessage(message, buffers.length);
      if (buffers[0] !== undefined) files.push({ mimetype, file: buffers[0] });
      right.send({ type: "frame_feedback", index, timestamp, localtime: Date.now() / 1000 });
    });
    session.setVisible(true);
    right.send({ type: "hello", version: 1, accepts: [] });
    await vi.waitFor(() => expect(files).toHaveLength(2), { timeout: 10_000 });
    const [lossy, lossless] = files;
    if (lossy === undefined || lossless === undefined) throw new Error("expected two files");
    expect(lossy.mimetype).toBe("image/jpeg");
    expect(await decodeJpeg(lossy.file)).toMatchObject({ width, height });
    expect(lossless.mimetype).toBe("image/png");
    const { rgba } = decodePng(lossless.file);
    expect(rgba.filter((_, at) => at % 4 !== 3)).toEqual(data);
    expect(session.stats).toMatchObject({ sent_frames: 1 });
    expect(errors).toEqual([]);
    session.dispose();
  });
});
