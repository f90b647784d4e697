/** Takes part in how tslab runs a cell. */
import type { TslabModule } from "./tslabKernelInternals";

/** Prints a cell's text in the page. */
export type WriteStream = (name: "stdout" | "stderr", text: string) => unknown;

/** `JupyterHandlerImpl.prototype`, whose method runs a cell when its turn has come. */
interface HandlerPrototype {
  handleExecuteImpl(
    this: CellHandler,
    request: { readonly code: string },
    writeStream: WriteStream,
    ...rest: unknown[]
  ): unknown;
}

/** The part of tslab's handler that is used here, unchecked. */
export interface CellHandler {
  readonly executor?: unknown;
}

/** A cell that is about to run. */
export interface CellRun {
  readonly code: string;
  readonly write: WriteStream;
  readonly handler: CellHandler;
}

/** Runs the cell, perhaps with other code, and prints by another function. */
export type RunCell = (changed?: Partial<Pick<CellRun, "code" | "write">>) => unknown;

/**
 * Calls back in place of tslab's function that runs a cell, which the callback gets. Does nothing
 * if this tslab differs from what is expected.
 */
export function aroundCells(
  { handler }: Pick<TslabModule, "handler">,
  around: (cell: CellRun, run: RunCell) => unknown,
): void {
  const prototype = handler as Partial<HandlerPrototype> | undefined;
  const runCell = prototype?.handleExecuteImpl;
  if (prototype === undefined || typeof runCell !== "function") return;
  prototype.handleExecuteImpl = function (request, writeStream, ...rest) {
    const run: RunCell = ({ code = request.code, write = writeStream } = {}) =>
      runCell.call(this, code === request.code ? request : { ...request, code }, write, ...rest);
    return around({ code: request.code, write: writeStream, handler: this }, run);
  };
}
