import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FitMode } from "../../../src/client/shared/types";
import { framePoint, toFrameEvent } from "../../../src/client/worker/placement";

const element = { width: 400, height: 300 };
const frame = { width: 200, height: 50 };

describe("a point of the element", () => {
  it.each<[FitMode, number, number, number, number, boolean]>([
    // 400 x 100, from 100 down.
    ["contain", 0, 100, 0, 0, true],
    ["contain", 399, 199, 199.5, 49.5, true],
    ["contain", 200, 99, 100, -0.5, false],
    ["contain", 200, 200, 100, 50, false],
    // 1200 x 300, from -400 across.
    ["cover", 0, 0, 400 / 6, 0, true],
    ["cover", 399.9, 299.9, 799.9 / 6, 299.9 / 6, true],
    ["cover", -1, 10, 399 / 6, 10 / 6, false],
    ["fill", 0, 0, 0, 0, true],
    ["fill", 200, 150, 100, 25, true],
    ["fill", 400, 300, 200, 50, false],
  ])("is mapped through %s: %d, %d is %d, %d", (fit, x, y, frameX, frameY, inside) => {
    const point = framePoint({ fit, element, frame }, x, y);
    expect(point.x).toBeCloseTo(frameX, 9);
    expect(point.y).toBeCloseTo(frameY, 9);
    expect(point.inside).toBe(inside);
  });

  const side = fc.integer({ min: 1, max: 5000 });
  const size = fc.record({ width: side, height: side });
  it("is the same with every fit if element and frame have the same shape", () => {
    fc.assert(
      fc.property(
        size,
        fc.integer({ min: 1, max: 5 }),
        fc.nat(5000),
        fc.nat(5000),
        (of, k, x, y) => {
          const placement = { element: of, frame: { width: of.width * k, height: of.height * k } };
          const [one, ...others] = (["contain", "cover", "fill"] as const).map((fit) =>
            framePoint({ ...placement, fit }, x, y),
          );
          for (const other of others) {
            expect(other.x).toBeCloseTo(one?.x ?? NaN, 6);
            expect(other.y).toBeCloseTo(one?.y ?? NaN, 6);
          }
        },
      ),
    );
  });

  it("in the middle of the element is in the middle of the frame", () => {
    fc.assert(
      fc.property(
        size,
        size,
        fc.constantFrom<FitMode>("contain", "cover", "fill"),
        (of, in_, fit) => {
          const point = framePoint({ fit, element: of, frame: in_ }, of.width / 2, of.height / 2);
          expect(point.x).toBeCloseTo(in_.width / 2, 6);
          expect(point.y).toBeCloseTo(in_.height / 2, 6);
          expect(point.inside).toBe(true);
        },
      ),
    );
  });
});

it("converts an event and its touches to frame pixels, and keeps the rest", () => {
  const event = {
    type: "pointer_down",
    ...{ timestamp: 2, button: 1, buttons: [1], modifiers: [] },
    ...{ x: 100, y: 150, ntouches: 1, touches: { 7: { x: 100, y: 150, pressure: 0.5 } } },
  } as const;
  expect(toFrameEvent(event, { fit: "contain", element, frame }, 2)).toEqual({
    ...event,
    ...{ x: 50, y: 25, inside: true, pixel_ratio: 2, logical_x: 100, logical_y: 150 },
    touches: { 7: { x: 50, y: 25, pressure: 0.5 } },
  });
});
