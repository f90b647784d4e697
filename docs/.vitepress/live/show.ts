/** Shows in a page what a notebook's cell shows. */
import type { Disposable } from "../../../src/protocol/transport";
import { Box, GridBox, HBox, VBox } from "../../../src/widgets/coreWidgets";
import { RemoteFrameBuffer, SHOW } from "./remoteFrameBuffer";

/**
 * Shows a value in an element: a picture, a box of pictures, or an array of these.
 *
 * @returns what ends it.
 * @throws TypeError for any other value
 */
export function show(value: unknown, place: HTMLElement): Disposable {
  if (value instanceof RemoteFrameBuffer) {
    value[SHOW](place);
    return { dispose: () => value.close() };
  }
  if (Array.isArray(value)) return showAll(value as readonly unknown[], place);
  if ([Box, GridBox, HBox, VBox].some((box) => value instanceof box)) {
    const element = document.createElement("div");
    element.className = value instanceof VBox ? "live-column" : "live-row";
    place.append(element);
    return showAll((value as Box).children, element);
  }
  const name = value instanceof Object ? value.constructor.name : String(value);
  throw new TypeError(`Cannot show this here: expected a RemoteFrameBuffer, got ${name}`);
}

function showAll(values: readonly unknown[], place: HTMLElement): Disposable {
  const shown = values.map((value) => show(value, place));
  return { dispose: () => shown.forEach((each) => each.dispose()) };
}
