/**
 * What Deno's kernel offers. Declared here, as this folder compiles without Deno's types. None of
 * it is stable: all is checked before it is used.
 *
 * @see https://docs.deno.com/runtime/reference/cli/jupyter/
 */
import { describeValue } from "../../protocol/errors";

/** `Deno.jupyter`. */
export interface DenoJupyter {
  /** Sends a message on iopub, on behalf of the execute_request that came last. */
  broadcast(
    messageType: string,
    content: object,
    extra: { readonly metadata: object; readonly buffers: readonly Uint8Array[] },
  ): Promise<void>;
}

/** How Deno shows the value of a cell's last expression. */
export interface DenoResults {
  broadcastResult(executionCount: number, value: unknown): Promise<void>;
}

/** The methods of `console` that print their arguments as one text. */
export const PRINTING_METHODS = {
  debug: "stdout",
  info: "stdout",
  log: "stdout",
  error: "stderr",
  warn: "stderr",
} as const;

/** The part of `console` that is used here. */
export type PrintingConsole = Record<
  keyof typeof PRINTING_METHODS,
  (...args: readonly unknown[]) => void
>;

/** A running Deno kernel. */
export interface DenoHost {
  readonly jupyter: DenoJupyter;
  readonly results: DenoResults;
  readonly console: PrintingConsole;
}

/** Thrown for a Deno whose kernel isn't as expected. */
export class UnsupportedDenoError extends Error {
  override readonly name = "UnsupportedDenoError";

  constructor(version: string, problem: string) {
    super(`Deno ${version} isn't supported: ${problem}; Deno 2.9.6 is known to work`);
  }
}

/**
 * Finds the Deno kernel that this process is.
 *
 * @returns undefined elsewhere, also where Deno runs a script
 * @throws UnsupportedDenoError when it isn't as expected
 */
export function findDeno(scope: object = globalThis): DenoHost | undefined {
  const deno = read(scope, "Deno");
  // Outside a notebook, reading it throws.
  const jupyter = read(deno, "jupyter");
  if (jupyter === undefined) return undefined;
  const results = read(read(deno, read(deno, "internal")), "jupyter");
  const version = String(read(read(deno, "version"), "deno"));
  const need = (owner: unknown, name: string, place: string): void => {
    const value = read(owner, name);
    if (typeof value === "function") return;
    const problem = `${place}.${name}: expected a function, got ${describeValue(value)}`;
    throw new UnsupportedDenoError(version, problem);
  };
  need(jupyter, "broadcast", "Deno.jupyter");
  need(results, "broadcastResult", "Deno[Deno.internal].jupyter");
  const { console } = scope as { readonly console: PrintingConsole };
  return { jupyter: jupyter as DenoJupyter, results: results as DenoResults, console };
}

function read(owner: unknown, name: unknown): unknown {
  if (typeof owner !== "object" || owner === null) return undefined;
  try {
    return Reflect.get(owner, name as PropertyKey);
  } catch {
    return undefined;
  }
}
