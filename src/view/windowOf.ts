/** Finds the window of an element. */

/**
 * The window whose page contains an element. A script may show a picture in an iframe, which has
 * another device pixel ratio when it is zoomed.
 */
export function windowOf(element: Element): Window {
  return element.ownerDocument.defaultView ?? window;
}
