/** How a value is shown: as a MIME bundle that it makes of itself, or as text. */
import { isObject } from "../protocol/checks";
import { describeValue } from "../protocol/errors";
import { isPromiseLike } from "../protocol/promiseLike";
import type { DisplayOptions, MimeBundle } from "./kernel";
import { widgetRuntime } from "./runtime";
import { DISPLAY } from "./widgetHooks";

/** Where values are shown. */
export interface DisplayPlace {
  /** Shows a bundle, or replaces what was shown with its display id. */
  display(data: MimeBundle, options?: DisplayOptions): void;
  /** Shows what a Promise of a bundle rejected with, or why its bundle can't be shown. */
  report(error: unknown): void;
}

/**
 * Classes of values that are no widgets, but show themselves as a last expression. A kernel that
 * knows no such methods extends the classes.
 */
export const SELF_SHOWING = new Set<{ readonly prototype: object }>();

/** Placeholder until a Promise of a bundle resolves. */
const PENDING: MimeBundle = { "text/plain": "pending ..." };
/** Replaces the placeholder if there is no bundle. */
const NOTHING: MimeBundle = { "text/plain": "" };

/** A media type, such as "text/html" or "application/geo+json". */
const MEDIA_TYPE = /^[a-z]+\/[\w.+-]+$/i;

/**
 * Shows a value: by its display method, as the MIME bundle that it is, or as text.
 *
 * @throws what the display method throws; TypeError when it returns no bundle.
 */
export function showValue(value: unknown, place: DisplayPlace): void {
  const method = displayMethodOf(value);
  if (method !== undefined) showBundle(method, place);
  else if (isMimeBundle(value)) place.display(value);
  else place.display({ "text/plain": widgetRuntime().formatValue(value) });
}

/** Returns a value's display method, bound to it, or undefined if it has none. Never throws. */
export function displayMethodOf(
  value: unknown,
  name: symbol = DISPLAY,
): (() => unknown) | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) {
    return undefined;
  }
  try {
    const method = (value as Readonly<Record<symbol, unknown>>)[name];
    return typeof method === "function"
      ? (): unknown => Reflect.apply(method, value, []) as unknown
      : undefined;
  } catch {
    // An object that throws for unknown properties has no display method.
    return undefined;
  }
}

/**
 * Calls a display method and shows the result. A placeholder keeps the position of a Promise among
 * the outputs.
 *
 * @throws what the method throws; TypeError when it returns no bundle.
 */
export function showBundle(method: () => unknown, place: DisplayPlace): void {
  const result = method();
  if (!isPromiseLike(result)) {
    if (result !== undefined) place.display(checkBundle(result));
    return;
  }
  // Its id makes the placeholder replaceable even after the cell has ended.
  const displayId = widgetRuntime().createId();
  place.display(PENDING, { displayId });
  const replace = (bundle: MimeBundle): void => place.display(bundle, { displayId, update: true });
  const settle = (getBundle: () => MimeBundle): void => {
    try {
      try {
        replace(getBundle());
      } catch (error) {
        replace(NOTHING);
        throw error;
      }
    } catch (error) {
      place.report(error);
    }
  };
  result.then(
    (bundle) => settle(() => (bundle === undefined ? NOTHING : checkBundle(bundle))),
    (error: unknown) =>
      settle(() => {
        throw error;
      }),
  );
}

/** Whether a value is a plain object of media types. */
function isMimeBundle(value: unknown): value is MimeBundle {
  if (!isObject(value)) return false;
  const types = Object.keys(value);
  return types.length > 0 && types.every((type) => MEDIA_TYPE.test(type));
}

function checkBundle(value: unknown): MimeBundle {
  if (isObject(value)) return value;
  throw new TypeError(
    `[Symbol.for("Jupyter.display")](): expected an object of media type to content, got ${describeValue(value)}`,
  );
}
