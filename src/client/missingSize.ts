/** Finds out that a picture has no size, which shows nothing and fails nowhere. */
import type { Disposable } from "../protocol/transport";

/** Milliseconds that an element may have no size: layouts settle and grow meanwhile. */
const GRACE_MS = 2000;

/**
 * Reports once that an element has no width or height although nothing hides it.
 *
 * An IntersectionObserver says when to look. For an element that nothing displays, that is scrolled
 * away or clipped by what is around it, such as the closed parts of a page, it reports no
 * intersection, and reports again when that changes. A ResizeObserver doesn't.
 */
export class MissingSize implements Disposable {
  readonly #element: HTMLElement;
  readonly #report: (problem: string) => void;
  readonly #observer: IntersectionObserver;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(element: HTMLElement, report: (problem: string) => void) {
    this.#element = element;
    this.#report = report;
    this.#observer = new IntersectionObserver((entries) => {
      clearTimeout(this.#timer);
      if (entries.at(-1)?.isIntersecting) this.#timer = setTimeout(() => this.#look(), GRACE_MS);
    });
    this.#observer.observe(element);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#observer.disconnect();
  }

  #look(): void {
    const element = this.#element;
    const { offsetWidth: width, offsetHeight: height } = element;
    if (width > 0 && height > 0) {
      // It can be shown. That it has no size later is the page's intention.
      this.dispose();
    } else if (!isHidden(element)) {
      this.dispose();
      this.#report(describe(element, width, height));
    }
  }
}

/** Whether an element is meant to be invisible for now, or is being animated. */
function isHidden(element: HTMLElement): boolean {
  // Safari before 17.4 has no checkVisibility().
  const { checkVisibility } = element as Partial<HTMLElement>;
  const isVisible = checkVisibility?.call(element, {
    opacityProperty: true,
    visibilityProperty: true,
  });
  if (isVisible === false || element.ownerDocument.hidden) return true;
  return element.ownerDocument
    .getAnimations()
    .some(({ effect }) => (effect as KeyframeEffect | null)?.target?.contains(element));
}

function describe(
  { localName, id, className }: HTMLElement,
  width: number,
  height: number,
): string {
  const names = `${id && ` id="${id}"`}${className && ` class="${className}"`}`;
  const side = height > 0 ? "width" : "height";
  return `Cannot show the stream: <${localName}${names}> is ${width} x ${height} pixels; give it or its parent a ${side}, such as ${side}: 400px (in React style={{ ${side}: 400 }})`;
}
