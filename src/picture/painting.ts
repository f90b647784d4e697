/** What a decoded frame changes on a canvas. */
import type { Canvas, CanvasImage } from "./canvas";

/** A rectangle in pixels: left, top, width, height. */
export type Rect = readonly [x: number, y: number, width: number, height: number];

/** One decoded image and its place on the canvas. */
export interface PaintingPart {
  readonly image: CanvasImage;
  /** The part of the image to show, in the image's pixels. */
  readonly source: Rect;
  /**
   * The place on the canvas, in the canvas's pixels. The image is scaled when the two sizes differ.
   */
  readonly target: Rect;
}

/** A decoded frame, ready to be painted. Holds memory until it is closed. */
export interface Painting {
  /**
   * The picture's size in physical pixels; undefined when the painting changes only parts of the
   * picture.
   */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly parts: readonly PaintingPart[];
  /**
   * Whether no pixel is translucent. Then what lies below the parts needs no clearing.
   *
   * @defaultValue false
   */
  readonly isOpaque?: boolean;
  /** The colour space of the pixels. @defaultValue "srgb" */
  readonly colorSpace?: PredefinedColorSpace;
  /** Frees the images. The painting cannot be painted afterwards. */
  close(): void;
}

/** A painting that copies a whole canvas to another one. Closing it leaves the canvas unchanged. */
export function paintingOf(canvas: Canvas): Painting {
  const { width, height } = canvas;
  const all: Rect = [0, 0, width, height];
  return {
    size: { width, height },
    parts: [{ image: canvas, source: all, target: all }],
    close: () => undefined,
  };
}
