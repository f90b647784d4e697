/**
 * Sends what code prints to the cell that it belongs to. tslab sends all to the cell that ran last,
 * also what a widget's callback prints.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { sessionOf } from "./jupyterMessage";

type StreamName = "stdout" | "stderr";

type Write = NodeJS.WriteStream["write"];

/** Prints on behalf of cells. */
export class OutputRouting {
  readonly #cells = new AsyncLocalStorage<string>();
  readonly #print: (cell: string, name: StreamName, text: string) => void;
  /** The header of the message that came last. */
  #heard: string | undefined;

  /** @param print - Prints in a cell. */
  constructor(print: (cell: string, name: StreamName, text: string) => void) {
    this.#print = print;
  }

  /** Starts to route what is printed. */
  install(): void {
    this.#intercept("stdout");
    this.#intercept("stderr");
  }

  /** A message has come, with this header as JSON text. */
  heard(headerJson: string): void {
    this.#heard = headerJson;
  }

  /** Calls back on behalf of a cell. */
  run<Result>(cell: string, callback: () => Result): Result {
    return this.#cells.run(cell, callback);
  }

  /** tslab assigns another `write` for each cell, which is kept for all other output. */
  #intercept(name: StreamName): void {
    const stream = process[name];
    let original: Write = stream.write.bind(stream);
    const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      const cell = this.#cells.getStore();
      const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      if (cell === undefined || this.#isGone(cell)) {
        return (original as (...args: unknown[]) => boolean)(chunk, ...rest);
      }
      this.#print(cell, name, text);
      const done = rest.find((one) => typeof one === "function");
      if (done !== undefined) process.nextTick(done);
      return true;
    };
    Object.defineProperty(stream, "write", {
      configurable: true,
      enumerable: true,
      get: () => write,
      set: (value: Write) => (original = value),
    });
  }

  /** Whether the cell's page was loaded again: it no longer shows output of its earlier cells. */
  #isGone(cell: string): boolean {
    return this.#heard !== undefined && sessionOf(this.#heard) !== sessionOf(cell);
  }
}
