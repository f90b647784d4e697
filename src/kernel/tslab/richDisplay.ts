/**
 * Shows a cell's last expression as the MIME bundle that its `[Symbol.for("Jupyter.display")]()`
 * returns.
 *
 * The symbol is Deno's convention. tslab doesn't support it: it assigns a last expression to
 * `exports.tsLastExpr`, and prints what it finds there afterwards. So traps on `exports` catch the
 * assignment, and store only the values that tslab has to print.
 *
 * @see https://docs.deno.com/runtime/reference/cli/jupyter/
 */
import { inspect, types } from "node:util";
import { describeValue } from "../../protocol/errors";
import { displayMethodOf, LAST_EXPRESSION, showBundle, type MimeBundle } from "../../widgets";

/**
 * What rich display needs of the kernel. A cell is identified by the header of its execute_request,
 * as JSON text.
 */
export interface RichDisplayHost {
  /** The cell that is running, or that ran last. */
  currentCell(): string;
  /**
   * Shows a bundle in a cell, even if other cells have run since. A display id makes it
   * replaceable.
   */
  displayIn(cell: string, data: MimeBundle, displayId?: string): void;
  /** Replaces what was shown with a display id, in any cell. */
  updateDisplay(displayId: string, data: MimeBundle): void;
  /** Prints in a cell, even if other cells have run since. */
  printIn(cell: string, name: "stdout" | "stderr", text: string): void;
}

/**
 * tslab's names for a cell's last expression. It appends a number if the user's code uses the name
 * itself.
 */
const LAST_EXPRESSION_NAME = /^tsLastExpr\d*$/;

/** Marks watched `exports`, so that a second copy of this package leaves them alone. */
const INSTALLED = Symbol.for("jupyter-rfb-ts.richDisplay");

/** `globalThis.__tslab__`, through which tslab passes `exports` to each cell. */
export interface CellScope {
  exports: object;
}

/**
 * Watches cells' `exports` for last expressions that have a display method. Other values are left
 * to tslab.
 *
 * Later cells get a proxy of `exports`. The running cell holds the original already, so until it
 * ends, a set trap in the original's prototype catches what it assigns.
 *
 * tslab still prints a native Promise, because nobody knows yet what it will resolve to. If the
 * result has a display method, it is shown too.
 *
 * @param scope - tslab's `globalThis.__tslab__`.
 * @throws TypeError when the scope isn't as expected. Nothing has changed then.
 */
export function installRichDisplay(scope: unknown, host: RichDisplayHost): void {
  if (!isCellScope(scope)) {
    throw new TypeError(
      `__tslab__.exports: expected an object that can be replaced, got ${describeValue(scope)}`,
    );
  }
  const { exports } = scope;
  // Another copy of this package watches already.
  if (INSTALLED in exports) return;
  const parent = Object.getPrototypeOf(exports) as object | null;
  const inThisCell = new Proxy(Object.create(parent) as object, {
    set(target, name, value: unknown, receiver) {
      if (isLastExpression(name)) {
        // Compiled code starts with `exports.tsLastExpr = void 0`. Stored, it would bypass this
        // trap.
        if (value === undefined || showLastExpression(value, host)) return true;
      }
      return Reflect.set(target, name, value, receiver);
    },
  });
  if (!Reflect.setPrototypeOf(exports, inThisCell)) {
    throw new TypeError("__tslab__.exports: expected a prototype that can be set, got a fixed one");
  }
  // The running cell executed `exports.tsLastExpr = void 0` before the import that led here.
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
  return typeof name === "string" && LAST_EXPRESSION_NAME.test(name);
}

/** Shows a value that has a display method. Returns false if tslab has to print the value. */
function showLastExpression(value: unknown, host: RichDisplayHost): boolean {
  const cell = host.currentCell();
  if (types.isPromise(value)) {
    // Without a second argument, a rejection stays unhandled, and tslab reports it as usual.
    void value.then((resolved) => {
      const display = displayOf(resolved);
      if (display) show(display, cell, host);
    });
    return false;
  }
  const display = displayOf(value);
  if (display) show(display, cell, host);
  return display !== undefined;
}

/** Returns how a value is shown as a last expression, or undefined if tslab has to print it. */
function displayOf(value: unknown): (() => unknown) | undefined {
  return displayMethodOf(value, LAST_EXPRESSION) ?? displayMethodOf(value);
}

/** Calls a display method and shows the result in the cell. Never throws. */
function show(display: () => unknown, cell: string, host: RichDisplayHost): void {
  const report = (error: unknown): void => host.printIn(cell, "stderr", `${inspect(error)}\n`);
  try {
    showBundle(display, {
      display: (data, { displayId, update } = {}) => {
        if (update === true && displayId !== undefined) host.updateDisplay(displayId, data);
        else host.displayIn(cell, data, displayId);
      },
      report,
    });
  } catch (error) {
    report(error);
  }
}
