import { describe, expect, it } from "vitest";
import { nodeRuntime } from "../../../../src/framebuffer/node/runtime";
import { FrameLedger, type FramePurpose } from "../../../../src/framebuffer/pacing/frameLedger";
import type { FramePlan } from "../../../../src/framebuffer/planning/framePlan";
import type { CodedFrame } from "../../../../src/framebuffer/sending/codedFrame";
import { FrameSender } from "../../../../src/framebuffer/sending/frameSender";
import { FramePool } from "../../../../src/framebuffer/source/framePool";
import type { FrameMessage } from "../../../../src/protocol/messages";
import { imagePlan } from "../../../support/departures";
import { FakeClock, runtimeWith } from "../../../support/fakeClock";
import { raw } from "../../../support/sessionHarness";

const patches: FramePlan = { ...imagePlan, form: "patches", scale: 1, rects: [] };
const video = (keyframe: boolean): FramePlan => ({
  form: "video",
  codec: "h264",
  quality: 80,
  scale: 1,
  keyframe,
});

const image: CodedFrame = {
  fields: { mimetype: "image/jpeg", width: 1, height: 1 },
  buffers: [Uint8Array.of(7)],
  encodingSeconds: 0.25,
  encoder: "fake 1.0",
};
const chunk = (kind: "key" | "delta"): CodedFrame => ({
  ...image,
  fields: {
    mimetype: "video/h264",
    chunk: kind,
    codec: "avc1.42E01F",
    width: 1,
    height: 1,
    visible_width: 1,
    visible_height: 1,
  },
});

interface Held {
  finish(coded?: CodedFrame): void;
  fail(): void;
}

function setUp({ base64 = false } = {}) {
  const clock = new FakeClock();
  const pool = new FramePool(nodeRuntime);
  const held: Held[] = [];
  const sent: { message: FrameMessage; buffers: readonly Uint8Array[] }[] = [];
  const reports: string[] = [];
  const state = { isOpen: true };
  const ledger = new FrameLedger({ maxInFlight: () => 9, onChange: () => undefined });
  const sender = new FrameSender({
    transport: {
      send: (message: FrameMessage, buffers = []) => {
        if (!state.isOpen) throw new Error("closed");
        sent.push({ message, buffers });
      },
    },
    coder: {
      encode: () =>
        new Promise((resolve, reject) =>
          held.push({
            finish: (coded = image) => resolve(coded),
            fail: () => reject(new Error("broken")),
          }),
        ),
    },
    runtime: runtimeWith(clock),
    ledger,
    useBase64: () => base64,
    report: (error, during) => reports.push(`${during}: ${(error as Error).message}`),
  });
  const ship = (plan: FramePlan = imagePlan, purpose: FramePurpose = "draw") => {
    const frame = pool.keep(raw(1));
    return { frame, result: sender.encodeAndSend({ frame, plan, purpose }) };
  };
  return { clock, held, ledger, reports, sender, sent, ship, state, pool };
}

