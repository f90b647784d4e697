/** What a decoded frame puts on a canvas. */

/** A rectangle in pixels: left, top, width, height. */
export type Rect = readonly [x: number, y: number, width: number, height: number];

/** One decoded image and where it goes. */
export interface PaintingPart {
  readonly image: CanvasImageSource;
  /** What of the image is shown, in its own pixels. */
  readonly source: Rect;
  /** Where on the canvas, in its pixels. Of another size than the source: scaled. */
  readonly target: Rect;
}

/** A decoded frame, ready to be painted. Holds memory until it is closed. */
export interface Painting {
  /** The picture's size in physical pixels; undefined where only parts of the picture change. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly parts: readonly PaintingPart[];
  /** What the pixels' numbers mean. @defaultValue "srgb" */
  readonly colorSpace?: PredefinedColorSpace;
  /** Frees the images. Not to be painted afterwards. */
  close(): void;
}

/** A canvas of a page, or one of a worker. */
export type AnyCanvas = HTMLCanvasElement | OffscreenCanvas;

/** The whole of a canvas, as a painting for another one. Closing it leaves the canvas as it is. */
export function paintingOf(canvas: AnyCanvas): Painting {
  const { width, height } = canvas;
  const all: Rect = [0, 0, width, height];
  return {
    size: { width, height },
    parts: [{ image: canvas, source: all, target: all }],
    close: () => undefined,
  };
}
