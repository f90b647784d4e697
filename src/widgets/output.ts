import { boolean, callable, checkOptions, checkValue } from "../protocol/checks";
import { isPromiseLike } from "../protocol/promiseLike";
import type { Disposable } from "../protocol/transport";
import { Output as CoreOutput, type OutputOptions } from "./generated/coreWidgets";
import {
  DETAILS,
  encodeBundle,
  getKernel,
  hasKernel,
  type DisplayOptions,
  type MimeBundle,
  type OutputSink,
} from "./kernel";
import { findWidget, releaseOutputs } from "./openWidgets";
import {
  limit,
  replaceLine,
  shorten,
  shownWidget,
  shownWidgets,
  streamText,
  totalSize,
  type OutputItem,
} from "./outputItems";
import { widgetRuntime } from "./runtime";
import { SendBudget } from "./sendBudget";
import { showValue } from "./showValue";
import {
  CLEAR_NOW,
  ON_CLOSE,
  OPEN,
  REPLACE_LINE,
  RUN_HERE,
  SET_TRAIT,
  STATUS,
  type Keeper,
  type ModelReference,
} from "./widgetHooks";

export { MAX_OUTPUT_CHARACTERS, MAX_OUTPUT_DATA_CHARACTERS } from "./outputItems";

/** How {@link Output.clear_output} clears. */
export interface ClearOptions {
  /**
   * Keep what is shown until something else is, so that nothing flickers.
   * @defaultValue false
   */
  readonly wait?: boolean;
}

/** How {@link Output.capture} captures. */
export interface CaptureOptions extends ClearOptions {
  /** Clear the Output first. @defaultValue false */
  readonly clear_output?: boolean;
}

/** What a captured function returns; undefined if it throws. */
export type Captured<Result> =
  Result extends PromiseLike<infer Value> ? Promise<Value | undefined> : Result | undefined;

