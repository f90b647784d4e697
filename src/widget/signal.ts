import type { Disposable } from "../protocol/transport";

/** The part of Lumino's signals that is used here. */
export interface Signal {
  connect(slot: (sender: unknown, value: unknown) => void): unknown;
  disconnect(slot: (sender: unknown, value: unknown) => void): unknown;
}

/** @returns undefined if there is no such signal */
export function subscribe(
  signal: Signal | undefined,
  receiver: (value: unknown) => void,
): Disposable | undefined {
  if (typeof signal?.connect !== "function") return undefined;
  const slot = (_sender: unknown, value: unknown): void => receiver(value);
  signal.connect(slot);
  return { dispose: () => void signal.disconnect(slot) };
}
