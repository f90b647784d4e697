import { isPromiseLike } from "../protocol/promiseLike";
import {
  DETAILS,
  showValue,
  widgetRuntime,
  type DisplayOptions,
  type MimeBundle,
  type OutputSink,
} from "../widgets";
import { isShownByKernel } from "./lastExpression";
import { formatLine } from "./liteRuntimes";
import { CONSOLE_METHODS, type LiteScope } from "./liteScope";

/** What an {@link OutputCapture} asks of the kernel. */
export interface CaptureHost {
  /** Whether the kernel handles a message now: a cell runs, or a comm's message has come. */
  readonly isHandling: boolean;
  /** Shows a bundle in the cell that runs. */
  display(data: MimeBundle, options?: DisplayOptions): void;
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
  readonly #pending: { readonly sink: OutputSink }[] = [];

  constructor(host: CaptureHost) {
    this.#host = host;
  }

  /** Where output goes now; undefined if to the cell. */
  get sink(): OutputSink | undefined {
    if (this.#running.length > 0) return this.#running.at(-1);
    return this.#host.isHandling ? undefined : this.#pending.at(-1)?.sink;
  }

  /** Routes what the kernel's console and `display` get from now on. */
  install(scope: LiteScope): void {
    const { console, display } = scope;
    for (const [name, stream] of Object.entries(CONSOLE_METHODS)) {
      const method = name as keyof typeof CONSOLE_METHODS;
      const print = console[method].bind(console);
      console[method] = (...values) => {
        const { sink } = this;
        if (sink === undefined) print(...values.map(printed));
        else this.outside(() => sink.print(stream, `${formatLine(values)}\n`));
      };
    }
    scope.display = (value, metadata) => {
      const { sink } = this;
      if (sink !== undefined) this.#show(value, metadata, sink);
      // The kernel can't tell this from a last expression, which may have been shown already.
      else if (isShownByKernel(value)) this.#show(value, metadata, this.#host);
      else display(value, metadata);
    };
  }

  #show(value: unknown, metadata: object | undefined, place: Pick<OutputSink, "display">): void {
    showValue(value, {
      display: (data, options) => {
        const shown = withMetadata(data, metadata);
        this.outside(() => place.display(shown, options));
      },
      report: (error) => this.#host.report(error),
    });
  }

  /** Calls back, and captures what the callback prints and displays. */
  run<Result>(sink: OutputSink, callback: () => Result): Result {
    const result = this.#call(sink, callback);
    if (isPromiseLike(result)) {
      // The sink may be that of several.
      const entry = { sink };
      this.#pending.push(entry);
      const settled = (): void => void this.#pending.splice(this.#pending.indexOf(entry), 1);
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

/** How a value is printed. Values of this library are described without showing them. */
function printed(value: unknown): unknown {
  return isShownByKernel(value) ? widgetRuntime().formatValue(value) : value;
}

/** A bundle with what the user gave to `display` besides the value. */
function withMetadata(data: MimeBundle, metadata: object | undefined): MimeBundle {
  if (metadata === undefined) return data;
  const details = data[DETAILS];
  const all = { ...details?.metadata, ...metadata };
  return { ...data, [DETAILS]: { ...details, metadata: all } };
}
