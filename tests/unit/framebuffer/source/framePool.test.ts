import { randomBytes } from "node:crypto";
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

describe("a frame that is packed", () => {
  const large = frame(7, 100_000);

  /** Memory that counts the bytes that were allocated. */
  function setUp() {
    const allocated: Uint8Array[] = [];
    const allocate = (byteLength: number): Uint8Array => {
      const memory = nodeRuntime.allocate(byteLength);
      allocated.push(memory);
      return memory;
    };
    return { allocated, pool: new FramePool({ ...nodeRuntime, allocate }) };
  }

  it("has its pixels back when they are read", async () => {
    const { allocated, pool } = setUp();
    const kept = pool.keep(large);
    await kept.pack();
    expect(allocated).toHaveLength(1);
    expect(kept.data).toEqual(large.data);
    expect(allocated).toHaveLength(2);
    expect(kept.data).toBe(kept.data);
    kept.release();
    pool.keep(large);
    expect(allocated).toHaveLength(2);
  });

  it("travels to another thread with its pixels", async () => {
    const kept = setUp().pool.keep(large);
    await kept.pack();
    expect(structuredClone(kept)).toMatchObject({ width: 100_000, data: large.data });
  });

  it("can be released as it is", async () => {
    const { allocated, pool } = setUp();
    const kept = pool.keep(large);
    await kept.pack();
    kept.release();
    expect(pool.keep(large).data).toEqual(large.data);
    expect(allocated).toHaveLength(2);
  });

  it("is left alone while others hold it, or if it is read meanwhile", async () => {
    const { allocated, pool } = setUp();
    const held = pool.keep(large).retain();
    await held.pack();
    const read = pool.keep(large);
    const packing = read.pack();
    read.data.fill(9);
    await packing;
    expect(held.data).toEqual(large.data);
    expect(read.data).toEqual(new Uint8Array(100_000).fill(9));
    expect(allocated).toHaveLength(2);
  });

  it("stays as it is where that saves nothing, or the runtime cannot pack", async () => {
    const { allocated, pool } = setUp();
    const noise = { ...large, data: new Uint8Array(randomBytes(100_000)) };
    const kept = pool.keep(noise);
    await kept.pack();
    expect(kept.data).toEqual(noise.data);
    expect(allocated).toHaveLength(1);
    const other = new FramePool(browserRuntime).keep(large);
    await other.pack();
    expect(other.data).toEqual(large.data);
  });
});
