import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { RfbEvent } from "../../../src/protocol/events";
import { PanZoom, type PanZoomOptions } from "../../../src/rendering";
import { doubleClick, fingers, hover, mouse, resize, wheel } from "./events";

/** The wheel's turn that zooms by a factor. */
const turn = (factor: number): number => -Math.log(factor) * 1000;

const round = ({ x, y, zoom }: PanZoom): number[] =>
  [x, y, zoom].map((value) => Math.round(value * 1e6) / 1e6 + 0);

describe("without a content size", () => {
  let view: PanZoom;

  beforeEach(() => {
    view = new PanZoom();
    view.handle_event(resize(400, 300));
  });

  it("begins at the content's origin, a pixel for each unit", () => {
    expect(round(view)).toEqual([0, 0, 1]);
    expect(view.toContent(30, 40)).toEqual({ x: 30, y: 40 });
  });

  it("zooms about the pointer", () => {
    expect(view.handle_event(wheel(turn(2), [100, 50]))).toBe(true);
    expect(round(view)).toEqual([50, 25, 2]);
    expect(view.handle_event(wheel(turn(1 / 4), [0, 0]))).toBe(true);
    expect(round(view)).toEqual([50, 25, 0.5]);
  });

  it("zooms by a tenth for a notch, or as fast as it is told to", () => {
    view.handle_event(wheel(-100));
    expect(view.zoom).toBeCloseTo(1.105, 3);
    const fast = new PanZoom({ zoomSpeed: 2 });
    fast.handle_event(wheel(-100));
    expect(fast.zoom).toBeCloseTo(1.221, 3);
  });

  it("follows a drag, at any zoom", () => {
    view.handle_event(wheel(turn(2)));
    expect(view.handle_event(mouse("pointer_down", [100, 100]))).toBe(false);
    expect(view.handle_event(mouse("pointer_move", [90, 120]))).toBe(true);
    expect(view.handle_event(mouse("pointer_move", [80, 120]))).toBe(true);
    expect(round(view)).toEqual([10, -10, 2]);
    expect(view.handle_event(mouse("pointer_up", [80, 120]))).toBe(false);
    expect(view.handle_event(hover([0, 0]))).toBe(false);
    expect(round(view)).toEqual([10, -10, 2]);
  });

  it("pans with the middle button, but leaves the right one to others", () => {
    for (const [button, x] of [
      [3, -10],
      [2, 0],
    ] as const) {
      const other = new PanZoom();
      other.handle_event(mouse("pointer_down", [0, 0], { button }));
      other.handle_event(mouse("pointer_move", [10, 0], { button }));
      expect(other.x + 0).toBe(x);
    }
  });

  it("stops a drag whose release was lost", () => {
    view.handle_event(mouse("pointer_down", [0, 0]));
    expect(view.handle_event(hover([50, 50]))).toBe(false);
    expect(view.handle_event(mouse("pointer_move", [90, 90]))).toBe(false);
    expect(round(view)).toEqual([0, 0, 1]);
  });

  it("keeps the content under two fingers", () => {
    view.handle_event(fingers("pointer_down", [100, 100]));
    view.handle_event(fingers("pointer_down", [100, 100], [200, 100]));
    expect(view.handle_event(fingers("pointer_move", [50, 150], [250, 150]))).toBe(true);
    expect(view.zoom).toBeCloseTo(2);
    const { x, y } = view.toContent(50, 150);
    expect([x, y]).toEqual([expect.closeTo(100), expect.closeTo(100)]);
  });

  it("goes on with the finger that stays, without a jump", () => {
    view.handle_event(fingers("pointer_down", [100, 100]));
    view.handle_event(fingers("pointer_down", [100, 100], [200, 100]));
    view.handle_event(fingers("pointer_up", [100, 100]));
    expect(view.handle_event(fingers("pointer_move", [110, 100]))).toBe(true);
    expect(round(view)).toEqual([-10, 0, 1]);
  });

  it("doesn't jump when the press of a second finger was lost", () => {
    view.handle_event(fingers("pointer_down", [100, 100]));
    expect(view.handle_event(fingers("pointer_move", [100, 100], [300, 100]))).toBe(false);
    view.handle_event(fingers("pointer_move", [110, 100], [310, 100]));
    expect(round(view)).toEqual([-10, 0, 1]);
  });

  it("isn't upset by fingers in one place", () => {
    view.handle_event(fingers("pointer_down", [100, 100], [100, 100]));
    view.handle_event(fingers("pointer_move", [100, 100], [200, 100]));
    expect(view.zoom).toBe(1);
  });

  it("resets with a double click", () => {
    view.handle_event(wheel(turn(3), [70, 30]));
    expect(view.handle_event(doubleClick([9, 9]))).toBe(true);
    expect(round(view)).toEqual([0, 0, 1]);
    expect(view.handle_event(doubleClick())).toBe(false);
  });

  it("says that nothing moved at the limits", () => {
    const limited = new PanZoom({ minZoom: 1, maxZoom: 4 });
    expect(limited.handle_event(wheel(turn(0.5), [9, 9]))).toBe(false);
    expect(limited.handle_event(wheel(turn(100), [9, 9]))).toBe(true);
    expect(limited.zoom).toBe(4);
    expect(limited.handle_event(wheel(turn(2), [20, 9]))).toBe(false);
  });

  it("stays where it is when the view changes its size", () => {
    view.x = 7;
    expect(view.handle_event(resize(800, 600))).toBe(false);
    expect(round(view)).toEqual([7, 0, 1]);
    expect(view.fit()).toBe(false);
  });

  it("begins, and resets, where its options say", () => {
    const placed = new PanZoom({ x: 5, y: 6, zoom: 2 });
    expect(round(placed)).toEqual([5, 6, 2]);
    placed.handle_event(wheel(turn(2)));
    placed.reset();
    expect(round(placed)).toEqual([5, 6, 2]);
  });

  it("can be moved by code; a zoom keeps the centre", () => {
    view.zoom = 2;
    expect(round(view)).toEqual([100, 75, 2]);
    view.x = 1;
    view.y = 2;
    expect(round(view)).toEqual([1, 2, 2]);
  });
});

