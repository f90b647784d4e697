import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellsOver } from "../../../../src/framebuffer/changes/bands";
import { CellMap } from "../../../../src/framebuffer/changes/cellMap";
import { nodeRuntime } from "../../../../src/framebuffer/node/runtime";
import { AtlasPacker } from "../../../../src/framebuffer/sending/atlas";
import type { RawFrame } from "../../../../src/framebuffer/source/frame";

const frames = fc
  .record({
    width: fc.integer({ min: 1, max: 100 }),
    height: fc.integer({ min: 1, max: 60 }),
    channels: fc.constantFrom(1 as const, 3 as const, 4 as const),
    offset: fc.constantFrom(0, 4, 3),
    seed: fc.nat(),
  })
  .map(({ channels, height, offset, seed, width }) => {
    const length = width * height * channels;
    const data = new Uint8Array(new ArrayBuffer(length + offset), offset);
    for (let at = 0; at < length; at++) data[at] = Math.imul(at + seed, 2654435761) >>> 24;
    const columns = cellsOver(width);
    const marks = new Uint8Array(columns * cellsOver(height));
    for (let cell = 0; cell < marks.length; cell++)
      marks[cell] = (Math.imul(cell + seed, 40503) >>> 9) & 1;
    marks[seed % marks.length] = 1;
    const frame: RawFrame = { data, width, height, channels };
    return { frame, cells: new CellMap(marks, columns) };
  });

describe("an atlas", () => {
  it("holds the cells one after the other; what lies outside the picture repeats its edge", () => {
    const packer = new AtlasPacker(nodeRuntime);
    fc.assert(
      fc.property(frames, ({ frame, cells }) => {
        const { channels, height, width } = frame;
        const atlas = packer.pack(frame, cells);
        const { columns, frame: packed } = atlas;
        expect(packed.width).toBe(columns * 16);
        expect(packed.height).toBe(Math.ceil(cells.count / columns) * 16);
        expect(packed.data).toHaveLength(packed.width * packed.height * channels);
        const places = [...cells.marks.keys()].filter((cell) => cells.marks[cell] === 1);
        places.forEach((cell, index) => {
          for (let at = 0; at < 256; at++) {
            const x = Math.min(width - 1, (cell % cells.columns) * 16 + (at % 16));
            const y = Math.min(height - 1, Math.floor(cell / cells.columns) * 16 + (at >> 4));
            const toX = (index % columns) * 16 + (at % 16);
            const toY = Math.floor(index / columns) * 16 + (at >> 4);
            const from = (y * width + x) * channels;
            const to = (toY * packed.width + toX) * channels;
            for (let channel = 0; channel < channels; channel++) {
              if (packed.data[to + channel] !== frame.data[from + channel])
                throw new Error(`cell ${cell}: wrong pixel ${x}, ${y}`);
            }
          }
        });
        atlas.release();
      }),
      { numRuns: 200 },
    );
  });

  it("is filled up with its last pixels, and never taller than encoders take", () => {
    const packer = new AtlasPacker(nodeRuntime);
    const wide: RawFrame = {
      data: new Uint8Array(16 * 70 * 16),
      width: 16 * 70,
      height: 16,
      channels: 1,
    };
    wide.data.fill(9);
    const { frame } = packer.pack(wide, new CellMap(new Uint8Array(70).fill(1), 70));
    expect([frame.width, frame.height]).toEqual([1024, 32]);
    expect(frame.data.every((value) => value === 9)).toBe(true);
    const cells = new CellMap(new Uint8Array(300_000).fill(1), 600);
    const large = {
      data: new Uint8Array(9600 * 8000),
      width: 9600,
      height: 8000,
      channels: 1,
    } as const;
    expect(packer.pack(large, cells).frame.height).toBeLessThanOrEqual(16_383);
  });

  it("reuses memory that was given back", () => {
    let allocations = 0;
    const packer = new AtlasPacker({
      allocate: (length) => {
        allocations += 1;
        return new Uint8Array(length);
      },
    });
    const frame: RawFrame = { data: new Uint8Array(64 * 64), width: 64, height: 64, channels: 1 };
    const map = (count: number): CellMap => new CellMap(new Uint8Array(16).fill(1, 0, count), 4);
    for (let count = 16; count > 0; count--) packer.pack(frame, map(count)).release();
    expect(allocations).toBe(1);
  });
});
