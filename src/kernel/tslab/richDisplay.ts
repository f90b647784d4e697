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
import { randomUUID } from "node:crypto";
import { inspect, types } from "node:util";
import { describeValue } from "../../protocol/errors";
import { isPromiseLike } from "../../protocol/promiseLike";
import { DISPLAY, type MimeBundle } from "../../widgets";

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
const LAST_EXPRESSION = /^tsLastExpr\d*$/;

/** Placeholder until a Promise of a bundle resolves. */
const PENDING: MimeBundle = { "text/plain": "pending ..." };
/** Replaces the placeholder if there is no bundle. */
const NOTHING: MimeBundle = { "text/plain": "" };

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
  return typeof name === "string" && LAST_EXPRESSION.test(name);
}

/** Shows a value that has a display method. Returns false if tslab has to print the value. */
function showLastExpression(value: unknown, host: RichDisplayHost): boolean {
  const cell = host.currentCell();
  if (types.isPromise(value)) {
    // Without a second argument, a rejection stays unhandled, and tslab reports it as usual.
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

/** Returns a value's display method, bound to it, or undefined if it has none. Never throws. */
function getDisplay(value: unknown): (() => unknown) | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null)
    return undefined;
  try {
    const method = (value as { readonly [DISPLAY]?: unknown })[DISPLAY];
    return typeof method === "function"
      ? (): unknown => Reflect.apply(method, value, []) as unknown
      : undefined;
  } catch {
    // An object that throws for unknown properties has no display method.
    return undefined;
  }
}

/** Calls a display method and shows the result in the cell. Never throws. */
function show(display: () => unknown, cell: string, host: RichDisplayHost): void {
  const attempt = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      host.printIn(cell, "stderr", `${inspect(error)}\n`);
    }
  };
  attempt(() => {
    const result = display();
    if (!isPromiseLike(result)) {
      if (result !== undefined) host.displayIn(cell, checkBundle(result));
      return;
    }
    // A placeholder keeps the position among the cell's outputs. Its id makes it replaceable
    // even after the cell has ended.
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
