import { isPromiseLike } from "../protocol/promiseLike";
import { showValue, type OutputSink } from "../widgets";
import { formatLine } from "./liteRuntimes";
import { CONSOLE_METHODS, type LiteScope } from "./liteScope";

/** What an {@link OutputCapture} asks of the kernel. */
export interface CaptureHost {
  /** Whether the kernel handles a message now: a cell runs, or a comm's message has come. */
  readonly isHandling: boolean;
  /** How a value is printed. Values of this library are described without showing them. */
  printed(value: unknown): unknown;
  /** Reports what showing a value threw. */
  report(error: unknown): void;
}

/**
 * Sends what code prints and displays to an Output that captures it. A browser can't follow code
 * across its `await`s. So what an async function prints later is captured if the kernel handles no
 * message then: a cell that runs meanwhile keeps its own output.
 */
export class OutputCapture {
  readonly #host: CaptureHost;
  /** Of the calls that run now, the innermost last. undefined: outside of any Output. */
  readonly #running: (OutputSink | undefined)[] = [];
  /** Of the async functions that have not ended, the newest last. */
  readonly #pending: OutputSink[] = [];

  constructor(host: CaptureHost) {
    this.#host = host;
  }

  /** Where output goes now; undefined if to the cell. */
  get sink(): OutputSink | undefined {
    if (this.#running.length > 0) return this.#running.at(-1);
    return this.#host.isHandling ? undefined : this.#pending.at(-1);
  }

  /** Routes what the kernel's console and `display` get from now on. */
  install(scope: LiteScope): void {
    const { console, display } = scope;
    for (const [name, stream] of Object.entries(CONSOLE_METHODS)) {
      const method = name as keyof typeof CONSOLE_METHODS;
      const print = console[method].bind(console);
      console[method] = (...values) => {
        const { sink } = this;
        if (sink === undefined) print(...values.map((value) => this.#host.printed(value)));
        else this.outside(() => sink.print(stream, `${formatLine(values)}\n`));
      };
    }
    scope.display = (value, metadata) => {
      const { sink } = this;
      if (sink === undefined) display(value, metadata);
      else this.show(value, sink);
    };
  }

  /** Shows a value in a sink. */
  show(value: unknown, sink: OutputSink): void {
    showValue(value, {
      display: (data, options) => this.outside(() => sink.display(data, options)),
      report: (error) => this.#host.report(error),
    });
  }

  /** Calls back, and captures what the callback prints and displays. */
  run<Result>(sink: OutputSink, callback: () => Result): Result {
    const result = this.#call(sink, callback);
    if (isPromiseLike(result)) {
      this.#pending.push(sink);
      const settled = (): void => void this.#pending.splice(this.#pending.indexOf(sink), 1);
      result.then(settled, settled);
    }
    return result;
  }

  /** Calls back outside of any Output. */
  outside<Result>(callback: () => Result): Result {
    return this.#call(undefined, callback);
  }

  #call<Result>(sink: OutputSink | undefined, callback: () => Result): Result {
    this.#running.push(sink);
    try {
      return callback();
    } finally {
      this.#running.pop();
    }
  }
}
