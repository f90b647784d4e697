/**
 * Shows the last expression of a cell. The kernel doesn't know `Symbol.for("Jupyter.display")`: it
 * asks a value for its bundle by `_toMime()`, which can return neither a Promise nor metadata, and
 * whose errors it ignores.
 */
import {
  DETAILS,
  displayMethodOf,
  encodeBundle,
  LAST_EXPRESSION,
  showBundle,
  type DisplayPlace,
  type MimeBundle,
} from "../widgets";

const TO_MIME = "_toMime";

/** The kernel shows nothing for it. */
const NOTHING: MimeBundle = {};

/** The prototypes that {@link showAsLastExpression} has extended. */
const extended = new WeakSet<object>();

/**
 * Lets the kernel show the objects of a class, as the last expression of a cell and by its own
 * `display()`.
 *
 * @param place - Shows what the kernel can't show as a value: a Promise of a bundle, and metadata.
 */
export function showAsLastExpression(prototype: object, place: DisplayPlace): void {
  extended.add(prototype);
  Object.defineProperty(prototype, TO_MIME, {
    configurable: true,
    writable: true,
    value(this: object) {
      return bundleOf(this, place);
    },
  });
}

/** Whether an object is of a class that {@link showAsLastExpression} has extended. */
export function isShownByKernel(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  for (
    let owner = Object.getPrototypeOf(value) as object | null;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    if (extended.has(owner)) return true;
  }
  return false;
}

function bundleOf(value: object, place: DisplayPlace): MimeBundle {
  const method = displayMethodOf(value, LAST_EXPRESSION) ?? displayMethodOf(value);
  let returned = NOTHING;
  try {
    if (method !== undefined) {
      showBundle(method, {
        ...place,
        display(bundle, options) {
          if (options === undefined && bundle[DETAILS] === undefined) returned = bundle;
          else place.display(bundle, options);
        },
      });
    }
  } catch (error) {
    place.report(error);
  }
  return encodeBundle(returned);
}
