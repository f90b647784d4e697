/** Takes part in how tslab runs a cell. */
import type { TslabModule } from "./tslabKernelInternals";

/** `JupyterHandlerImpl.prototype`, whose method runs a cell when its turn has come. */
interface HandlerPrototype {
  handleExecuteImpl(
    this: CellHandler,
    request: { readonly code: string },
    ...rest: unknown[]
  ): unknown;
}

/** The part of tslab's handler that is used here, unchecked. */
export interface CellHandler {
  readonly executor?: unknown;
}

/**
 * Calls back before each cell runs, and runs the code that is returned. Does nothing if this tslab
 * differs from what is expected.
 */
export function beforeCells(
  { handler }: Pick<TslabModule, "handler">,
  prepare: (code: string, handler: CellHandler) => string,
): void {
  const prototype = handler as Partial<HandlerPrototype> | undefined;
  const run = prototype?.handleExecuteImpl;
  if (prototype === undefined || typeof run !== "function") return;
  prototype.handleExecuteImpl = function (request, ...rest) {
    const code = prepare(request.code, this);
    return run.call(this, code === request.code ? request : { ...request, code }, ...rest);
  };
}