describe("sending frames", () => {
  it("records a frame and sends it with its index, times and bytes", async () => {
    const { clock, held, ledger, sent, ship } = setUp();
    clock.advance(2);
    const { result } = ship();
    expect([ledger.encoding, ledger.inFlight]).toEqual([1, 1]);
    clock.advance(1);
    held[0]?.finish();
    expect(await result).toEqual({ outcome: "sent", coded: image });
    expect(ledger.encoding).toBe(0);
    const timestamp = clock.epoch + 2;
    expect(sent).toEqual([
      {
        message: {
          type: "framebufferdata",
          ...image.fields,
          data_b64: null,
          index: 1,
          timestamp,
        },
        buffers: image.buffers,
      },
    ]);
    expect(ledger.confirm({ index: 1, localtime: 0 }, 4)?.frame).toEqual({
      index: 1,
      purpose: "draw",
      plan: imagePlan,
      width: 1,
      height: 1,
      timestamp,
      queuedAt: 2,
      sentAt: 3,
      encodingSeconds: 0.25,
      base64Seconds: undefined,
      bytes: 1,
      codec: "jpeg",
      encoder: "fake 1.0",
    });
  });

  it("keeps the order of the calls, whichever is encoded first", async () => {
    const { held, sent, ship } = setUp();
    const [one, other] = [ship(), ship()];
    held[1]?.finish({ ...image, encoder: "second" });
    held[0]?.finish();
    await Promise.all([one.result, other.result]);
    expect(sent.map(({ message }) => message.index)).toEqual([1, 2]);
  });

  it("names the frame that patches and delta chunks build upon", async () => {
    const { held, sent, ship } = setUp();
    for (const [plan, coded] of [
      [imagePlan, image],
      [patches, image],
      [video(true), chunk("key")],
      [imagePlan, image],
      [video(false), chunk("delta")],
      // The encoder made a delta of its own accord.
      [video(true), chunk("delta")],
    ] as const) {
      const { result } = ship(plan);
      held.at(-1)?.finish(coded);
      await result;
    }
    expect(sent.map(({ message }) => ("base" in message ? message.base : undefined))).toEqual([
      undefined,
      1,
      undefined,
      undefined,
      3,
      5,
    ]);
  });

  it("sends images as base64 where the settings say so, and measures it", async () => {
    const { held, ledger, sent, ship } = setUp({ base64: true });
    const { result } = ship();
    held[0]?.finish();
    await result;
    expect(sent[0]).toMatchObject({
      message: { data_b64: "data:image/jpeg;base64,Bw==" },
      buffers: [],
    });
    expect(ledger.confirm({ index: 1, localtime: 0 }, 0)?.frame).toMatchObject({
      base64Seconds: 0,
      bytes: 1,
    });
  });

  it("sends everything as base64 to a view that asks for it, until one comes that doesn't", async () => {
    const { held, sender, sent, ship } = setUp();
    const send = async (plan: FramePlan, coded: CodedFrame): Promise<void> => {
      const { result } = ship(plan);
      held.at(-1)?.finish(coded);
      await result;
    };
    const parts = { ...image, buffers: [Uint8Array.of(7), Uint8Array.of(8, 9)] };
    sender.newView(true);
    await send(imagePlan, image);
    await send(patches, parts);
    await send(video(true), chunk("key"));
    sender.newView(false);
    await send(patches, parts);
    expect(sent.map(({ message }) => message.data_b64)).toEqual([
      "data:image/jpeg;base64,Bw==",
      ["Bw==", "CAk="],
      chunk("key").buffers.map((bytes) => Buffer.from(bytes).toString("base64")),
      null,
    ]);
    expect(sent.map(({ buffers }) => buffers.length)).toEqual([0, 0, 0, 2]);
  });

  it("loses a frame that cannot be encoded, and reports it", async () => {
    const { held, ledger, reports, sent, ship } = setUp();
    const { result } = ship();
    held[0]?.fail();
    expect(await result).toEqual({ outcome: "lost" });
    expect([reports, sent, ledger.inFlight]).toEqual([["encode: broken"], [], 0]);
  });

  it("loses a frame that the transport does not take, and gives its index to the next", async () => {
    const { held, ledger, reports, sent, ship, state } = setUp();
    state.isOpen = false;
    const { result } = ship();
    held[0]?.finish();
    expect(await result).toEqual({ outcome: "lost" });
    expect([reports, ledger.inFlight]).toEqual([["send: closed"], 0]);
    state.isOpen = true;
    const next = ship();
    held[1]?.finish();
    await next.result;
    expect(sent.map(({ message }) => message.index)).toEqual([1]);
  });

  it("drops what only changes a frame that the view lacks, and sends what stands alone", async () => {
    const { held, ledger, reports, sender, sent, ship } = setUp();
    const results = [ship(patches), ship(video(false)), ship(video(true)), ship()];
    sender.breakChain();
    for (const [at, coded] of [image, chunk("delta"), chunk("key"), image].entries()) {
      held[at]?.finish(coded);
    }
    const outcomes = await Promise.all(results.map(async ({ result }) => (await result).outcome));
    expect(outcomes).toEqual(["dropped", "dropped", "sent", "sent"]);
    expect(sent.map(({ message }) => message.index)).toEqual([1, 2]);
    expect([ledger.inFlight, ledger.encoding, reports]).toEqual([2, 0, []]);
  });

  it("sends a coded frame again at once, as a frame of its own", async () => {
    const { held, pool, sender, sent, ship } = setUp();
    const { result } = ship();
    held[0]?.finish();
    await result;
    const again = sender.sendAgain(
      { frame: pool.keep(raw(1)), plan: imagePlan, purpose: "repeat" },
      image,
    );
    expect(again.outcome).toBe("sent");
    expect(sent.map(({ message }) => message.index)).toEqual([1, 2]);
  });

  it("holds a frame's memory while it is encoded, but not that of patches", async () => {
    const { held, ship } = setUp();
    const whole = ship();
    const parts = ship(patches);
    expect([whole.frame.isShared, parts.frame.isShared]).toEqual([true, false]);
    held[0]?.fail();
    held[1]?.finish();
    await Promise.all([whole.result, parts.result]);
    expect(whole.frame.isShared).toBe(false);
  });

  it("sends and reports nothing once it is disposed", async () => {
    const { held, ledger, reports, sender, sent, ship } = setUp();
    const results = [ship(), ship()];
    sender.dispose();
    sender.dispose();
    held[0]?.finish();
    held[1]?.fail();
    const outcomes = await Promise.all(results.map(async ({ result }) => (await result).outcome));
    expect(outcomes).toEqual(["dropped", "dropped"]);
    expect([sent, reports, ledger.inFlight]).toEqual([[], [], 0]);
  });
});
