import { isPromiseLike } from "../../protocol/promiseLike";
import type { Output } from "../output";
import { CLEAR_NOW, RUN_HERE } from "../widgetHooks";
import { CoalescedRuns } from "./coalescedRuns";
import type { Control } from "./control";

/** What connects a function with its controls and its Output. */
interface Parts {
  readonly fn: (values: never) => unknown;
  readonly controls: readonly Control[];
  readonly out: Output;
  readonly showsResult: boolean;
  /** A run begins or ends. */
  readonly onRunning?: (isRunning: boolean) => void;
}

/** Calls a function with the values of its controls, and shows in an Output what comes of it. */
export class InteractiveRun {
  readonly #parts: Parts;
  readonly #runs: CoalescedRuns;
  #values: Readonly<Record<string, unknown>> = {};
  #result: unknown;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#runs = new CoalescedRuns(
      () => this.#run(),
      (error) => parts.out.append_error(error),
    );
  }

  /** The values of the latest run. */
  get values(): Readonly<Record<string, unknown>> {
    return this.#values;
  }

  /** What the function returned last; undefined before that. */
  get result(): unknown {
    return this.#result;
  }

  /** Observes the controls. Disposing ends that. */
  follow(): { dispose(): void } {
    const changed = (): void => void this.request();
    const widgets = this.#parts.controls.flatMap(({ widget }) => widget ?? []);
    for (const widget of widgets) widget.observe(changed, "value");
    return {
      dispose: () => {
        this.#runs.stop();
        for (const widget of widgets) widget.unobserve(changed, "value");
      },
    };
  }

  /** Calls the function, now or when it has ended. Resolves when it has. */
  request(): Promise<void> {
    return this.#runs.request();
  }

  #run(): void | Promise<void> {
    const { controls, out, onRunning } = this.#parts;
    onRunning?.(true);
    this.#values = Object.fromEntries(controls.map(({ name, read }) => [name, read()]));
    out.clear_output({ wait: true });
    const end = (): void => {
      // Nothing was shown.
      out[CLEAR_NOW]();
      onRunning?.(false);
    };
    const ended = out[RUN_HERE](() => this.#call());
    if (isPromiseLike(ended)) return Promise.resolve(ended).then(end);
    end();
  }

  #call(): unknown {
    // The values come from the controls that the function's type was inferred from.
    const result = this.#parts.fn({ ...this.#values } as never);
    return isPromiseLike(result)
      ? Promise.resolve(result).then((value) => this.#show(value))
      : this.#show(result);
  }

  #show(result: unknown): void {
    this.#result = result;
    const { out, showsResult } = this.#parts;
    if (showsResult && result !== undefined && result !== null) out.append_display_data(result);
  }
}
