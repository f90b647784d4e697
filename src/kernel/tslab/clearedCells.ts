import { CellNames } from "./cellNames";
import type { IncomingMessage } from "./jupyterMessage";

/** Reports when a cell has lost its outputs, because it runs again. */
export class ClearedCells {
  readonly #names = new CellNames();
  readonly #listeners: ((cell: string) => void)[] = [];
  readonly #report: (what: string, error: unknown) => void;

  /** @param report - Reports what a listener throws. */
  constructor(report: (what: string, error: unknown) => void) {
    this.#report = report;
  }

  /** Calls back with the name of each cell that is cleared. */
  listen(listener: (cell: string) => void): void {
    this.#listeners.push(listener);
  }

  /** The cell that an execute_request runs; undefined if the front end didn't name it. */
  nameOf(messageId: unknown): string | undefined {
    return this.#names.of(messageId);
  }

  /** An execute_request has come. tslab runs the cell afterwards, so this never throws. */
  requested({ header, metadata }: IncomingMessage): void {
    this.#clear(this.#names.request(header.msg_id, metadata));
  }

  /**
   * The cell of an execute_request starts to run. While it waited, an earlier run may have shown
   * something.
   *
   * @param request - As tslab parsed it, unchecked.
   */
  started(request: unknown): void {
    const { header } = (request ?? {}) as { readonly header?: { readonly msg_id?: unknown } };
    this.#clear(this.#names.of(header?.msg_id));
  }

  #clear(cell: string | undefined): void {
    if (cell === undefined) return;
    for (const listener of this.#listeners) {
      try {
        listener(cell);
      } catch (error) {
        this.#report("releasing a cell's widgets", error);
      }
    }
  }
}
