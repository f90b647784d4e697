/** Reads the CSS `zoom` of an element. */
import { withAncestors } from "../ancestors";

/** The product of the CSS `zoom` of an element and of its ancestors. */
export function cssZoom(element: Element): number {
  const { currentCSSZoom } = element as { readonly currentCSSZoom?: number };
  if (currentCSSZoom !== undefined) return currentCSSZoom;
  // An older browser.
  let product = 1;
  for (const one of withAncestors(element)) product *= parseFloat(getComputedStyle(one).zoom) || 1;
  return product;
}
