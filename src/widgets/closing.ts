import type { Disposable } from "../protocol/transport";
import { STATUS, type ModelReference } from "./widgetHooks";

/** What to call when a widget closes. */
const callbacks = new WeakMap<object, Set<() => void>>();

/** Calls back when a widget closes for good. Disposing cancels it. */
export function whenClosed(widget: ModelReference, callback: () => void): Disposable {
  const known = callbacks.get(widget) ?? new Set();
  callbacks.set(widget, known);
  // A function of its own, as the same callback may wait twice.
  const call = (): void => callback();
  if (widget[STATUS] !== "closed") known.add(call);
  return { dispose: () => void known.delete(call) };
}

/** A widget has closed. */
export function notifyClosed(widget: object): void {
  const known = callbacks.get(widget) ?? [];
  callbacks.delete(widget);
  for (const call of known) call();
}
