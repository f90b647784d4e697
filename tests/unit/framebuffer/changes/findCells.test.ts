import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { browserRuntime } from "../../../../src/framebuffer/browser/runtime";
import { cellsOver } from "../../../../src/framebuffer/changes/bands";
import {
  ChangeDetector,
  compareScattered,
  FRUITLESS_FRAMES,
  isCellMap,
} from "../../../../src/framebuffer/changes/changes";
import { findCells } from "../../../../src/framebuffer/changes/findCells";
import { nodeRuntime } from "../../../../src/framebuffer/node/runtime";
import type { RawFrame } from "../../../../src/framebuffer/source/frame";

/** The cells that differ, found pixel by pixel. */
function naiveCells({ channels, data, height, width }: RawFrame, after: RawFrame): number[] {
  const marks: number[] = new Array<number>(cellsOver(width) * cellsOver(height)).fill(0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      for (let channel = 0; channel < Math.min(3, channels); channel++) {
        if (data[at + channel] !== after.data[at + channel])
          marks[(y >> 4) * cellsOver(width) + (x >> 4)] = 1;
      }
    }
  }
  return marks;
}

const pairs = fc
  .record({
    width: fc.integer({ min: 1, max: 150 }),
    height: fc.integer({ min: 1, max: 90 }),
    channels: fc.constantFrom(1 as const, 3 as const, 4 as const),
    offset: fc.constantFrom(0, 0, 8, 4, 1, 7),
    dots: fc.array(fc.nat(), { maxLength: 40 }),
  })
  .map(({ channels, dots, height, offset, width }) => {
    const length = width * height * channels;
    const data = new Uint8Array(new SharedArrayBuffer(length + offset), offset);
    for (let at = 0; at < length; at++) data[at] = Math.imul(at, 2654435761) >>> 24;
    const after = new Uint8Array(data);
    for (const dot of dots) after[dot % length] = ((after[dot % length] ?? 0) + 1) & 255;
    const frame = { width, height, channels };
    return { before: { ...frame, data }, after: { ...frame, data: after } };
  });

describe("the cells that changed", () => {
  it.each([
    ["Node", nodeRuntime],
    ["a browser", browserRuntime],
  ])("are exactly those in which a colour differs, by %s's memory", (_name, memory) => {
    fc.assert(
      fc.property(pairs, ({ before, after }) => {
        const differs = memory.compare(before.data, after.data);
        const cells = findCells(before, after, differs);
        expect([...cells.marks]).toEqual(naiveCells(before, after));
        expect(cells.count).toBe(cells.marks.filter((mark) => mark === 1).length);
      }),
      { numRuns: 300 },
    );
  });
});

/** A picture, and the same with a pixel changed in some of each `step` cells of a row. */
function scattered(step: number, cells = [0]): { before: RawFrame; after: RawFrame } {
  const [width, height] = [640, 480];
  const before: RawFrame = {
    ...{ data: new Uint8Array(width * height * 3), width, height },
    channels: 3,
  };
  const after = { ...before, data: new Uint8Array(before.data) };
  for (let row = 0; row < height / 16; row++) {
    for (let cell = (row * 3) % step; cell < width / 16; cell += step) {
      for (const next of cells) {
        const at = ((row * 16 + 5) * width + (cell + next) * 16 + 5) * 3;
        if (cell + next < width / 16) after.data.fill(9, at, at + 3);
      }
    }
  }
  return { before, after };
}

describe("a search for scattered changes", () => {
  it.each([false, true])("gives the cells; begun with cells: %s", (wereScattered) => {
    const { before, after } = scattered(4);
    const changes = compareScattered(before, after, nodeRuntime, wereScattered);
    if (!isCellMap(changes)) throw new Error(`expected cells, got ${JSON.stringify(changes)}`);
    expect([...changes.marks]).toEqual(naiveCells(before, after));
    expect(changes.runs).toBe(300);
  });

  it("includes an unchanged cell between two changed ones: fewer runs cost less", () => {
    const { before, after } = scattered(8, [0, 2]);
    const changes = compareScattered(before, after, nodeRuntime);
    if (!isCellMap(changes)) throw new Error(`expected cells, got ${JSON.stringify(changes)}`);
    expect(changes.runs).toBe(150);
    naiveCells(before, after).forEach((mark, cell) => {
      if (mark === 1) expect(changes.marks[cell]).toBe(1);
    });
  });

  it("returns rectangles where few pay, and finds equal frames, however it begins", () => {
    const { before, after } = scattered(4);
    const box = { ...before, data: new Uint8Array(before.data) };
    box.data.fill(7, 640 * 3 * 33, 640 * 3 * 33 + 9);
    for (const wereScattered of [false, true]) {
      const rects = compareScattered(before, box, nodeRuntime, wereScattered);
      expect(rects).toEqual([{ x: 0, y: 32, width: 16, height: 16 }]);
      const copy = { ...after, data: new Uint8Array(after.data) };
      expect(compareScattered(after, copy, nodeRuntime, wereScattered)).toBe("equal");
    }
  });

  it("pauses when its cells are not used, and goes on when they are", () => {
    const { before, after } = scattered(4);
    const unused = new ChangeDetector(nodeRuntime);
    const used = new ChangeDetector(nodeRuntime);
    const isFound = (detector: ChangeDetector): boolean =>
      isCellMap(detector.find(before, after, true));
    for (let frame = 0; frame < FRUITLESS_FRAMES; frame++) {
      expect(isFound(unused)).toBe(true);
      expect(isFound(used)).toBe(true);
      used.cellsUsed();
    }
    expect(isFound(unused)).toBe(false);
    expect(isFound(used)).toBe(true);
    expect(new ChangeDetector(nodeRuntime).find(before, after)).toBe("everything");
  });
});
