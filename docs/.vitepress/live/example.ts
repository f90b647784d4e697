/** An example that runs in the page. */
import type { Disposable } from "../../../src/protocol/transport";
import { show } from "./show";
import { createTimers } from "./timers";

/** The module that a notebook becomes. */
export interface ExampleModule {
  /** Returns what the notebook shows. */
  readonly run: (timers: object) => Promise<unknown>;
}

/**
 * Runs a notebook's program and shows its picture.
 *
 * @param load - Loads the program.
 * @returns what ends it, at any time.
 */
export function startExample(
  load: () => Promise<ExampleModule>,
  place: HTMLElement,
  onError: (error: unknown) => void,
): Disposable {
  const running = createTimers();
  let shown: Disposable | undefined;
  let isDisposed = false;
  const run = async (): Promise<void> => {
    const { run: program } = await load();
    if (isDisposed) return;
    const value = await program(running.timers);
    shown = show(value, place);
    if (isDisposed) shown.dispose();
  };
  run().catch((error: unknown) => {
    if (!isDisposed) onError(error);
  });
  return {
    dispose() {
      isDisposed = true;
      shown?.dispose();
      running.dispose();
    },
  };
}
