/**
 * Someone who calls tslab's `display` with a widget gets an error of TypeScript's that doesn't
 * help. This adds what to do.
 */
import { isObject } from "../../protocol/checks";
import type { TslabModule } from "./tslabKernelInternals";

/** `JupyterHandlerImpl.prototype`, whose method runs a cell. Its Promise rejects if that fails. */
interface HandlerPrototype {
  handleExecuteImpl(
    this: unknown,
    request: { readonly code: string },
    ...rest: unknown[]
  ): Promise<unknown>;
}

const HINT =
  "tslab's display can't be called, and shows no widgets: " +
  'import { display } from "jupyter-rfb-ts"';

const CALL = /(?<!\.\s*)\bdisplay\s*\(/;
const QUALIFIED_CALL = /\btslab\s*\.\s*display\s*\(/;
const IMPORT = /\bimport\s*\{[^}]*\bdisplay\b[^}]*\}\s*from\s*(["'])tslab\1/;

/**
 * Whether a cell calls tslab's `display`.
 *
 * @param names - What earlier cells have declared.
 */
export function callsTslabDisplay(code: string, names: object): boolean {
  if (QUALIFIED_CALL.test(code)) return true;
  return CALL.test(code) && (IMPORT.test(code) || isTslabDisplay(Reflect.get(names, "display")));
}

function isTslabDisplay(value: unknown): boolean {
  return isObject(value) && typeof value["html"] === "function";
}

/**
 * Prints the hint below the error of a cell that calls tslab's `display`.
 *
 * @param names - Returns what earlier cells have declared.
 */
export function installDisplayHint({ handler }: TslabModule, names: () => object): void {
  const prototype = handler as Partial<HandlerPrototype> | undefined;
  const run = prototype?.handleExecuteImpl;
  if (prototype === undefined || typeof run !== "function") return;
  prototype.handleExecuteImpl = async function (request, ...rest) {
    try {
      return await run.call(this, request, ...rest);
    } catch (error) {
      if (callsTslabDisplay(request.code, names())) console.error(HINT);
      throw error;
    }
  };
}
