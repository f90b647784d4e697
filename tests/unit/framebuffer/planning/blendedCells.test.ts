import { describe, expect, it } from "vitest";
import { CellMap } from "../../../../src/framebuffer/changes/cellMap";
import { BlendedCells } from "../../../../src/framebuffer/planning/blendedCells";
import type { AtlasPlan, ImagePlan } from "../../../../src/framebuffer/planning/framePlan";
import { imagePlan } from "../../../support/departures";

const frame = { data: new Uint8Array(), width: 80, height: 64, channels: 3 } as const;
const coarse: ImagePlan = {
  ...imagePlan,
  format: "jpeg",
  lossless: false,
  chroma: "4:2:0",
  scale: 1,
};
const fine: ImagePlan = { ...coarse, chroma: "4:4:4" };

/** Cells by their numbers, in a picture of 5 x 4. */
const map = (...cells: number[]): CellMap => {
  const marks = new Uint8Array(20);
  for (const cell of cells) marks[cell] = 1;
  return new CellMap(marks, 5);
};
const list = ({ marks }: CellMap): number[] => [...marks.keys()].filter((at) => marks[at] === 1);
const atlas = (cells: CellMap): AtlasPlan => ({ ...fine, form: "atlas", scale: 1, cells });

describe("cells of a picture in 4:2:0", () => {
  it("are sent with those around them, up to the edges", () => {
    const blended = new BlendedCells();
    blended.record(frame, coarse);
    expect(list(blended.around(map(7)))).toEqual([1, 2, 3, 6, 7, 8, 11, 12, 13]);
    expect(list(blended.around(map(0)))).toEqual([0, 1, 5, 6]);
    expect(list(blended.around(map(19)))).toEqual([13, 14, 18, 19]);
    expect(list(blended.around(map(9)))).toEqual([3, 4, 8, 9, 13, 14]);
  });

  it("stand alone once they were sent in an atlas", () => {
    const blended = new BlendedCells();
    blended.record(frame, coarse);
    blended.record(frame, atlas(map(1, 2, 3, 6, 7, 8, 11, 12, 13)));
    expect(list(blended.around(map(7)))).toEqual([7]);
    expect(list(blended.around(map(6)))).toEqual([0, 5, 6, 10]);
  });

  it("are all of a video, of a scaled picture, and of patches in 4:2:0, but none in 4:4:4", () => {
    const blended = new BlendedCells();
    blended.record(frame, fine);
    expect(list(blended.around(map(7)))).toEqual([7]);
    blended.record(frame, { ...fine, scale: 0.5 });
    expect(list(blended.around(map(7)))).toHaveLength(9);
    blended.record(frame, fine);
    const rects = [{ x: 0, y: 0, width: 32, height: 16 }];
    blended.record(frame, { ...coarse, form: "patches", scale: 1, rects });
    expect(list(blended.around(map(7)))).toEqual([1, 7]);
    // What lossless patches cover only in part stays blended.
    const covering = [{ x: 0, y: 0, width: 30, height: 16 }];
    blended.record(frame, { ...fine, lossless: true, form: "patches", scale: 1, rects: covering });
    expect(list(blended.around(map(7)))).toEqual([1, 7]);
    blended.record(frame, { ...fine, lossless: true, form: "patches", scale: 1, rects });
    expect(list(blended.around(map(7)))).toEqual([7]);
    blended.record(frame, {
      ...{ form: "video", codec: "h264", quality: 80, scale: 1, keyframe: true },
    });
    expect(list(blended.around(map(7)))).toHaveLength(9);
    blended.record({ ...frame, channels: 1 }, coarse);
    expect(list(blended.around(map(7)))).toEqual([7]);
  });
});
