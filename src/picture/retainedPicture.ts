/** Keeps the picture of a display while its views come and go. */
import type { Disposable } from "../protocol/transport";
import { CanvasPainter } from "./canvasPainter";
import { paintingOf, type AnyCanvas, type Painting } from "./painting";

/** Something that shows the picture: as much of a view as is used here. */
export interface Screen {
  readonly canvas: AnyCanvas;
  paint(painting: Painting): void;
}

/**
 * Paints in all views. The picture lies in their canvases, since patches change it there; only while there is no view it lies in a
 * canvas of its own.
 */
export class RetainedPicture implements Disposable {
  /** One of the canvases that hold the picture; undefined before the first. */
  #canvas: AnyCanvas | undefined;
  /** The canvas of its own. */
  #spare: CanvasPainter | undefined;
  #isDisposed = false;

  /**
   * Paints in all views.
   *
   * @throws RangeError when a part lies outside the picture.
   */
  paint(painting: Painting, views: Iterable<Screen>): void {
    if (this.#isDisposed) return;
    const screens: Screen[] = [...views];
    const [first = (this.#spare ??= newSpare())] = screens;
    first.paint(painting);
    this.#canvas = first.canvas;
    for (const other of screens.slice(1)) other.paint(painting);
  }

  /** Shows the picture in a new view. */
  addView(view: Screen): void {
    if (this.#canvas === undefined) return;
    view.paint(paintingOf(this.#canvas));
    if (this.#spare === undefined) return;
    this.#canvas = view.canvas;
    this.#dropSpare();
  }

  /** Moves the picture out of a view that is about to be disposed. */
  removeView(view: Screen, others: Iterable<Screen>): void {
    if (this.#canvas === undefined || this.#canvas !== view.canvas) return;
    const [other] = others;
    if (other === undefined) {
      this.#spare = newSpare();
      this.#spare.paint(paintingOf(this.#canvas));
    }
    this.#canvas = (other ?? this.#spare)?.canvas;
  }

  /** Forgets the picture. */
  dispose(): void {
    this.#isDisposed = true;
    this.#canvas = undefined;
    this.#dropSpare();
  }

  #dropSpare(): void {
    this.#spare?.dispose();
    this.#spare = undefined;
  }
}

function newSpare(): CanvasPainter {
  return new CanvasPainter(document.createElement("canvas"));
}
