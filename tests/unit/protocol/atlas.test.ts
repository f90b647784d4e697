import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CELL_SIZE } from "../../../src/framebuffer/changes/bands";
import {
  ATLAS_CELL,
  cellGrid,
  cellRuns,
  packCellMap,
  unpackCellMap,
} from "../../../src/protocol/atlas";

const pictures = fc
  .record({ width: fc.integer({ min: 1, max: 400 }), height: fc.integer({ min: 1, max: 300 }) })
  .chain((size) => {
    const { columns, rows } = cellGrid(size);
    const length = columns * rows;
    const marks = fc
      .array(fc.constantFrom(0, 1), { minLength: length, maxLength: length })
      .filter((values) => values.includes(1));
    return marks.map((values) => ({ size, columns, marks: Uint8Array.from(values) }));
  });

describe("a cell map", () => {
  it("has the cells of the session's grid", () => expect(ATLAS_CELL).toBe(CELL_SIZE));

  it("is the same after packing and unpacking", () => {
    fc.assert(
      fc.property(pictures, ({ size, marks }) => {
        expect(unpackCellMap(packCellMap(marks), size)).toEqual(marks);
      }),
    );
  });

  it("has the first cell in the highest bit", () => {
    expect([...packCellMap(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 2, 9))]).toEqual([0x81, 0x80]);
  });

  it.each([
    ["too short", [0xff], "expected 2 bytes for 3 x 3 cells, got 1"],
    ["too long", [0xff, 0x80, 0], "expected 2 bytes for 3 x 3 cells, got 3"],
    ["empty", [0, 0], "expected at least one cell, got none"],
    ["of more cells than the picture has", [1, 0x40], "expected zeros after the 9 cells"],
  ])("that is %s is refused", (_what, bytes, message) => {
    expect(() => unpackCellMap(Uint8Array.from(bytes), { width: 33, height: 48 })).toThrow(message);
  });
});

describe("the runs of an atlas", () => {
  it("hold each marked cell once, in order, and end with each row", () => {
    fc.assert(
      fc.property(pictures, fc.integer({ min: 1, max: 9 }), ({ columns, marks }, atlasColumns) => {
        const found: number[] = [];
        for (const run of cellRuns(marks, columns, atlasColumns)) {
          expect(run.atlasRow * atlasColumns + run.atlasColumn).toBe(found.length);
          expect(run.atlasColumn + run.length).toBeLessThanOrEqual(atlasColumns);
          expect(run.column + run.length).toBeLessThanOrEqual(columns);
          for (let at = 0; at < run.length; at++) found.push(run.row * columns + run.column + at);
        }
        expect(found).toEqual([...marks.keys()].filter((cell) => marks[cell] === 1));
      }),
    );
  });
});
