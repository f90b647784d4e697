import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CELL_SIZE } from "../../../../src/framebuffer/changes/bands";
import { LossyRegion } from "../../../../src/framebuffer/changes/lossyRegion";
import { MAX_RECTS, overlap, type Rect } from "../../../../src/framebuffer/changes/rects";
import { FakeClock } from "../../../support/fakeClock";

const box = (x: number, y: number, width: number, height: number): Rect => ({
  x,
  y,
  width,
  height,
});

/** What a region says, pixel by pixel of a plain bitmap. */
class Bitmap {
  readonly bits: Uint8Array;
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.bits = new Uint8Array(width * height);
  }

  fill({ x, y, width, height }: Rect, value: number): void {
    for (let row = y; row < y + height; row++) {
      this.bits.fill(value, row * this.width + x, row * this.width + x + width);
    }
  }

  /** Whether every set bit of another is set here. */
  holds(other: Bitmap): boolean {
    return other.bits.every((bit, at) => bit === 0 || this.bits[at] === 1);
  }
}

describe("the lossy region", () => {
  it("is empty at first, all after a whole lossy frame, and empty after a whole lossless one", () => {
    const region = new LossyRegion(new FakeClock());
    expect([region.isEmpty, region.rects()]).toEqual([true, []]);
    region.markWhole(641, 479);
    expect([region.isEmpty, region.rects()]).toEqual([false, [box(0, 0, 641, 479)]]);
    region.clear(641, 479);
    expect([region.isEmpty, region.rects()]).toEqual([true, []]);
  });

  it("has the size of a whole lossless frame too", () => {
    const region = new LossyRegion(new FakeClock());
    region.clear(64, 48);
    region.mark([box(16, 16, 16, 16)]);
    expect(region.rects()).toEqual([box(16, 16, 16, 16)]);
    region.clear(640, 480);
    region.mark([box(320, 320, 16, 16)]);
    expect(region.rects()).toEqual([box(320, 320, 16, 16)]);
  });

  it("holds the patches that were sent lossy, in few rectangles", () => {
    const region = new LossyRegion(new FakeClock());
    region.markWhole(1920, 1080);
    region.clear(1920, 1080);
    region.mark([box(32, 32, 64, 64)]);
    region.mark([box(48, 32, 64, 64)]);
    region.mark([box(1760, 960, 96, 96)]);
    expect(region.rects()).toEqual([box(32, 32, 80, 64), box(1760, 960, 96, 96)]);
  });

  it("is one rectangle over the picture when most of it is lossy", () => {
    const region = new LossyRegion(new FakeClock());
    region.markWhole(640, 480);
    region.clearRects([box(0, 0, 640, 32)]);
    expect(region.rects()).toEqual([box(0, 0, 640, 480)]);
    region.clearRects([box(0, 0, 640, 320)]);
    expect(region.rects()).toEqual([box(0, 320, 640, 160)]);
  });

  it("is empty once all of it came lossless in parts, up to the ragged edge", () => {
    const region = new LossyRegion(new FakeClock());
    region.markWhole(641, 479);
    region.clearRects([box(0, 0, 320, 479), box(320, 0, 321, 479)]);
    expect(region.isEmpty).toBe(true);
  });

  it("keeps a cell that came lossless only in part", () => {
    const region = new LossyRegion(new FakeClock());
    region.markWhole(640, 480);
    region.clear(640, 480);
    region.mark([box(100, 100, 1, 1)]);
    region.clearRects([box(97, 97, 10, 10)]);
    expect(region.rects()).toEqual([box(96, 96, CELL_SIZE, CELL_SIZE)]);
  });

  it("takes the size of the last whole frame", () => {
    const region = new LossyRegion(new FakeClock());
    region.markWhole(640, 480);
    region.markWhole(100, 50);
    expect(region.rects()).toEqual([box(0, 0, 100, 50)]);
  });

  it("always holds every pixel that is lossy, and after the rectangles came nothing", () => {
    const [width, height] = [333, 217];
    const rect = fc
      .tuple(fc.nat(width - 1), fc.nat(height - 1), fc.nat(120), fc.nat(120))
      .map(([x, y, w, h]) => box(x, y, Math.min(w + 1, width - x), Math.min(h + 1, height - y)));
    const steps = fc.array(fc.record({ rect, lossy: fc.boolean() }), { maxLength: 20 });
    fc.assert(
      fc.property(steps, (changes) => {
        const region = new LossyRegion(new FakeClock());
        region.markWhole(width, height);
        region.clear(width, height);
        const truth = new Bitmap(width, height);
        for (const change of changes) {
          if (change.lossy) region.mark([change.rect]);
          else region.clearRects([change.rect]);
          truth.fill(change.rect, change.lossy ? 1 : 0);
        }
        const rects = region.rects();
        const told = new Bitmap(width, height);
        for (const one of rects) told.fill(one, 1);
        expect(told.holds(truth)).toBe(true);
        expect(rects.length).toBeLessThanOrEqual(MAX_RECTS);
        rects.forEach((one, index) => {
          for (const other of rects.slice(index + 1)) expect(overlap(one, other)).toBe(false);
        });
        region.clearRects(rects);
        expect(region.isEmpty).toBe(true);
      }),
    );
  });
});

