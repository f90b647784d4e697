/** Measures the picture's element. */
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";

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
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

/** An element's edges lie on whole device pixels, so that its size differs by so many of them from what is computed. */
const SNAPPING = 1;

/** Reports an element's size at the beginning and whenever it or the device pixel ratio changes; zero when it is hidden. */
export class ResizeInput implements Disposable {
  readonly #disposables = new Disposables();
  readonly #element: HTMLElement;
  readonly #onSize: (size: MeasuredSize) => void;
  #last: MeasuredSize | undefined;
  #ratioQuery: Disposables | undefined;

  constructor(element: HTMLElement, onSize: (size: MeasuredSize) => void) {
    this.#element = element;
    this.#onSize = onSize;
    const observer = new ResizeObserver((entries) => {
      const entry = entries.at(-1);
      if (entry !== undefined) this.#report(sizeOfEntry(entry));
    });
    try {
      // Only this box tells physical pixels exactly, where an element begins between two of them.
      observer.observe(element, { box: "device-pixel-content-box" });
    } catch {
      observer.observe(element);
    }
    this.#disposables.addCallback(() => observer.disconnect());
    this.#disposables.addCallback(() => this.#ratioQuery?.dispose());
    this.#watchRatio();
  }

  /** Measures now, where a browser's observer would tell later. */
  measure(): void {
    if (this.#disposables.isDisposed || this.#last === undefined) return;
    const { width, height } = logicalSize(this.#element);
    if (width !== this.#last.width || height !== this.#last.height) {
      this.#report(physicalSize(width, height));
    }
  }

  /** Stops measuring. */
  dispose(): void {
    this.#disposables.dispose();
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

  /** A media query holds for one ratio only, so that each change needs a new one. */
  #watchRatio(): void {
    this.#ratioQuery?.dispose();
    const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    this.#ratioQuery = new Disposables();
    this.#ratioQuery.listen(query, "change", () => {
      this.#watchRatio();
      const { width, height } = logicalSize(this.#element);
      this.#report(physicalSize(width, height));
    });
  }
}

function sizeOfEntry(entry: ResizeObserverEntry): MeasuredSize {
  const content = entry.contentBoxSize[0];
  const width = content?.inlineSize ?? entry.contentRect.width;
  const height = content?.blockSize ?? entry.contentRect.height;
  // Absent in browsers without that box, whatever the type says.
  const boxes = entry.devicePixelContentBoxSize as readonly ResizeObserverSize[] | undefined;
  const device = boxes?.[0];
  const computed = physicalSize(width, height);
  if (device === undefined) return computed;
  // Where a browser emulates a ratio it counts the pixels of the real screen.
  const isEmulated =
    Math.abs(device.inlineSize - computed.pwidth) > SNAPPING ||
    Math.abs(device.blockSize - computed.pheight) > SNAPPING;
  if (isEmulated) return computed;
  return { ...computed, pwidth: device.inlineSize, pheight: device.blockSize };
}

/** The content size in CSS pixels with its fraction, before any transform. */
function logicalSize(element: HTMLElement): { width: number; height: number } {
  const style = getComputedStyle(element);
  return { width: parseFloat(style.width) || 0, height: parseFloat(style.height) || 0 };
}

function physicalSize(width: number, height: number): MeasuredSize {
  const ratio = window.devicePixelRatio;
  return {
    width,
    height,
    ratio,
    pwidth: Math.round(width * ratio),
    pheight: Math.round(height * ratio),
  };
}
