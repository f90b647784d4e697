/** Measures the size of the picture's element. */
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import { windowOf } from "../windowOf";
import { cssZoom } from "./cssZoom";

/** An element's size. */
export interface MeasuredSize {
  /** Logical width in CSS pixels. */
  readonly width: number;
  /** Logical height in CSS pixels. */
  readonly height: number;
  /** Physical width in device pixels, an integer. */
  readonly pwidth: number;
  /** Physical height in device pixels, an integer. */
  readonly pheight: number;
  /** Device pixels per CSS pixel of the element, whose CSS `zoom` counts. */
  readonly ratio: number;
}

/**
 * Browsers align an element's edges to device pixels, so its measured size may differ from the
 * computed one by this many.
 */
const MAX_SNAPPING = 1;

/**
 * Reports an element's size initially and whenever the size or the device pixel ratio changes; zero
 * when it is hidden.
 */
export class ResizeInput implements Disposable {
  readonly #disposables = new Disposables();
  readonly #element: HTMLElement;
  readonly #onSize: (size: MeasuredSize) => void;
  #last: MeasuredSize | undefined;
  #ratioQuery: Disposables | undefined;

  constructor(element: HTMLElement, onSize: (size: MeasuredSize) => void) {
    this.#element = element;
    this.#onSize = onSize;
    // Only the box in device pixels has the exact physical size of an element whose edges are not
    // at whole pixels. CSS zoom may change either box alone.
    this.#observe("content-box");
    this.#observe("device-pixel-content-box");
    this.#disposables.addCallback(() => this.#ratioQuery?.dispose());
    this.#watchRatio();
  }

  /** Measures the element now, before the browser's observer reports a new size. */
  measure(): void {
    if (this.#disposables.isDisposed || this.#last === undefined) return;
    const size = sizeOf(this.#element);
    if (size.width !== this.#last.width || size.height !== this.#last.height) this.#report(size);
  }

  /** Stops measuring. */
  dispose(): void {
    this.#disposables.dispose();
  }

  /** Observes one box of the element. An observer can't observe two. */
  #observe(box: ResizeObserverBoxOptions): void {
    const element = this.#element;
    const observer = new ResizeObserver((entries) => {
      const entry = entries.at(-1);
      if (entry !== undefined) this.#report(sizeOfEntry(entry, ratioOf(element)));
    });
    try {
      observer.observe(element, { box });
    } catch {
      // Safari doesn't have the box in device pixels.
    }
    this.#disposables.addCallback(() => observer.disconnect());
  }

  #report(size: MeasuredSize): void {
    const last = this.#last;
    const isSame =
      last !== undefined &&
      last.width === size.width &&
      last.height === size.height &&
      last.pwidth === size.pwidth &&
      last.pheight === size.pheight &&
      last.ratio === size.ratio;
    if (isSame || this.#disposables.isDisposed) return;
    this.#last = size;
    this.#onSize(size);
  }

  /**
   * Watches the device pixel ratio. A media query matches one ratio only, so each change needs a
   * new query.
   */
  #watchRatio(): void {
    this.#ratioQuery?.dispose();
    const page = windowOf(this.#element);
    const query = page.matchMedia(`(resolution: ${page.devicePixelRatio}dppx)`);
    this.#ratioQuery = new Disposables();
    this.#ratioQuery.listen(query, "change", () => {
      this.#watchRatio();
      this.#report(sizeOf(this.#element));
    });
  }
}

function sizeOfEntry(entry: ResizeObserverEntry, ratio: number): MeasuredSize {
  const content = entry.contentBoxSize[0];
  const width = content?.inlineSize ?? entry.contentRect.width;
  const height = content?.blockSize ?? entry.contentRect.height;
  // Contrary to its type, this is undefined in browsers that do not support the box.
  const boxes = entry.devicePixelContentBoxSize as readonly ResizeObserverSize[] | undefined;
  const device = boxes?.[0];
  const computed = withPixels(width, height, ratio);
  if (device === undefined) return computed;
  // A browser that emulates another ratio counts the pixels of the real screen here.
  const isEmulated =
    Math.abs(device.inlineSize - computed.pwidth) > MAX_SNAPPING ||
    Math.abs(device.blockSize - computed.pheight) > MAX_SNAPPING;
  if (isEmulated) return computed;
  return { ...computed, pwidth: device.inlineSize, pheight: device.blockSize };
}

/** The content's size in CSS pixels, not rounded, before any transform and zoom. */
function sizeOf(element: HTMLElement): MeasuredSize {
  const style = getComputedStyle(element);
  const width = parseFloat(style.width) || 0;
  const height = parseFloat(style.height) || 0;
  return withPixels(width, height, ratioOf(element));
}

/** Device pixels per CSS pixel of an element: those of the page, and the CSS `zoom` around it. */
function ratioOf(element: HTMLElement): number {
  return windowOf(element).devicePixelRatio * cssZoom(element);
}

function withPixels(width: number, height: number, ratio: number): MeasuredSize {
  return {
    width,
    height,
    ratio,
    pwidth: Math.round(width * ratio),
    pheight: Math.round(height * ratio),
  };
}
