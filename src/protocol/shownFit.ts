/** Chooses how a frame is shown. */

/**
 * How a frame fits an element of another shape: "contain" shows all of it with bars, "cover" crops
 * it, "fill" stretches it. The names are those of CSS `object-fit`.
 */
export type FitMode = "fill" | "contain" | "cover";

/** See {@link FitMode}. */
export const FIT_MODES: readonly FitMode[] = ["fill", "contain", "cover"];

/** How a frame is shown: as a {@link FitMode} says, or in its own size ("none"). */
export type ShownFit = FitMode | "none";

/**
 * How to show a frame: as the user wants, but filling the element if the frame has its physical
 * size.
 *
 * The edges of an element on a screen with a fractional pixel ratio are not at whole pixels.
 * "contain" and "cover" would scale the frame by a fraction of a pixel and so blur it.
 *
 * @param wanted - What the user wants for a frame of another shape.
 */
export function shownFit<Wanted extends ShownFit>(
  wanted: Wanted,
  element: { readonly pwidth: number; readonly pheight: number } | undefined,
  frame: { readonly width: number; readonly height: number } | undefined,
): Wanted | "fill" {
  if (element === undefined || frame === undefined) return wanted;
  const isExact = element.pwidth === frame.width && element.pheight === frame.height;
  return isExact ? "fill" : wanted;
}