/** A widget that shows printed text, errors and displayed data. */
export class Output extends CoreOutput {
  readonly #budget = new SendBudget(() => widgetRuntime().monotonic());
  /** Sends what the budget holds back. */
  #waiting: Disposable | undefined;
  /** Whether the next item takes the place of what is shown. */
  #clearsNext = false;
  /** The widgets that the items show: an open Output keeps them open. */
  readonly #shown = new Map<string, ModelReference>();
  #isOpening = false;
  readonly #sink: OutputSink = {
    print: (name, text) => this.#appendText(name, text),
    display: (data, options) => this.#display(data, options),
  };

  constructor(options?: OutputOptions) {
    super(options);
  }

  /**
   * Calls a function, and shows here what it prints, what it displays, and what it throws. For an
   * async function that goes on until its Promise settles, and for what the function starts without
   * awaiting it, even longer.
   *
   * @returns What the function returns, or undefined if it throws. A Promise becomes a Promise.
   * @throws Error when no kernel is attached that can redirect what code prints.
   */
  capture<Result>(callback: () => Result, options?: CaptureOptions): Captured<Result>;
  capture(callback: () => unknown, options: CaptureOptions = {}): unknown {
    checkValue("callback", callback, callable);
    const { clear_output, wait = false } = checkOptions<CaptureOptions>(options, {
      clear_output: boolean,
      wait: boolean,
    });
    const kernel = getKernel();
    if (kernel.runIn === undefined) {
      throw new Error(
        "Cannot capture output: this kernel can't redirect what code prints; " +
          "use append_stdout() and append_display_data()",
      );
    }
    if (clear_output === true) this.clear_output({ wait });
    return this[RUN_HERE](callback);
  }

  /**
   * Returns a function that calls another one as {@link Output.capture} does: a callback for
   * `observe` or `on_click`.
   */
  wrap<Arguments extends readonly unknown[], Result>(
    callback: (...args: Arguments) => Result,
    options?: CaptureOptions,
  ): (...args: Arguments) => Captured<Result> {
    checkValue("callback", callback, callable);
    return (...args) => this.capture(() => callback(...args), options);
  }

  /** Appends text to the standard output. */
  append_stdout(text: string): void {
    this.#appendText("stdout", text);
  }

  /** Appends text to the standard error. */
  append_stderr(text: string): void {
    this.#appendText("stderr", text);
  }

  /** Appends an error with its stack, as a notebook shows it. Accepts any thrown value. */
  append_error(error: unknown): void {
    const isError = error instanceof Error;
    const ename = isError ? error.name : "Error";
    const evalue = isError ? error.message : String(error);
    const stack = (isError ? error.stack : undefined) ?? `${ename}: ${evalue}`;
    this.#append({
      output_type: "error",
      ename: shorten(ename),
      evalue: shorten(evalue),
      traceback: shorten(stack).split("\n"),
    });
  }

  /**
   * Appends a value as {@link display} shows it: a widget, a snapshot or another object with a
   * `[Symbol.for("Jupyter.display")]` method, a MIME bundle such as `{"text/html": "<b>hi</b>"}` or
   * `{"image/png": bytes}`, or any other value as text.
   *
   * @throws what the object's method throws.
   */
  append_display_data(value: unknown): void {
    const kernel = hasKernel() ? getKernel() : undefined;
    const show = (): void =>
      showValue(value, {
        display: (data, options) => this.#display(data, options),
        report: (error) => this.append_error(error),
      });
    // The kernel then knows that no cell shows the value itself.
    if (kernel?.runIn === undefined) show();
    else kernel.runIn(this.#sink, show);
  }

  /** Removes everything that is shown, now or when there is something else to show. */
  clear_output(options: ClearOptions = {}): void {
    const { wait = false } = checkOptions<ClearOptions>(options, { wait: boolean });
    this.#clearsNext = wait;
    if (!wait) this.#set([]);
  }

  /** See RUN_HERE. */
  [RUN_HERE](callback: () => unknown): unknown {
    const kernel = hasKernel() ? getKernel() : undefined;
    const run = (): unknown => this.#run(callback);
    return kernel?.runIn === undefined ? run() : kernel.runIn(this.#sink, run);
  }

  /** See CLEAR_NOW. */
  [CLEAR_NOW](): void {
    if (this.#clearsNext) this.clear_output();
  }

  /**
   * Replaces a line of the standard error by another one where it stands. Appends the new line if
   * there is no old one, or it is gone.
   */
  [REPLACE_LINE](old: string | undefined, line: string): void {
    const outputs = this.#kept();
    for (let index = outputs.length - 1; index >= 0 && old !== undefined; index -= 1) {
      const item = outputs[index];
      const text = item?.["name"] === "stderr" ? streamText(item) : undefined;
      const replaced = text === undefined ? undefined : replaceLine(text, old, line);
      if (replaced === undefined) continue;
      outputs[index] = { ...item, text: replaced };
      this.#set(outputs);
      return;
    }
    this.append_stderr(`${line}\n`);
  }

  /** The page shows the items as soon as it has the state, so their widgets open first. */
  override [OPEN](keeper: Keeper): void {
    // Outputs may show each other.
    if (this.#isOpening) return;
    this.#isOpening = true;
    try {
      for (const widget of this.#shown.values()) {
        if (widget[STATUS] !== "closed") widget[OPEN]("parent");
      }
      super[OPEN](keeper);
    } finally {
      this.#isOpening = false;
    }
  }

  override [ON_CLOSE](): void {
    super[ON_CLOSE]();
    this.#waiting?.dispose();
    this.#forget(new Set());
  }

  #run(callback: () => unknown): unknown {
    const fail = (error: unknown): undefined => {
      this.append_error(error);
      return undefined;
    };
    try {
      const result = callback();
      return isPromiseLike(result) ? Promise.resolve(result).catch(fail) : result;
    } catch (error) {
      return fail(error);
    }
  }

  #display(bundle: MimeBundle, options: DisplayOptions = {}): void {
    const { metadata = {}, displayId } = { ...bundle[DETAILS], ...options };
    const transient = displayId === undefined ? {} : { transient: { display_id: displayId } };
    const data = encodeBundle(bundle);
    const item = { output_type: "display_data", data, metadata, ...transient };
    if (options.update === true) {
      this.#replace(displayId, item, bundle);
      return;
    }
    const id = shownWidget(data);
    const widget = id === undefined ? undefined : findWidget(id);
    if (widget !== undefined) this.#shown.set(widget.model_id, widget);
    this.#append(item);
  }

  /** Replaces what was shown with a display id, here or, if it is not here, in a cell. */
  #replace(displayId: string | undefined, item: OutputItem, bundle: MimeBundle): void {
    const hasId = ({ transient }: OutputItem): boolean =>
      displayId !== undefined &&
      (transient as { display_id?: unknown } | undefined)?.display_id === displayId;
    if (this.outputs.some(hasId)) {
      this.#set(this.outputs.map((other) => (hasId(other) ? item : other)));
    } else if (displayId !== undefined && hasKernel()) {
      getKernel().display(bundle, { displayId, update: true });
    }
  }

  #appendText(name: "stdout" | "stderr", text: string): void {
    if (text !== "") this.#append({ output_type: "stream", name, text });
  }

  #append(item: OutputItem): void {
    const outputs = this.#kept();
    const last = outputs.at(-1);
    const text = streamText(last);
    if (
      last !== undefined &&
      text !== undefined &&
      item["output_type"] === "stream" &&
      last["name"] === item["name"]
    ) {
      outputs[outputs.length - 1] = { ...last, text: `${text}${String(item["text"])}` };
    } else {
      outputs.push(item);
    }
    this.#set(outputs);
  }

  /** A copy of what stays when an item is added. */
  #kept(): OutputItem[] {
    return this.#clearsNext ? [] : [...this.outputs];
  }

  /** All prints of one job are sent as one change. Endless ones are sent a few times a second. */
  #set(outputs: readonly OutputItem[]): void {
    this.#clearsNext = false;
    this[SET_TRAIT]("outputs", limit(outputs), { later: (send) => this.#sendInBudget(send) });
    if (this.#shown.size > 0) this.#forget(shownWidgets(this.outputs));
  }

  /** Lets widgets go that are not shown any more. The rest of the job may show them again. */
  #forget(kept: ReadonlySet<string>): void {
    const before = this.#shown.size;
    for (const id of this.#shown.keys()) if (!kept.has(id)) this.#shown.delete(id);
    if (this.#shown.size < before) void Promise.resolve().then(() => releaseOutputs([]));
  }

  #sendInBudget(send: () => void): void {
    const { wait } = this.#budget;
    if (wait > 0) {
      this.#waiting = widgetRuntime().delay(wait, () => this.#sendInBudget(send));
      return;
    }
    this.#budget.spend(totalSize(this.outputs));
    send();
  }
}
