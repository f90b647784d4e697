/**
 * A cell's last expression shows as the MIME bundle that its `[Symbol.for("Jupyter.display")]()` returns.
 *
 * That symbol is Deno's convention. tslab knows nothing of it: it assigns a last expression to `exports.tsLastExpr` and prints
 * what it then finds there. A prototype of `exports` with a set trap sees the value first, and keeps back what it shows.
 *
 * @see https://docs.deno.com/runtime/reference/cli/jupyter/
 */
import { randomUUID } from "node:crypto";
import { inspect, types } from "node:util";
import { describeValue } from "../protocol/errors";
import type { MimeBundle } from "./kernel";

/** The name of the method that gives a value's MIME bundle, or a promise of one, or undefined where it has shown itself. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** What rich display needs of the kernel. A cell is named by the header of its execute_request, as JSON text. */
export interface RichDisplayHost {
  /** The cell that runs now, or that ran last. */
  currentCell(): string;
  /** Shows a bundle in a cell, also when another cell has run meanwhile. With a display id it can be replaced later. */
  displayIn(cell: string, data: MimeBundle, displayId?: string): void;
  /** Replaces what was shown with a display id, in whichever cell it stands. */
  updateDisplay(displayId: string, data: MimeBundle): void;
  /** Prints to a cell's stderr, also when another cell has run meanwhile. */
  printError(cell: string, text: string): void;
}

/** tslab's names for a cell's last expression: another number each time that the user took the name before. */
const LAST_EXPRESSION = /^tsLastExpr\d*$/;

/** Marks the prototype, so that a second copy of this package leaves it alone. */
const INSTALLED = Symbol.for("jupyter-rfb-ts.richDisplay");

/**
 * Watches a cell's `exports` for last expressions that can show themselves. All other values stay as they are.
 *
 * A native Promise is printed as it always was, and when it resolves to a value that can show itself, that is shown too: what
 * it will resolve to cannot be known when tslab prints it.
 *
 * @param exports - tslab's `globalThis.__tslab__.exports`.
 * @throws TypeError when `exports` is not an object whose prototype can be set.
 */
export function installRichDisplay(exports: unknown, host: RichDisplayHost): void {
  if (typeof exports !== "object" || exports === null) {
    throw new TypeError(`__tslab__.exports: expected an object, got ${describeValue(exports)}`);
  }
  const parent = Object.getPrototypeOf(exports) as object | null;
  if (parent !== null && INSTALLED in parent) return;
  const watching = new Proxy(Object.create(parent, { [INSTALLED]: { value: true } }) as object, {
    set(target, name, value: unknown, receiver) {
      if (typeof name === "string" && LAST_EXPRESSION.test(name)) {
        // TypeScript first declares `exports.tsLastExpr = void 0`; stored, it would hide the value from this trap.
        if (value === undefined) return true;
        if (showLastExpression(value, host)) return true;
      }
      return Reflect.set(target, name, value, receiver);
    },
  });
  if (!Reflect.setPrototypeOf(exports, watching)) {
    throw new TypeError("__tslab__.exports: expected a prototype that can be set, got a fixed one");
  }
}

/** Shows a value that can show itself. Returns whether it can; if not, tslab is to print it. */
function showLastExpression(value: unknown, host: RichDisplayHost): boolean {
  const cell = host.currentCell();
  if (types.isPromise(value)) {
    // No second argument: a rejection stays unhandled, and tslab reports it as before.
    void value.then((resolved) => {
      const display = getDisplay(resolved);
      if (display) show(display, cell, host);
    });
    return false;
  }
  const display = getDisplay(value);
  if (display) show(display, cell, host);
  return display !== undefined;
}

/** The value's display method, bound, or undefined where it has none. Never throws. */
function getDisplay(value: unknown): (() => unknown) | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null)
    return undefined;
  try {
    const method = (value as { readonly [DISPLAY]?: unknown })[DISPLAY];
    return typeof method === "function"
      ? (): unknown => Reflect.apply(method, value, []) as unknown
      : undefined;
  } catch {
    // An object that throws on an unknown property is a plain value, for tslab to print.
    return undefined;
  }
}

/** Calls a display method and shows what comes of it in the cell. Never throws. */
function show(display: () => unknown, cell: string, host: RichDisplayHost): void {
  const attempt = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      host.printError(cell, `${inspect(error)}\n`);
    }
  };
  attempt(() => {
    const result = display();
    if (!isThenable(result)) {
      if (result !== undefined) host.displayIn(cell, checkBundle(result));
      return;
    }
    // Holds the place among the cell's outputs. By its id it can be replaced after the cell is over, too.
    const displayId = randomUUID();
    host.displayIn(cell, { "text/plain": "" }, displayId);
    result.then(
      (bundle) =>
        attempt(() => {
          if (bundle !== undefined) host.updateDisplay(displayId, checkBundle(bundle));
        }),
      (error: unknown) =>
        attempt(() => {
          throw error;
        }),
    );
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Partial<PromiseLike<unknown>>).then === "function"
  );
}

function checkBundle(value: unknown): MimeBundle {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(
      `[Symbol.for("Jupyter.display")](): expected an object of media type to content, got ${describeValue(value)}`,
    );
  }
  return value as MimeBundle;
}
