/** Chooses how a frame is shown. Pure. */
import type { MeasuredSize } from "../view/index";
import type { FitMode, Size } from "./shared/types";

/**
 * How to show a frame: as the user wants, but filling the element if the frame has its physical
 * size.
 *
 * The edges of an element on a screen with a fractional pixel ratio are not at whole pixels.
 * "contain" and "cover" would scale the frame by a fraction of a pixel and so blur it.
 *
 * @param wanted - What the user wants for a frame of another shape.
 */
export function shownFit(
  wanted: FitMode,
  element: MeasuredSize | undefined,
  frame: Size | undefined,
): FitMode {
  if (element === undefined || frame === undefined) return wanted;
  const isExact = element.pwidth === frame.width && element.pheight === frame.height;
  return isExact ? "fill" : wanted;
}
