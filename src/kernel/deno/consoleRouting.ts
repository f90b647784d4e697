import { AsyncLocalStorage } from "node:async_hooks";
import { formatWithOptions } from "node:util";
import type { OutputSink } from "../../widgets";
import { PRINTING_METHODS, type PrintingConsole } from "./denoHost";

/**
 * Sends what code prints to the Output that captures it. Deno sends everything to the cell or the
 * event that came last.
 */
export class ConsoleRouting {
  readonly #sinks = new AsyncLocalStorage<OutputSink | undefined>();

  /** Starts to route what is printed. */
  install(console: PrintingConsole): void {
    for (const [method, stream] of Object.entries(PRINTING_METHODS)) {
      const name = method as keyof typeof PRINTING_METHODS;
      const original = console[name].bind(console);
      console[name] = (...args) => {
        const { sink } = this;
        if (sink === undefined) original(...args);
        else sink.print(stream, `${formatWithOptions({ colors: false }, ...args)}\n`);
      };
    }
  }

  /** Receives what is printed and displayed; undefined if nothing captures it. */
  get sink(): OutputSink | undefined {
    const sink = this.#sinks.getStore();
    return (
      sink && {
        ...sink,
        // What the sink's own code prints isn't captured, or it might never end.
        print: (name, text) => this.#sinks.run(undefined, () => sink.print(name, text)),
        display: (data, options) => this.#sinks.run(undefined, () => sink.display(data, options)),
      }
    );
  }

  /** Calls back so that what it prints goes to a sink. */
  run<Result>(sink: OutputSink, callback: () => Result): Result {
    return this.#sinks.run(sink, callback);
  }
}
