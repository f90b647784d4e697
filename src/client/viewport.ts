/** Computes the frame size to request from the server. */
import type { WireEvent } from "../protocol/events";
import type { StreamViewport } from "../protocol/streamMessages";
import type { MeasuredSize } from "../view/index";

/** The user's wishes for the requested size: options of the view. */
export interface ViewportWishes {
  readonly autoResize: boolean;
  readonly devicePixelRatio: number | undefined;
  readonly maxBackingDimension: number;
}

/** Decides which of a view's sizes are requested from the server. */
export class ViewportReports {
  readonly #wishes: ViewportWishes;
  #hasReported = false;

  constructor(wishes: ViewportWishes) {
    this.#wishes = wishes;
  }

  /** The request for a new size; undefined where only the first one is wanted. */
  next(event: WireEvent & { readonly type: "resize" }): StreamViewport | undefined {
    const { autoResize, devicePixelRatio, maxBackingDimension } = this.#wishes;
    if (this.#hasReported && !autoResize) return undefined;
    this.#hasReported = true;
    const { timestamp } = event;
    return { ...viewportOf(event, devicePixelRatio, maxBackingDimension), timestamp };
  }
}

/**
 * The viewport to request: the element's physical pixels, at another pixel ratio or limited in size
 * if the user wants that.
 *
 * @param ratio - Device pixels per CSS pixel; undefined for the screen's.
 * @param maxSide - The largest width or height in device pixels. A larger size is scaled down,
 *   together with its ratio.
 */
export function viewportOf(
  size: MeasuredSize,
  ratio: number | undefined,
  maxSide: number,
): StreamViewport {
  const { width, height } = size;
  const wanted =
    ratio === undefined || ratio === size.ratio
      ? size
      : { pwidth: width * ratio, pheight: height * ratio, ratio };
  const scale = Math.min(1, maxSide / Math.max(wanted.pwidth, wanted.pheight));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return {
    type: "set_viewport",
    width,
    height,
    pwidth: side(wanted.pwidth),
    pheight: side(wanted.pheight),
    ratio: wanted.ratio * scale,
  };
}
