/** Retains a display's picture while views are added and removed. */
import type { Disposable } from "../protocol/transport";
import type { Canvas } from "./canvas";
import { CanvasPainter } from "./canvasPainter";
import { paintingOf, type Painting } from "./painting";

/** A view that shows the picture. */
export interface Screen {
  readonly canvas: Canvas;
  paint(painting: Painting): void;
}

/**
 * Paints each frame in all views, and retains the result for views that are added later.
 *
 * The views' canvases hold the picture, because patches change it there. A spare canvas holds it
 * only while there is no view.
 */
export class RetainedPicture implements Disposable {
  readonly #createCanvas: () => Canvas;
  /** A canvas that holds the current picture; undefined before the first frame. */
  #canvas: Canvas | undefined;
  /** Holds the picture while there is no view. */
  #spare: CanvasPainter | undefined;
  #isDisposed = false;

  /** @param createCanvas - Creates the spare canvas. */
  constructor(createCanvas: () => Canvas) {
    this.#createCanvas = createCanvas;
  }

  /** A canvas that holds the current picture; undefined before the first frame. */
  get canvas(): Canvas | undefined {
    return this.#canvas;
  }

  /**
   * Paints in all views.
   *
   * @throws RangeError when a part lies outside the picture.
   */
  paint(painting: Painting, views: Iterable<Screen>): void {
    if (this.#isDisposed) return;
    const screens: Screen[] = [...views];
    const [first = (this.#spare ??= this.#newSpare())] = screens;
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

  /** Retains the picture of a view that is about to be disposed. */
  removeView(view: Screen, others: Iterable<Screen>): void {
    if (this.#canvas === undefined || this.#canvas !== view.canvas) return;
    const [other] = others;
    if (other === undefined) {
      this.#spare = this.#newSpare();
      this.#spare.paint(paintingOf(this.#canvas));
    }
    this.#canvas = (other ?? this.#spare)?.canvas;
  }

  /** Releases the picture. */
  dispose(): void {
    this.#isDisposed = true;
    this.#canvas = undefined;
    this.#dropSpare();
  }

  #newSpare(): CanvasPainter {
    return new CanvasPainter(this.#createCanvas());
  }

  #dropSpare(): void {
    this.#spare?.dispose();
    this.#spare = undefined;
  }
}
