/** Frames of canvases. */
import type { ImageDataFrame } from "../framebuffer";
import { FRAME_SIDE } from "../framebuffer/source/frame";
import { checkOptions, checkValue, mismatch, type Check } from "../protocol/checks";

/**
 * A canvas: of `@napi-rs/canvas`, `canvas` or `skia-canvas` in Node, an OffscreenCanvas or a
 * page's own canvas.
 */
export interface CanvasLike {
  /** In pixels, 1..65500. */
  readonly width: number;
  /** In pixels, 1..65500. */
  readonly height: number;
  getContext(type: "2d"): CanvasContextLike | null;
}

/** The context of a {@link CanvasLike}. */
export interface CanvasContextLike {
  getImageData(
    x: number,
    y: number,
    width: number,
    height: number,
  ): { readonly data: Uint8ClampedArray };
}

/** Options of {@link frameFromCanvas}. */
export interface FrameFromCanvasOptions {
  /**
   * What shows through transparent pixels: red, green and blue, each 0..255.
   *
   * @defaultValue `[255, 255, 255]`, white, as in a page
   */
  readonly background?: readonly number[] | undefined;
}

const BACKGROUND: Check<readonly number[]> = {
  expected: "[red, green, blue], each from 0 to 255",
  type: "array",
  accepts: (value): value is readonly number[] =>
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((part) => typeof part === "number" && part >= 0 && part <= 255),
};

const WHITE = [255, 255, 255];

/**
 * The frame of a canvas with a 2D context: what it shows now, over a background. The pixels are a
 * copy, so you can draw on at once.
 *
 * @throws TypeError when it isn't a canvas, or has a context of another kind
 * @throws RangeError when it is empty or too large, or for an invalid background
 *
 * @example
 * ```ts
 * import { createCanvas } from "@napi-rs/canvas";
 * import { frameFromCanvas, RemoteFrameBuffer } from "jupyter-rfb-ts";
 *
 * class Clock extends RemoteFrameBuffer {
 *   canvas = createCanvas(320, 80);
 *   get_frame() {
 *     const context = this.canvas.getContext("2d");
 *     context.clearRect(0, 0, 320, 80);
 *     context.font = "32px sans-serif";
 *     context.fillText(new Date().toLocaleTimeString(), 20, 50);
 *     return frameFromCanvas(this.canvas);
 *   }
 * }
 * ```
 */
export function frameFromCanvas(
  canvas: CanvasLike,
  options: FrameFromCanvasOptions = {},
): ImageDataFrame {
  const { background = WHITE } = checkOptions<FrameFromCanvasOptions>(options, {
    background: BACKGROUND,
  });
  const context = contextOf(canvas);
  const width = checkValue("canvas.width", canvas.width, FRAME_SIDE);
  const height = checkValue("canvas.height", canvas.height, FRAME_SIDE);
  const { data } = context.getImageData(0, 0, width, height);
  fillTransparent(data, background);
  return { data, width, height };
}

function contextOf(canvas: CanvasLike): CanvasContextLike {
  const given: unknown = canvas;
  const isCanvas = typeof given === "object" && given !== null && "getContext" in given;
  if (!isCanvas) {
    const expected = 'a canvas, with width, height and getContext("2d")';
    throw new TypeError(mismatch("canvas", { expected }, given));
  }
  const context = canvas.getContext("2d");
  if (typeof context?.getImageData === "function") return context;
  throw new TypeError(
    "canvas: expected one with a 2D context, got one of another kind; read a WebGPU texture with frameFromTexture(device, texture), and draw a WebGL canvas onto a 2D canvas",
  );
}

/** Mixes pixels with a background by their alpha, which is not premultiplied. */
function fillTransparent(data: Uint8ClampedArray, background: readonly number[]): void {
  const [red = 0, green = 0, blue = 0] = background;
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] ?? 0;
    if (alpha === 255) continue;
    const share = alpha / 255;
    data[at] = red + ((data[at] ?? 0) - red) * share;
    data[at + 1] = green + ((data[at + 1] ?? 0) - green) * share;
    data[at + 2] = blue + ((data[at + 2] ?? 0) - blue) * share;
    data[at + 3] = 255;
  }
}
