import { createCanvas } from "@napi-rs/canvas";
import { describe, expect, it } from "vitest";
import { viewFrame } from "../../../src/framebuffer";
import {
  frameFromCanvas,
  type CanvasLike,
  type FrameFromCanvasOptions,
} from "../../../src/rendering";

/** A canvas of one row with these pixels. */
function canvasOf(...pixels: readonly (readonly number[])[]): CanvasLike {
  const data = Uint8ClampedArray.from(pixels.flat());
  const context = { getImageData: () => ({ data }) };
  return { width: pixels.length, height: 1, getContext: () => context };
}

function colors(canvas: CanvasLike, options?: FrameFromCanvasOptions): number[] {
  return [...frameFromCanvas(canvas, options).data];
}

describe("the frame of a canvas", () => {
  it("shows what @napi-rs/canvas draws", () => {
    const canvas = createCanvas(3, 2);
    const context = canvas.getContext("2d");
    context.fillStyle = "rgb(10, 20, 30)";
    context.fillRect(1, 0, 2, 1);
    const { data, width, height, channels } = viewFrame(frameFromCanvas(canvas));
    expect([width, height, channels]).toEqual([3, 2, 4]);
    expect([...data.subarray(4, 8)]).toEqual([10, 20, 30, 255]);
    expect([...data.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
  });

  it("is a copy, so that one may draw on at once", () => {
    const canvas = createCanvas(1, 1);
    const { data } = frameFromCanvas(canvas, { background: [1, 2, 3] });
    canvas.getContext("2d").fillRect(0, 0, 1, 1);
    expect([...data]).toEqual([1, 2, 3, 255]);
  });

  it("mixes what is half transparent with white, or with another colour", () => {
    const canvas = (): CanvasLike => canvasOf([200, 100, 0, 51], [9, 8, 7, 255], [9, 8, 7, 0]);
    expect(colors(canvas())).toEqual([244, 224, 204, 255, 9, 8, 7, 255, 255, 255, 255, 255]);
    expect(colors(canvas(), { background: [0, 100, 50] })).toEqual([
      ...[40, 100, 40, 255],
      ...[9, 8, 7, 255],
      ...[0, 100, 50, 255],
    ]);
  });
});

describe("in place of a canvas", () => {
  const sized = (width: number): unknown => ({ ...canvasOf([0, 0, 0, 0]), width });

  it.each<[string, unknown, unknown, ErrorConstructor, string]>([
    [
      "nothing",
      null,
      {},
      TypeError,
      'canvas: expected a canvas, with width, height and getContext("2d"), got null',
    ],
    ["a context", { canvas: {} }, {}, TypeError, "canvas: expected a canvas"],
    [
      "a WebGPU canvas",
      { width: 1, height: 1, getContext: () => null },
      {},
      TypeError,
      "read a WebGPU texture with frameFromTexture(device, texture)",
    ],
    [
      "an empty one",
      sized(0),
      {},
      RangeError,
      "canvas.width: expected an integer from 1 to 65500, got 0",
    ],
    [
      "one of no size",
      sized(NaN),
      {},
      RangeError,
      "canvas.width: expected an integer from 1 to 65500, got NaN",
    ],
    [
      "a colour's name",
      sized(1),
      { background: "white" },
      TypeError,
      "background: expected [red, green, blue]",
    ],
    [
      "a bright colour",
      sized(1),
      { background: [0, 0, 256] },
      RangeError,
      "each from 0 to 255, got [0, 0, 256]",
    ],
    ["another option", sized(1), { backgroud: [] }, TypeError, "did you mean background?"],
  ])("says what to give: %s", (_what, canvas, options, kind, text) => {
    const make = (): unknown =>
      frameFromCanvas(canvas as CanvasLike, options as FrameFromCanvasOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(text);
  });
});
