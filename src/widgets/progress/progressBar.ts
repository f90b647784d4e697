import {
  boolean,
  checkOptions,
  checkValue,
  number,
  string,
  type Given,
} from "../../protocol/checks";
import type { Disposable } from "../../protocol/transport";
import { hasKernel, type MimeBundle } from "../kernel";
import { presentCell } from "../presentCell";
import { widgetRuntime } from "../runtime";
import { SELF_SHOWING } from "../showValue";
import { LAST_EXPRESSION } from "../widgetHooks";
import { LineFace, WidgetFace, type ProgressEnd, type ProgressFace } from "./progressFace";
import { leadingText, trailingText, type ProgressState } from "./progressText";

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** What is being done: the text before the bar. @defaultValue "" */
  readonly description?: string;
  /**
   * Units that there are to do. Without it only their count and rate are shown.
   * @defaultValue the length or size of the items
   */
  readonly total?: number;
  /** The name of a unit. @defaultValue "it" */
  readonly unit?: string;
  /** Keep the bar when all is done. For a bar inside of a loop, choose false. @defaultValue true */
  readonly leave?: boolean;
}

/** Seconds between two updates of the page. */
const SHOW_INTERVAL = 0.1;

/** How much the newest part of the work counts in the rate. */
const SMOOTHING = 0.3;

const COUNT = number();
const TOTAL = number(0);

/** As `update()`, for a caller that knows the time, in seconds of the runtime's clock. */
export const ADVANCE: unique symbol = Symbol("advance");

/** Checks the options of a bar. */
export function checkProgressOptions(options: ProgressOptions): Given<ProgressOptions> {
  return checkOptions<ProgressOptions>(options, {
    description: string(),
    total: TOTAL,
    unit: string(),
    leave: boolean,
  });
}

/**
 * A progress bar with its count, its rate and the time left. The page is updated ten times a second
 * at most, however often the count changes.
 */
export class ProgressBar {
  readonly #began = widgetRuntime().monotonic();
  /** The run of the cell that it was made in. */
  readonly #cell = presentCell();
  readonly #unit: string;
  readonly #leave: boolean;
  readonly #face: ProgressFace;
  #description: string;
  #n = 0;
  #total: number | undefined;
  /** When the page was updated last, and the count then. */
  #shown = { at: this.#began, n: 0 };
  /** Moving averages of the units between two updates, and of their seconds. */
  #recent: { readonly units: number; readonly seconds: number } | undefined;
  #rate: number | undefined;
  /** Updates the page if the count does not change again. */
  #timer: Disposable | undefined;
  #isClosed = false;

  /** See {@link progress}. */
  constructor(total: number | undefined, options: ProgressOptions = {}) {
    const given = checkProgressOptions(options);
    const { description = "", unit = "it", leave = true } = given;
    this.#total = total === undefined ? given.total : checkValue("total", total, TOTAL);
    this.#description = description;
    this.#unit = unit;
    this.#leave = leave;
    this.#face = hasKernel() ? new WidgetFace(this.#state(this.#began)) : new LineFace();
  }

  /** Units that are done. */
  get n(): number {
    return this.#n;
  }

  /** Units that there are to do; undefined if nobody knows. */
  get total(): number | undefined {
    return this.#total;
  }
  set total(total: number | undefined) {
    this.#total = total === undefined ? undefined : checkValue("total", total, TOTAL);
    this.#changed(widgetRuntime().monotonic());
  }

  /** What is being done: the text before the bar. */
  get description(): string {
    return this.#description;
  }
  set description(description: string) {
    this.#description = checkValue("description", description, string());
    this.#changed(widgetRuntime().monotonic());
  }

  /** Some more units are done. @param n - How many. Default: one. */
  update(n = 1): void {
    this[ADVANCE](checkValue("n", n, COUNT), widgetRuntime().monotonic());
  }

  /** See ADVANCE. */
  [ADVANCE](n: number, now: number): void {
    if (this.#isClosed) return;
    this.#n += n;
    this.#changed(now);
  }

  /**
   * The work has ended: the bar becomes green, or disappears without `leave`, or becomes red if
   * there was more to do. A second call does nothing.
   */
  close(): void {
    this.#end(this.#total !== undefined && this.#n < this.#total ? "danger" : "success");
  }

  /** The work was given up: the bar becomes red. */
  fail(): void {
    this.#end("danger");
  }

  /** As the last expression of the cell in which it was made, it isn't shown again. */
  [LAST_EXPRESSION](): MimeBundle | undefined {
    if (this.#cell !== undefined && this.#cell === presentCell()) return undefined;
    return { "text/plain": widgetRuntime().formatValue(this) };
  }

  /** What console.log prints. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    const state = this.#state(widgetRuntime().monotonic());
    return `ProgressBar(${[leadingText(state), trailingText(state)].join(" ").trim()})`;
  }

  #changed(now: number): void {
    if (this.#isClosed) return;
    const wait = SHOW_INTERVAL - (now - this.#shown.at);
    if (wait <= 0) this.#show(now);
    else {
      this.#timer ??= widgetRuntime().delay(wait, () => this.#show(widgetRuntime().monotonic()));
    }
  }

  #show(now: number): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    const seconds = now - this.#shown.at;
    const units = this.#n - this.#shown.n;
    if (seconds > 0 && units > 0) {
      const { units: allUnits, seconds: allSeconds } = this.#recent ?? { units, seconds };
      this.#recent = {
        units: allUnits + SMOOTHING * (units - allUnits),
        seconds: allSeconds + SMOOTHING * (seconds - allSeconds),
      };
      this.#rate = this.#recent.units / this.#recent.seconds;
    }
    this.#shown = { at: now, n: this.#n };
    this.#face.show(this.#state(now));
  }

  #end(end: ProgressEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.dispose();
    const now = widgetRuntime().monotonic();
    // In the end the rate of all the work is what counts.
    const seconds = now - this.#began;
    this.#rate = seconds > 0 ? this.#n / seconds : undefined;
    this.#face.end(this.#state(now), end, this.#leave);
  }

  #state(now: number): ProgressState {
    return {
      description: this.#description,
      n: this.#n,
      total: this.#total,
      elapsed: now - this.#began,
      rate: this.#rate,
      unit: this.#unit,
    };
  }
}

SELF_SHOWING.add(ProgressBar);