describe("with a content size", () => {
  const content = { width: 1000, height: 500 };
  let view: PanZoom;

  beforeEach(() => {
    view = new PanZoom({ content });
    view.handle_event(resize(500, 500));
  });

  it("shows all of it, centred, and does so after a resize", () => {
    expect(round(view)).toEqual([0, -250, 0.5]);
    expect(view.handle_event(resize(500, 100))).toBe(true);
    expect(round(view)).toEqual([-750, 0, 0.2]);
  });

  it("enlarges small content until maxZoom", () => {
    view.content = { width: 10, height: 10 };
    expect(view.zoom).toBe(50);
    const pixel = new PanZoom({ content: { width: 1, height: 1 }, maxZoom: 8 });
    pixel.handle_event(resize(100, 100));
    expect(round(pixel)).toEqual([-5.75, -5.75, 8]);
  });

  it("doesn't zoom out further, nor lose it out of sight", () => {
    expect(view.handle_event(wheel(turn(0.5)))).toBe(false);
    view.handle_event(wheel(turn(4), [0, 250]));
    expect(round(view)).toEqual([0, 125, 2]);
    view.handle_event(mouse("pointer_down", [0, 0]));
    view.handle_event(mouse("pointer_move", [5000, 0]));
    expect(view.x).toBe(0);
    view.handle_event(mouse("pointer_move", [-5000, 0]));
    expect(view.x).toBe(750);
  });

  it("keeps the centre at a resize where it isn't shown whole", () => {
    view.handle_event(wheel(turn(4), [250, 250]));
    expect(view.toContent(250, 250)).toEqual({ x: 500, y: 250 });
    view.handle_event(resize(300, 200));
    expect(view.toContent(150, 100)).toEqual({ x: 500, y: 250 });
    expect(view.zoom).toBeCloseTo(2);
  });

  it("fits again after a double click", () => {
    view.handle_event(wheel(turn(4), [100, 250]));
    expect(view.handle_event(doubleClick([0, 0]))).toBe(true);
    expect(round(view)).toEqual([0, -250, 0.5]);
  });

  it("can lose its size", () => {
    view.content = undefined;
    expect(view.content).toBeUndefined();
    view.x = -1e4;
    expect(view.x).toBe(-1e4);
  });
});

