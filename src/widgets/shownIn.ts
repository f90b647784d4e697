import { getKernel, hasKernel } from "./kernel";

/**
 * The cell that shows a widget. What the widget's callbacks print appears there, not at the cell
 * that ran last.
 */
export class ShownIn {
  #cell: string | undefined;

  /** The cell, by its name in {@link Kernel.printIn}; undefined if none is known. */
  get cell(): string | undefined {
    return this.#cell;
  }

  /** The current cell shows the widget. @param again - Whether it takes the place of another. */
  shown(again: boolean): void {
    if (again || this.#cell === undefined) this.#cell = getKernel().currentCell?.();
  }

  /** No cell shows the widget any more. */
  left(): void {
    this.#cell = undefined;
  }

  /** Calls back on behalf of the cell. What the callback starts belongs to it too. */
  run<Result>(callback: () => Result): Result {
    const kernel = hasKernel() ? getKernel() : undefined;
    if (this.#cell === undefined || kernel?.runIn === undefined) return callback();
    return kernel.runIn(this.#cell, callback);
  }
}
