import { describe, expect, it } from "vitest";
import { CELL_SIZE } from "../../../../src/framebuffer/changes/bands";
import { totalArea, type Rect } from "../../../../src/framebuffer/changes/rects";
import { StillParts } from "../../../../src/framebuffer/planning/stillParts";
import { departure, imagePlan } from "../../../support/departures";

const WHOLE: Rect = { x: 0, y: 0, width: 1275, height: 717 };
const SLOW = { baseLatency: 0.1, wayThroughput: 250_000 };

/** All parts of a picture at rest, in their order. */
function partsOf(parts: StillParts, lossy: readonly Rect[]): (readonly Rect[])[] {
  const taken: (readonly Rect[])[] = [];
  for (let left = totalArea(lossy); left > 0; left -= totalArea(taken.at(-1) ?? lossy)) {
    taken.push(parts.next(lossy));
    expect(taken.length).toBeLessThan(2000);
  }
  return taken;
}

const covers = (rects: readonly Rect[], px: number, py: number): number =>
  rects.filter(({ x, y, width, height }) => px >= x && px < x + width && py >= y && py < y + height)
    .length;

describe("the parts of a still", () => {
  it.each([Infinity, 50_000_000])("are one with a throughput of %d", (wayThroughput) => {
    const parts = new StillParts({ baseLatency: 0.1, wayThroughput }, () => 8);
    expect(parts.next([WHOLE])).toEqual([WHOLE]);
    expect(parts.mayFollow(1e9)).toBe(true);
  });

  it("are one while little is lossy", () => {
    const few = [{ x: 16, y: 16, width: 64, height: 64 }];
    expect(new StillParts(SLOW, () => 8).next(few)).toEqual(few);
  });

  it.each([SLOW, { baseLatency: 0.1, wayThroughput: 20_000 }, { wayThroughput: 2_000_000 }])(
    "cover all of it once, on cells, each for 50 ms of $wayThroughput bytes per second",
    (link) => {
      const lossy = [
        { ...WHOLE, height: 320 },
        { x: 160, y: 320, width: 333, height: 397 },
      ];
      const parts = partsOf(new StillParts({ baseLatency: 0, ...link }, () => 8), lossy);
      const cell = CELL_SIZE * CELL_SIZE;
      const wanted = (0.05 * link.wayThroughput) / 1.6;
      for (const part of parts) {
        for (const { x, y } of part) expect([x % CELL_SIZE, y % CELL_SIZE]).toEqual([0, 0]);
        expect(totalArea(part)).toBeLessThanOrEqual(Math.max(cell, wanted));
      }
      const taken = parts.flat();
      const wrong: (readonly number[])[] = [];
      for (let y = 3; y < 717; y += 14) {
        for (let x = 3; x < 1275; x += 15) {
          if (covers(taken, x, y) !== covers(lossy, x, y)) wrong.push([x, y]);
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it("are all about as large as wanted but the last, so that few under way fill the link", () => {
    const wanted = (0.05 * SLOW.wayThroughput) / 1.6;
    const parts = partsOf(new StillParts(SLOW, () => 8), [WHOLE]);
    for (const part of parts.slice(0, -1)) {
      expect(totalArea(part)).toBeGreaterThan(wanted - 2 * CELL_SIZE * CELL_SIZE);
    }
  });

  it("keep to the link's pace, with 100 ms in front of the next frame at most", () => {
    const parts = new StillParts(SLOW, () => 8);
    parts.next([WHOLE]);
    const part = 0.05 * SLOW.wayThroughput;
    const most = SLOW.wayThroughput * (SLOW.baseLatency + 0.1);
    expect(parts.mayFollow(most - part)).toBe(true);
    expect(parts.mayFollow(most - part + 1)).toBe(false);
  });

  it.each([1, 2, 3])("fill the link where only %d may be in flight", (places) => {
    const parts = new StillParts(SLOW, () => places);
    const bytes = 1.6 * totalArea(parts.next([WHOLE]));
    const most = SLOW.wayThroughput * (SLOW.baseLatency + 0.1);
    expect(bytes * places).toBeGreaterThan(0.9 * most);
    expect(bytes * places).toBeLessThanOrEqual(most);
    expect(parts.mayFollow(bytes * (places - 1))).toBe(true);
    expect(parts.mayFollow(bytes * places)).toBe(false);
  });

  it("get smaller where pictures take more bytes", () => {
    const parts = new StillParts(SLOW, () => 8);
    const first = parts.next([WHOLE]);
    const plan = {
      ...imagePlan,
      form: "patches",
      lossless: true,
      scale: 1,
      rects: first,
    } as const;
    parts.recordSend(departure({ plan, bytes: 4 * totalArea(first) }));
    expect(totalArea(parts.next([WHOLE]))).toBeLessThan(0.7 * totalArea(first));
  });

  it("begin again when the picture changed", () => {
    const parts = new StillParts(SLOW, () => 8);
    const first = parts.next([WHOLE]);
    expect(parts.next([WHOLE])).not.toEqual(first);
    parts.forget();
    expect(parts.next([WHOLE])).toEqual(first);
  });
});
