/**
 * A cell's last expression shows as the MIME bundle that its `[Symbol.for("Jupyter.display")]()` returns.
 *
 * That symbol is Deno's convention. tslab knows nothing of it: it assigns a last expression to `exports.tsLastExpr` and prints
 * what it then finds there. Traps on `exports` see the value first, and keep back what they show.
 *
 * @see https://docs.deno.com/runtime/reference/cli/jupyter/
 */
import { randomUUID } from "node:crypto";
import { inspect, types } from "node:util";
import { describeValue } from "../../protocol/errors";
import { isPromiseLike } from "../../protocol/promiseLike";
import type { MimeBundle } from "../../widgets/kernel";
import { DISPLAY } from "../../widgets/widgetHooks";

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

/** Stands where a bundle is to come. */
const PENDING: MimeBundle = { "text/plain": "pending ..." };
/** Stands where none came. */
const NOTHING: MimeBundle = { "text/plain": "" };

/** Marks watched `exports`, for a second copy of this package. */
const INSTALLED = Symbol.for("jupyter-rfb-ts.richDisplay");

/** Where tslab keeps what it gives each cell: `globalThis.__tslab__`. */
export interface CellScope {
  exports: object;
}

/**
 * Watches cells' `exports` for last expressions that can show themselves. All other values stay as they are.
 *
 * Later cells are given a proxy of `exports`. The cell that runs now has the old one already: for as long as it runs, a prototype
 * of `exports` with a set trap sees what it assigns.
 *
 * A native Promise is printed as it always was, and when it resolves to a value that can show itself, that is shown too: what
 * it will resolve to cannot be known when tslab prints it.
 *
 * @param scope - tslab's `globalThis.__tslab__`.
 * @throws TypeError when it is not as expected; then nothing is changed.
 */
export function installRichDisplay(scope: unknown, host: RichDisplayHost): void {
  if (!isCellScope(scope)) {
    throw new TypeError(
      `__tslab__.exports: expected an object that can be replaced, got ${describeValue(scope)}`,
    );
  }
  const { exports } = scope;
  // A second copy of this package leaves it to the first.
  if (INSTALLED in exports) return;
  const parent = Object.getPrototypeOf(exports) as object | null;
  const inThisCell = new Proxy(Object.create(parent) as object, {
    set(target, name, value: unknown, receiver) {
      if (isLastExpression(name)) {
        // TypeScript first declares `exports.tsLastExpr = void 0`; stored, it would hide the value from this trap.
        if (value === undefined || showLastExpression(value, host)) return true;
      }
      return Reflect.set(target, name, value, receiver);
    },
  });
  if (!Reflect.setPrototypeOf(exports, inThisCell)) {
    throw new TypeError("__tslab__.exports: expected a prototype that can be set, got a fixed one");
  }
  // It has declared its last expression already, before the import that brought us here.
  for (const name of Object.keys(exports)) {
    if (isLastExpression(name) && Reflect.get(exports, name) === undefined) {
      Reflect.deleteProperty(exports, name);
    }
  }
  let thisCellRuns = true;
  scope.exports = new Proxy(exports, {
    has: (target, name) => name === INSTALLED || Reflect.has(target, name),
    set(target, name, value: unknown) {
      if (thisCellRuns) {
        thisCellRuns = false;
        Reflect.setPrototypeOf(target, parent);
      }
      if (isLastExpression(name) && showLastExpression(value, host)) {
        return Reflect.deleteProperty(target, name);
      }
      return Reflect.set(target, name, value);
    },
  });
}

function isCellScope(scope: unknown): scope is CellScope {
  if (typeof scope !== "object" || scope === null) return false;
  const property = Object.getOwnPropertyDescriptor(scope, "exports");
  return (
    property?.writable === true && typeof property.value === "object" && property.value !== null
  );
}

function isLastExpression(name: string | symbol): boolean {
  return typeof name === "string" && LAST_EXPRESSION.test(name);
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
    if (!isPromiseLike(result)) {
      if (result !== undefined) host.displayIn(cell, checkBundle(result));
      return;
    }
    // Holds the place among the cell's outputs. By its id it can be replaced after the cell is over, too.
    const displayId = randomUUID();
    host.displayIn(cell, PENDING, displayId);
    const replace = (bundle: MimeBundle): void => host.updateDisplay(displayId, bundle);
    const settle = (getBundle: () => MimeBundle): void =>
      attempt(() => {
        try {
          replace(getBundle());
        } catch (error) {
          replace(NOTHING);
          throw error;
        }
      });
    result.then(
      (bundle) => settle(() => (bundle === undefined ? NOTHING : checkBundle(bundle))),
      (error: unknown) =>
        settle(() => {
          throw error;
        }),
    );
  });
}

function checkBundle(value: unknown): MimeBundle {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(
      `[Symbol.for("Jupyter.display")](): expected an object of media type to content, got ${describeValue(value)}`,
    );
  }
  return value as MimeBundle;
}
