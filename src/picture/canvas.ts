/**
 * Canvases of a page and of a worker. This folder is compiled without the types of a page, so the
 * types here name only what both kinds of canvas have and this folder uses.
 */

/** An image that a {@link CanvasContext} can draw. */
export type CanvasImage = CanvasImageSource | Canvas;

/**
 * The part of `CanvasRenderingContext2D` and `OffscreenCanvasRenderingContext2D` that is used here.
 */
export interface CanvasContext {
  globalCompositeOperation: GlobalCompositeOperation;
  imageSmoothingEnabled: boolean;
  clearRect(x: number, y: number, width: number, height: number): void;
  drawImage(
    image: CanvasImage,
    sourceX: number,
    sourceY: number,
    sourceWidth: number,
    sourceHeight: number,
    targetX: number,
    targetY: number,
    targetWidth: number,
    targetHeight: number,
  ): void;
  getImageData(
    x: number,
    y: number,
    width: number,
    height: number,
    settings?: { readonly colorSpace?: PredefinedColorSpace },
  ): ImageData;
  putImageData(data: ImageData, x: number, y: number): void;
  putImageData(
    data: ImageData,
    x: number,
    y: number,
    dirtyX: number,
    dirtyY: number,
    dirtyWidth: number,
    dirtyHeight: number,
  ): void;
}

/** The settings of a new {@link CanvasContext}. */
export interface CanvasContextSettings {
  readonly colorSpace?: PredefinedColorSpace;
  readonly willReadFrequently?: boolean;
}

/** The part of `HTMLCanvasElement` and `OffscreenCanvas` that is used here. */
export interface Canvas {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Returns null when the browser cannot create a context, for example for lack of memory. */
  getContext(id: "2d", settings?: CanvasContextSettings): CanvasContext | null;
}

/** @throws Error when the browser cannot create a 2D context. */
export function contextOf(canvas: Canvas, settings: CanvasContextSettings): CanvasContext {
  const context = canvas.getContext("2d", settings);
  if (context === null) throw new Error("Cannot paint frames: the browser has no 2D canvas");
  return context;
}