describe("the parts that rest", () => {
  const LIMITS = { maxRects: 8, maxCells: 256, firstTile: 0 };

  it("are none before their time, and then all lossy cells except the moving ones", () => {
    const clock = new FakeClock();
    const region = new LossyRegion(clock);
    const moving = box(0, 0, 16, 130);
    region.markWhole(250, 130);
    clock.advance(0.29);
    region.mark([moving]);
    expect(region.settledRects(0.3, LIMITS).rects).toEqual([]);
    clock.advance(0.06);
    region.mark([moving]);
    const { rects, isAll } = region.settledRects(0.3, LIMITS);
    expect([rects, isAll]).toEqual([[box(16, 0, 234, 130)], true]);
    region.clearRects(rects);
    expect(region.rects()).toEqual([moving]);
    expect(region.settledRects(0.3, LIMITS).rects).toEqual([]);
  });

  it("are none while nothing is sent, as it isn't known what rests", () => {
    const clock = new FakeClock();
    const region = new LossyRegion(clock);
    region.markWhole(250, 130);
    clock.advance(10);
    expect(region.settledRects(0.3, LIMITS).rects).toEqual([]);
    region.markWhole(250, 130);
    expect(region.settledRects(0.3, LIMITS).rects).toEqual([]);
  });

  it("leave out what moves, and what was sent lossless", () => {
    const clock = new FakeClock();
    const region = new LossyRegion(clock);
    region.markWhole(64, 32);
    region.clearRects([box(48, 0, 16, 32)]);
    clock.advance(0.4);
    region.mark([box(3, 3, 5, 5)]);
    const { rects } = region.settledRects(0.3, LIMITS);
    expect(rects).toEqual([box(0, 16, 16, 16), box(16, 0, 32, 32)]);
  });

  it("are limited in size, and continue where the last ones ended", () => {
    const clock = new FakeClock();
    const region = new LossyRegion(clock);
    region.markWhole(512, 512);
    clock.advance(1);
    region.mark([box(496, 0, 16, 16)]);
    const first = region.settledRects(0.3, { ...LIMITS, maxCells: 40 });
    expect(first).toEqual({ rects: [box(0, 0, 64, 128)], isAll: false, nextTile: 0 });
    region.clearRects(first.rects);
    const next = region.settledRects(0.3, { ...LIMITS, firstTile: 3 });
    expect(next).toEqual({ rects: [box(256, 256, 256, 256)], isAll: false, nextTile: 0 });
    const tiny = region.settledRects(0.3, { ...LIMITS, maxCells: 1, firstTile: 1 });
    expect(tiny.rects).toEqual([box(256, 0, 16, 16)]);
  });

  it("cover each resting lossy cell once, and no moving pixel", () => {
    const [width, height] = [700, 333];
    const rect = fc
      .tuple(fc.nat(width - 1), fc.nat(height - 1), fc.nat(300), fc.nat(200))
      .map(([x, y, w, h]) => box(x, y, Math.min(w + 1, width - x), Math.min(h + 1, height - y)));
    const steps = fc.array(fc.record({ rect, lossy: fc.boolean() }), { maxLength: 8 });
    const limits = fc.record({
      maxRects: fc.integer({ min: 1, max: 8 }),
      maxCells: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(
        steps,
        fc.array(rect, { minLength: 1, maxLength: 3 }),
        limits,
        (before, moving, most) => {
          const clock = new FakeClock();
          const region = new LossyRegion(clock);
          region.clear(width, height);
          for (const change of before) {
            if (change.lossy) region.mark([change.rect]);
            else region.clearRects([change.rect]);
          }
          clock.advance(0.5);
          region.mark(moving);
          let firstTile = 0;
          for (let round = 0; ; round++) {
            expect(round).toBeLessThan(2000);
            const { rects, isAll, nextTile } = region.settledRects(0.3, { ...most, firstTile });
            expect(rects.length).toBeLessThanOrEqual(most.maxRects);
            const cells = rects.reduce(
              (sum, one) => sum + Math.ceil(one.width / 16) * Math.ceil(one.height / 16),
              0,
            );
            expect(cells).toBeLessThanOrEqual(most.maxCells);
            rects.forEach((one, index) => {
              for (const other of rects.slice(index + 1)) expect(overlap(one, other)).toBe(false);
              for (const other of moving) expect(overlap(one, other)).toBe(false);
            });
            region.clearRects(rects);
            firstTile = nextTile;
            if (rects.length === 0) {
              expect(isAll).toBe(true);
              break;
            }
          }
          // What is left is what moves.
          const left = new LossyRegion(clock);
          left.clear(width, height);
          left.mark(moving);
          expect(region.rects()).toEqual(left.rects());
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
