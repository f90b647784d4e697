/** Reads the CSS `zoom` of an element. */

/** How many times as large as its own CSS pixels the `zoom` of an element and its ancestors is. */
export function cssZoom(element: Element): number {
  // Missing in older browsers.
  const { currentCSSZoom: zoom = 1 } = element as { readonly currentCSSZoom?: number };
  return zoom;
}
