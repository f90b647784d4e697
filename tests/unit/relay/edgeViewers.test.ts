import { describe, expect, it } from "vitest";
import { grayOf, kindsOf, numberFaults, setUpRelay } from "../../support/relayHarness";
import { HELLO_H264 } from "../../support/streamHarness";

const VIDEO = { hasVideo: () => true };
const PARTS = {
  ...{ type: "hello", device_pixel_ratio: 1 },
  supported: ["image/jpeg", "image/png", "rfb/patches", "rfb/atlas"],
};

/** A frame that differs in one place only. */
const spot = (value: number) => {
  const data = new Uint8Array(256 * 256).fill(9);
  data[256 * 7 + 7] = value;
  return { data, shape: [256, 256] };
};

async function setUpVideo() {
  const relay = setUpRelay();
  const source = await relay.publish({ codec: "auto", still_after: null }, VIDEO);
  const server = relay.edge();
  await relay.pass(1);
  /** Publishes frames, thirty a second. */
  const play = async (from: number, to: number, after = (): void => undefined): Promise<void> => {
    for (let value = from; value <= to; value++) {
      await source.publish(value % 256);
      await relay.pass(1 / 30, 1 / 30);
      after();
    }
  };
  return { ...relay, source, server, play };
}

describe("the viewers of an edge", () => {
  it("get frames with numbers of their own, which go up by one", async () => {
    const { source, server, play, pass } = await setUpVideo();
    await source.publish(0);
    const viewers = [await server.join(HELLO_H264)];
    const ack = (): void => {
      for (const viewer of viewers) viewer.ack();
    };
    await play(1, 40, ack);
    viewers.push(await server.join(HELLO_H264));
    await play(41, 80, ack);
    viewers[0]?.say({ type: "request_keyframe", reason: "test" });
    await play(81, 100, ack);
    viewers.push(await server.join(HELLO_H264));
    await play(101, 140, ack);
    await pass(1);
    expect(viewers.map(grayOf)).toEqual([140, 140, 140]);
    for (const viewer of viewers) {
      expect(numberFaults(viewer)).toEqual([]);
      expect(kindsOf(viewer)[0]).toBe("key");
      expect(kindsOf(viewer)).toContain("delta");
      expect(viewer.frames.length).toBeGreaterThan(30);
    }
    expect([source.errors, server.errors]).toEqual([[], []]);
  });

  it("get parts of the picture over one that they have", async () => {
    const { pass, publish, edge } = setUpRelay();
    const source = await publish();
    const server = edge();
    await pass(1);
    const show = async (value: number): Promise<void> => {
      source.display.publish(spot(value));
      await pass(0.2);
    };
    await show(1);
    const viewers = [await server.join(PARTS)];
    await pass(0.5);
    for (let value = 2; value < 12; value++) {
      if (value === 6) viewers.push(await server.join(PARTS));
      await show(value);
      for (const viewer of viewers) viewer.ack();
    }
    for (const viewer of viewers) {
      expect(viewer.frames.map(({ header }) => header.type)).toContain("patch_frame");
      expect(numberFaults(viewer)).toEqual([]);
    }
  });

  it("join at once in the middle, with the frames since the last one that needs no other", async () => {
    const { source, server, play, clock } = await setUpVideo();
    await source.publish(0);
    const first = await server.join(HELLO_H264);
    await play(1, 20, () => first.ack());
    const asked = source.videos.flatMap((video) => video.asked).filter((kind) => kind === "key");
    const late = await server.join(HELLO_H264);
    expect(late.frames.length).toBeGreaterThan(0);
    while (late.frames.length < 60 && grayOf(late) !== 20) {
      late.ack();
      await clock.settle();
    }
    expect([grayOf(late), numberFaults(late)]).toEqual([20, []]);
    const now = source.videos.flatMap((video) => video.asked).filter((kind) => kind === "key");
    expect(now).toHaveLength(asked.length);
  });

  it("have no more than twelve frames in flight, and go on with one that needs no other", async () => {
    const { source, server, play, pass } = await setUpVideo();
    await source.publish(0);
    const [quick, slow] = [await server.join(HELLO_H264), await server.join(HELLO_H264)];
    // Receipts come a second late.
    await pass(1);
    slow.ack();
    const { length } = slow.frames;
    await play(1, 255, () => quick.ack());
    expect(slow.frames.length - length).toBe(12);
    const before = slow.frames.length;
    slow.ack();
    await play(256, 280, () => {
      quick.ack();
      slow.ack();
    });
    await pass(3);
    slow.ack();
    await play(281, 300, () => {
      quick.ack();
      slow.ack();
    });
    expect([grayOf(quick), grayOf(slow)]).toEqual([300 % 256, 300 % 256]);
    expect(kindsOf(slow)[before]).toBe("key");
    expect([numberFaults(slow), numberFaults(quick)]).toEqual([[], []]);
    expect(slow.isOpen).toBe(true);
  });

  it("lose nothing but frames when they don't acknowledge", async () => {
    const { source, server, play, pass } = await setUpVideo();
    await source.publish(0);
    const silent = await server.join(HELLO_H264);
    await play(1, 100);
    expect(silent.frames.length).toBeLessThanOrEqual(2);
    source.stream.reportError(new Error("nothing"), "test");
    silent.say({
      type: "event",
      event: { type: "key_down", timestamp: 1, key: "a", modifiers: [] },
    });
    silent.say({ type: "ping" });
    await pass(0.1);
    expect(source.display.poll_events().map(({ event }) => event.type)).toEqual(["key_down"]);
    expect(silent.texts.at(-1)).toEqual({ type: "pong" });
  });

  it("gain nothing from receipts for frames that were never sent", async () => {
    const { source, server, play } = await setUpVideo();
    await source.publish(0);
    const liar = await server.join(HELLO_H264);
    await play(1, 60, () => liar.ack(1_000_000));
    expect(liar.frames.length).toBeLessThanOrEqual(2);
  });

  it("begin anew after decoder_reset", async () => {
    const { source, server, play, pass } = await setUpVideo();
    await source.publish(0);
    const viewer = await server.join(HELLO_H264);
    await play(1, 5);
    const { length } = viewer.frames;
    viewer.say({ type: "decoder_reset" });
    await pass(1);
    expect(kindsOf(viewer)[length]).toBe("key");
    expect(numberFaults(viewer)).toEqual([]);
  });

  it("get nothing more while much waits for them, and the others go on", async () => {
    const { source, server, play } = await setUpVideo();
    await source.publish(0);
    const [full, other] = [await server.join(HELLO_H264), await server.join(HELLO_H264)];
    await play(1, 5, () => other.ack());
    full.waitingBytes = 100_000;
    full.ack();
    const { length } = full.frames;
    await play(6, 10, () => other.ack());
    expect(full.frames.length).toBe(length);
    expect([grayOf(other), numberFaults(other), server.errors]).toEqual([10, [], []]);
  });
});
