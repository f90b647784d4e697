import { describe, expect, it } from "vitest";
import { browserRuntime } from "../../../../src/framebuffer/browser/runtime";
import { nodeRuntime } from "../../../../src/framebuffer/node/runtime";
import type { RawFrame } from "../../../../src/framebuffer/source/frame";
import { FramePool } from "../../../../src/framebuffer/source/framePool";

const frame = (value: number, length = 4): RawFrame => ({
  data: new Uint8Array(length).fill(value),
  width: length,
  height: 1,
  channels: 1,
});

describe.each([
  { name: "Node", runtime: nodeRuntime },
  { name: "a browser", runtime: browserRuntime },
])("memory of $name for copies of frames", ({ runtime }) => {
  it("is a frame's own until all who hold it have let go, and then used again", () => {
    const pool = new FramePool(runtime);
    const first = pool.keep(frame(1));
    first.retain();
    first.release();
    expect(pool.keep(frame(2)).data.buffer).not.toBe(first.data.buffer);
    expect([...first.data]).toEqual([1, 1, 1, 1]);
    first.release();
    const third = pool.keep(frame(3));
    expect(third.data.buffer).toBe(first.data.buffer);
    expect([...third.data]).toEqual([3, 3, 3, 3]);
  });

  it("tells whether more than one hold a frame", () => {
    const kept = new FramePool(runtime).keep(frame(1));
    expect(kept.isShared).toBe(false);
    kept.retain();
    expect(kept.isShared).toBe(true);
    kept.release();
    expect(kept.isShared).toBe(false);
  });

  it("cannot be given back twice, nor held again after that", () => {
    const kept = new FramePool(runtime).keep(frame(1));
    kept.release();
    expect(() => kept.release()).toThrow("nobody holds it");
    expect(() => kept.retain()).toThrow("given back");
  });

  it("of another size is not used again", () => {
    const pool = new FramePool(runtime);
    const small = pool.keep(frame(1));
    const large = pool.keep(frame(2, 8));
    small.release();
    const next = pool.keep(frame(3, 8));
    expect(next.data).toHaveLength(8);
    large.release();
    expect(pool.keep(frame(4, 8)).data.buffer).toBe(large.data.buffer);
  });
});