/** A change by a user, anywhere. */
const gestures: fc.Arbitrary<RfbEvent[]> = fc.oneof(
  fc
    .tuple(fc.integer({ min: -900, max: 900 }), fc.nat(400), fc.nat(300))
    .map(([dy, x, y]) => [wheel(dy, [x, y])]),
  fc.tuple(fc.nat(400), fc.nat(300), fc.nat(400), fc.nat(300)).map(([x, y, toX, toY]) => {
    return [mouse("pointer_down", [x, y]), mouse("pointer_move", [toX, toY])];
  }),
);

describe("after any gestures", () => {
  it("the wheel keeps what is under the pointer there, and the coordinates stay inverse", () => {
    fc.assert(
      fc.property(fc.array(gestures, { maxLength: 6 }), fc.nat(400), fc.nat(300), (all, x, y) => {
        const view = new PanZoom({ x: 3, y: -8, zoom: 1.5 });
        view.handle_event(resize(400, 300));
        for (const event of all.flat()) view.handle_event(event);
        const before = view.toContent(x, y);
        view.handle_event(wheel(-250, [x, y]));
        const after = view.toContent(x, y);
        const near = 1e-9 * (1 + Math.abs(before.x) + Math.abs(before.y)) * (1 + 1 / view.zoom);
        expect(Math.abs(after.x - before.x)).toBeLessThan(near);
        expect(Math.abs(after.y - before.y)).toBeLessThan(near);
        const back = view.toView(after.x, after.y);
        expect([back.x, back.y]).toEqual([expect.closeTo(x, 3), expect.closeTo(y, 3)]);
      }),
    );
  });

  it("content is never out of sight, and the return value says whether it moved", () => {
    fc.assert(
      fc.property(fc.array(gestures, { maxLength: 8 }), (all) => {
        const view = new PanZoom({ content: { width: 900, height: 200 } });
        view.handle_event(resize(400, 300));
        for (const event of all.flat()) {
          const before = [view.x, view.y, view.zoom];
          const hasMoved = view.handle_event(event);
          expect([view.x, view.y, view.zoom]).not.toEqual(hasMoved ? before : []);
          if (!hasMoved) expect([view.x, view.y, view.zoom]).toEqual(before);
        }
        const start = view.toView(0, 0);
        const end = view.toView(900, 200);
        expect(start.x <= 1e-6 || end.x <= 400 + 1e-6).toBe(true);
        expect(end.x).toBeGreaterThan(399.999);
        expect(start.x).toBeLessThan(0.001);
        expect(Math.abs(start.y - (300 - end.y)) < 1e-6 || start.y <= 0.001).toBe(true);
      }),
    );
  });
});

describe("options that are wrong", () => {
  it.each<[string, unknown, ErrorConstructor, string]>([
    ["no object", 3, TypeError, "options: expected an object, got 3"],
    ["a misspelt one", { min_zoom: 1 }, TypeError, "did you mean minZoom?"],
    ["NaN", { x: NaN }, RangeError, "x: expected a finite number, got NaN"],
    ["no zoom", { zoom: 0 }, RangeError, "zoom: expected a number above 0, got 0"],
    [
      "a minimum above the maximum",
      { minZoom: 5, maxZoom: 4 },
      RangeError,
      "minZoom: expected at most maxZoom, 4, got 5",
    ],
    [
      "an empty content",
      { content: { width: 0, height: 3 } },
      RangeError,
      "content: expected { width, height }, two numbers above 0, got an object",
    ],
  ])("%s", (_what, options, kind, text) => {
    const make = (): PanZoom => new PanZoom(options as PanZoomOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(text);
  });

  it("and values that are", () => {
    const view = new PanZoom();
    expect(() => (view.x = Infinity)).toThrow("x: expected a finite number, got Infinity");
    expect(() => (view.y = NaN)).toThrow(RangeError);
    expect(() => (view.zoom = -1)).toThrow("zoom: expected a number above 0, got -1");
    expect(() => (view.content = { width: NaN, height: 1 })).toThrow("content: expected");
  });
});
