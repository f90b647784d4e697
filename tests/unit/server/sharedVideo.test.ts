import { describe, expect, it, vi } from "vitest";
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

function setUp(create?: CreateVideoEncoder, maxExtra = 1) {
  const pool = new FramePool(nodeRuntime);
  const encoders: FakeVideoEncoder[] = [];
  const state = { now: 0, value: 0 };
  const errors: unknown[] = [];
  const shared = new SharedVideo({
    create:
      create ??
      ((codec) => {
        const encoder = new FakeVideoEncoder(codec);
        encoders.push(encoder);
        return Promise.resolve(encoder);
      }),
    limit: { bitrate: 1e6, fps: 30 },
    quality: QUALITY,
    monotonic: () => state.now,
    maxExtra,
    reportError: (error) => errors.push(error),
  });
  return {
    encoders,
    errors,
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
    open: (quality = QUALITY) => shared.open("h264", "software", quality),
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

  it.each([1, 3])(
    "is encoded %i times besides the stream's quality at most, whatever viewers wish",
    async (maxExtra) => {
      const { encoders, next, open } = setUp(undefined, maxExtra);
      const wishes = [10, 20, 30, 40, 50, 60, 70, 90];
      const wishing = [];
      for (const quality of wishes) wishing.push({ quality, video: await open(quality) });
      // It comes last, and has the stream of its own all the same.
      const good = await open();
      for (let at = 0; at < 30; at++) {
        const frame = next();
        expect(good.tryJoin?.(frame)).toBe(true);
        await good.encode(frame, normal);
        for (const { quality, video } of wishing) {
          if (!video.tryJoin?.(frame)) continue;
          // Adaptive: it goes on to other qualities and sizes.
          await video.encode(frame, { keyframe: false, quality: quality - (at % 9), scale: 0.5 });
        }
      }
      expect(encoders).toHaveLength(1 + maxExtra);
      expect(encoders.at(-1)?.asked).toHaveLength(30);
      for (const { video } of [...wishing, { video: good }]) video.dispose();
      await Promise.resolve();
      expect(encoders.every(({ isDisposed }) => isDisposed)).toBe(true);
      // What was taken is given back.
      await open();
      await open(10);
      expect(encoders).toHaveLength(1 + maxExtra + 2);
    },
  );

  it("is of the nearest quality where no further encoder is allowed", async () => {
    const qualities: number[][] = [];
    const { next, open } = setUp((codec) => {
      const encoder = new FakeVideoEncoder(codec);
      const seen: number[] = [];
      qualities.push(seen);
      const encode: FakeVideoEncoder["encode"] = (frame, options) => {
        seen.push(options.quality);
        return encoder.encode(frame, options);
      };
      return Promise.resolve(Object.assign(Object.create(encoder) as FakeVideoEncoder, { encode }));
    });
    const videos = [await open(80), await open(20), await open(30), await open(70)];
    const frame = next();
    for (const video of videos) await video.encode(frame, { ...normal, quality: 1 });
    expect(qualities).toEqual([[80], [20]]);
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

  it("reports an own encoder that can't be created, and goes on with the shared one", async () => {
    let isBroken = false;
    const problem = new Error("no more");
    const { errors, next, open } = setUp((codec) =>
      isBroken ? Promise.reject(problem) : Promise.resolve(new FakeVideoEncoder(codec)),
    );
    const viewer = await open();
    await viewer.encode(next(), { ...normal, keyframe: true });
    isBroken = true;
    await viewer.encode(next(), { ...normal, quality: 40 });
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    // The error itself, whose stack says where it came from.
    expect(errors[0]).toBe(problem);
    expect((await viewer.encode(next(), { ...normal, quality: 40 })).chunk).toBe("delta");
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
