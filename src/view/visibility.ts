/** Detects whether the user can see an element. */
import type { Disposable } from "../protocol/transport";
import { Disposables } from "./disposables";

/**
 * Watches whether an element is visible: attached to the page, not empty, scrolled into the window,
 * and in a visible tab.
 *
 * The owner reports the element's size and attachment through {@link set}.
 */
export class Visibility implements Disposable {
  readonly #disposables = new Disposables();
  readonly #onChange: (isVisible: boolean) => void;
  readonly #conditions = { attached: true, sized: false, intersecting: false, document: true };
  #isVisible = false;

  constructor(element: HTMLElement, onChange: (isVisible: boolean) => void) {
    this.#onChange = onChange;
    const observer = new IntersectionObserver((entries) => {
      // The entries are in order of time, so the last one is current.
      this.set("intersecting", entries.at(-1)?.isIntersecting ?? false);
    });
    observer.observe(element);
    this.#disposables.addCallback(() => observer.disconnect());
    const page = element.ownerDocument;
    this.#conditions.document = page.visibilityState === "visible";
    this.#disposables.listen(page, "visibilitychange", () => {
      this.set("document", page.visibilityState === "visible");
    });
  }

  /** Whether the user can see the element. */
  get isVisible(): boolean {
    return this.#isVisible;
  }

  /** Whether the element is visible in its page, even if the page is in a background tab. */
  get isInPage(): boolean {
    return this.#conditions.attached && this.#conditions.sized && this.#conditions.intersecting;
  }

  /** Reports whether one of the conditions holds. */
  set(condition: "attached" | "sized" | "intersecting" | "document", holds: boolean): void {
    if (this.#disposables.isDisposed) return;
    this.#conditions[condition] = holds;
    this.#update();
  }

  /** Stops watching. A visible element is reported as hidden. */
  dispose(): void {
    if (this.#disposables.isDisposed) return;
    this.set("attached", false);
    this.#disposables.dispose();
  }

  #update(): void {
    const isVisible = this.isInPage && this.#conditions.document;
    if (isVisible === this.#isVisible) return;
    this.#isVisible = isVisible;
    this.#onChange(isVisible);
  }
}
