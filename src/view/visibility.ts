/** Whether a person can see an element. */
import type { Disposable } from "../protocol/transport";
import { Disposables } from "./disposables";

/**
 * Watches whether an element is in sight: attached, of a size above zero, scrolled into the window, in a tab that shows.
 *
 * The size comes from the resize watcher and the attachment from the host, by {@link set}.
 */
export class Visibility implements Disposable {
  readonly #disposables = new Disposables();
  readonly #onChange: (isVisible: boolean) => void;
  readonly #conditions = { attached: true, sized: false, intersecting: false, document: true };
  #isVisible = false;

  constructor(element: HTMLElement, onChange: (isVisible: boolean) => void) {
    this.#onChange = onChange;
    const observer = new IntersectionObserver((entries) => {
      // Several entries are one element's history: the last one holds now.
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

  /** Whether a person can see the element. */
  get isVisible(): boolean {
    return this.#isVisible;
  }

  /** Whether the element shows in its page, be the page's tab in front or not. */
  get isInPage(): boolean {
    return this.#conditions.attached && this.#conditions.sized && this.#conditions.intersecting;
  }

  /** Says whether one of the conditions holds. */
  set(condition: "attached" | "sized" | "intersecting" | "document", holds: boolean): void {
    if (this.#disposables.isDisposed) return;
    this.#conditions[condition] = holds;
    this.#update();
  }

  /** Stops watching. What was visible is reported as hidden. */
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
