/** Lets the user resize the view by dragging its corner. */
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import { draggedSize } from "../sizeRules";

interface Drag {
  readonly pointerId: number;
  readonly x: number;
  readonly y: number;
  readonly start: { readonly width: number; readonly height: number };
}

/**
 * Listens to the corner handle. Movements are measured in the window, not in the page, so that the
 * view does not grow when the page scrolls automatically during the drag.
 */
export class CornerDrag implements Disposable {
  readonly #disposables = new Disposables();

  /**
   * @param handle - The corner's element.
   * @param size - Returns the current size in CSS pixels, the number of window pixels per CSS pixel
   *   (`scale`), which is not 1 under a CSS transform or CSS zoom, and the number of device pixels
   *   per CSS pixel (`ratio`).
   * @param resize - Sets the size, in CSS pixels.
   */
  constructor(
    handle: HTMLElement,
    size: () => {
      readonly width: number;
      readonly height: number;
      readonly scale: number;
      readonly ratio: number;
    },
    resize: (size: { readonly width: number; readonly height: number }) => void,
  ) {
    const on = this.#disposables;
    let drag: Drag | undefined;
    on.listen(handle, "pointerdown", (event) => {
      if (event.button !== 0 || drag !== undefined) return;
      // Otherwise the drag would select text or the notebook's cells.
      event.preventDefault();
      event.stopPropagation();
      handle.setPointerCapture(event.pointerId);
      drag = { pointerId: event.pointerId, x: event.clientX, y: event.clientY, start: size() };
    });
    on.listen(handle, "pointermove", (event) => {
      if (drag?.pointerId !== event.pointerId) return;
      const { scale, ratio } = size();
      const moved = { x: (event.clientX - drag.x) / scale, y: (event.clientY - drag.y) / scale };
      resize(draggedSize(drag.start, moved, ratio));
    });
    on.listen(handle, "lostpointercapture", (event) => {
      if (drag?.pointerId === event.pointerId) drag = undefined;
    });
    on.listen(handle, "mousedown", (event) => {
      event.preventDefault();
      event.stopPropagation();
    });
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
