import { describe, expect, it } from "vitest";
import {
  FramePool,
  nodeRuntime,
  type CreateVideoEncoder,
  type KeptFrame,
} from "../../../src/framebuffer/node";
import { SharedVideo } from "../../../src/server/sharedVideo";
import { SHARED_KEYFRAME_SECONDS } from "../../../src/server/sharedVideoStream";
import { FakeVideoEncoder } from "../../support/sessionHarness";

const QUALITY = 80;

function setUp(create?: CreateVideoEncoder) {
  const pool = new FramePool(nodeRuntime);
  const encoders: FakeVideoEncoder[] = [];
  const state = { now: 0, value: 0 };
  const shared = new SharedVideo({
    create:
      create ??
      ((codec) => {
        const encoder = new FakeVideoEncoder(codec);
        encoders.push(encoder);
        return Promise.resolve(encoder);
      }),
    limit: { bitrate: 1e6, fps: 30 },
    monotonic: () => state.now,
    maxOwn: 1,
  });
  return {
    encoders,
    shared,
    state,
    /** A frame of another time and picture than the one before. */
    next: (): KeptFrame => {
      state.now += 1 / 30;
      state.value += 1;
      return pool.keep({
        data: Uint8Array.of(state.value & 255),
        width: 1,
        height: 1,
        channels: 1,
      });
    },
    open: () => shared.open("h264", "software", QUALITY),
  };
}

const normal = { keyframe: false, quality: QUALITY };

describe("the video of a display", () => {
  it("makes a lower quality by an encoder of the viewer's own, begun with a keyframe, and the others stay", async () => {
    const { encoders, next, open } = setUp();
    const one = await open();
    const two = await open();
    const first = next();
    expect((await one.encode(first, { ...normal, keyframe: true })).chunk).toBe("key");
    await two.encode(first, { ...normal, keyframe: true });
    for (let at = 0; at < 5; at++) {
      const frame = next();
      expect((await one.encode(frame, normal)).chunk).toBe("delta");
      const { chunk } = await two.encode(frame, { keyframe: at === 0, quality: 40, scale: 0.5 });
      // While its own encoder is made it gets what the others get, which continues what it has.
      expect(chunk).toBe(at === 1 ? "key" : "delta");
    }
    expect(encoders.map(({ asked }) => asked.length)).toEqual([6, 4]);
    two.dispose();
    await Promise.resolve();
    expect(encoders.map(({ isDisposed }) => isDisposed)).toEqual([false, true]);
  });

  it("asks for a keyframe again for who lacks a chunk, and says when it cannot be had yet", async () => {
    const { next, open, state } = setUp();
    const viewer = await open();
    await viewer.encode(next(), { ...normal, keyframe: true });
    viewer.breakChain?.();
    expect(viewer.tryJoin?.(next())).toBe(false);
    state.now += SHARED_KEYFRAME_SECONDS;
    const frame = next();
    expect(viewer.tryJoin?.(frame)).toBe(true);
    expect((await viewer.encode(frame, { ...normal, keyframe: true })).chunk).toBe("key");
  });

  it("gives own encoders to no more viewers that are slow than it may", async () => {
    const { encoders, next, open, state } = setUp();
    const steady = await open();
    const slow = [await open(), await open()];
    for (let round = 0; round < 8; round++) {
      state.now += SHARED_KEYFRAME_SECONDS;
      // All get the keyframe, and those that are slow not the next.
      for (const isSeen of [true, false, true]) {
        const frame = next();
        if (steady.tryJoin?.(frame)) await steady.encode(frame, normal);
        if (!isSeen) continue;
        for (const viewer of slow) {
          if (viewer.tryJoin?.(frame)) await viewer.encode(frame, normal);
        }
      }
    }
    expect(encoders).toHaveLength(2);
  });

  it("begins anew after a chunk that failed", async () => {
    let fails = false;
    const encoder = new FakeVideoEncoder("h264");
    const { next, open } = setUp(() =>
      Promise.resolve(
        Object.assign(Object.create(encoder) as FakeVideoEncoder, {
          encode: (...args: Parameters<FakeVideoEncoder["encode"]>) =>
            fails ? Promise.reject(new Error("broken")) : encoder.encode(...args),
        }),
      ),
    );
    const viewer = await open();
    await viewer.encode(next(), { ...normal, keyframe: true });
    fails = true;
    await expect(viewer.encode(next(), normal)).rejects.toThrow("broken");
    fails = false;
    viewer.breakChain?.();
    const frame = next();
    expect(viewer.tryJoin?.(frame)).toBe(true);
    expect((await viewer.encode(frame, { ...normal, keyframe: true })).chunk).toBe("key");
  });

  it("fails for all who ask where its encoder cannot be made, and is tried again later", async () => {
    let tries = 0;
    const { open } = setUp((codec) =>
      ++tries === 1
        ? Promise.reject(new Error("no encoder"))
        : Promise.resolve(new FakeVideoEncoder(codec)),
    );
    await expect(Promise.all([open(), open()])).rejects.toThrow("no encoder");
    await expect(open()).resolves.toBeDefined();
    expect(tries).toBe(2);
  });
});
