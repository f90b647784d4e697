/** Progress bars for loops, after tqdm for Python. */
import { describeValue } from "../../protocol/errors";
import { isPromiseLike } from "../../protocol/promiseLike";
import { widgetRuntime } from "../runtime";
import { ADVANCE, checkProgressOptions, ProgressBar, type ProgressOptions } from "./progressBar";

/**
 * Seconds of work after which a loop lets the kernel handle its events: one frame of a picture at
 * 60 frames a second. A pause after each item would cost fast loops most of their time.
 */
const BREATH_INTERVAL = 0.016;

/** Items to loop over with a progress bar: with `for await`, or with `for`. */
export interface ProgressItems<T> extends Iterable<T>, AsyncIterable<Awaited<T>> {}

/**
 * Returns a progress bar, and shows it in the cell that runs: call its `update()` and `close()`.
 * Without a kernel it logs a line of text every five seconds, and at the end.
 *
 * @param total - Units that there are to do.
 */
export function progress(total: number, options?: Omit<ProgressOptions, "total">): ProgressBar;
/**
 * Loops over items with a progress bar: `for await (const item of progress(items))`. The loop lets
 * the kernel handle events every 16 ms, so that pictures, widgets and the bar stay alive. `for`
 * without `await` does not. A loop that is left early, or throws, leaves a red bar.
 *
 * @param items - An array, a Set, a Map, a generator, or another iterable.
 */
export function progress<T>(items: Iterable<T>, options?: ProgressOptions): ProgressItems<T>;
/** Loops over asynchronous items with a progress bar, in the same way. */
export function progress<T>(items: AsyncIterable<T>, options?: ProgressOptions): AsyncIterable<T>;
export function progress(items: unknown, options: ProgressOptions = {}): unknown {
  if (typeof items === "number") return new ProgressBar(items, options);
  // A wrong option is an error of this call, not of the loop.
  const { total = sizeOf(items), ...rest } = checkProgressOptions(options);
  const createBar = (): ProgressBar => new ProgressBar(total, rest);
  if (isIterable(items)) {
    return {
      [Symbol.iterator]: () => new Loop(items[Symbol.iterator](), createBar()),
      [Symbol.asyncIterator]: () =>
        isAsyncIterable(items)
          ? new AsyncLoop(items[Symbol.asyncIterator](), createBar())
          : new AsyncLoop(items[Symbol.iterator](), createBar()),
    };
  }
  if (isAsyncIterable(items)) {
    return {
      [Symbol.asyncIterator]: () => new AsyncLoop(items[Symbol.asyncIterator](), createBar()),
    };
  }
  throw new TypeError(
    `items: expected a number, an iterable or an async iterable, got ${describeValue(items)}`,
  );
}

/** An iterator that counts. An item is done when the next one is asked for. */
class Loop<T> implements IterableIterator<T> {
  readonly #items: Iterator<T>;
  readonly #bar: ProgressBar;
  #hasBegun = false;

  constructor(items: Iterator<T>, bar: ProgressBar) {
    this.#items = items;
    this.#bar = bar;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<T> {
    if (this.#hasBegun) this.#bar[ADVANCE](1, widgetRuntime().monotonic());
    this.#hasBegun = true;
    try {
      const result = this.#items.next();
      if (result.done === true) this.#bar.close();
      return result;
    } catch (error) {
      this.#bar.fail();
      throw error;
    }
  }

  /** The loop was left early. */
  return(value?: unknown): IteratorResult<T> {
    this.#bar.fail();
    return this.#items.return?.(value) ?? { done: true, value };
  }
}

/** As {@link Loop}, with pauses for the kernel's events. */
class AsyncLoop<T> implements AsyncIterableIterator<T> {
  readonly #items: Iterator<T> | AsyncIterator<T>;
  readonly #bar: ProgressBar;
  #hasBegun = false;
  #breathed = widgetRuntime().monotonic();

  constructor(items: Iterator<T> | AsyncIterator<T>, bar: ProgressBar) {
    this.#items = items;
    this.#bar = bar;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    const now = widgetRuntime().monotonic();
    if (this.#hasBegun) this.#bar[ADVANCE](1, now);
    this.#hasBegun = true;
    return now - this.#breathed < BREATH_INTERVAL ? this.#next() : this.#breathe();
  }

  /** The loop was left early. */
  async return(value?: unknown): Promise<IteratorResult<T>> {
    this.#bar.fail();
    return (await this.#items.return?.(value)) ?? { done: true, value };
  }

  async #breathe(): Promise<IteratorResult<T>> {
    await new Promise<void>((resolve) => widgetRuntime().afterEvents(resolve));
    this.#breathed = widgetRuntime().monotonic();
    return this.#next();
  }

  #next(): Promise<IteratorResult<T>> {
    try {
      const result = this.#items.next();
      if (isPromiseLike(result)) return this.#follow(result);
      if (result.done === true) this.#bar.close();
      else if (isPromiseLike(result.value)) return this.#resolved(result.value);
      return Promise.resolve(result);
    } catch (error) {
      this.#bar.fail();
      return rejected(error);
    }
  }

  async #follow(next: PromiseLike<IteratorResult<T>>): Promise<IteratorResult<T>> {
    try {
      const result = await next;
      if (result.done === true) this.#bar.close();
      return result;
    } catch (error) {
      this.#bar.fail();
      throw error;
    }
  }

  /** As in any `for await`, the items of an iterable may be Promises. */
  async #resolved(value: PromiseLike<unknown>): Promise<IteratorResult<T>> {
    try {
      return { done: false, value: (await value) as T };
    } catch (error) {
      this.#bar.fail();
      throw error;
    }
  }
}

/** Rejects with what was thrown, whatever it is. */
async function rejected(error: unknown): Promise<never> {
  await Promise.resolve();
  throw error;
}

/** The length of an array, or the size of a Set or a Map. */
function sizeOf(items: unknown): number | undefined {
  if (typeof items !== "object" || items === null) return undefined;
  const { length, size } = items as { readonly length?: unknown; readonly size?: unknown };
  return [length, size].find((count) => typeof count === "number");
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return hasMethod(value, Symbol.iterator);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return hasMethod(value, Symbol.asyncIterator);
}

function hasMethod(value: unknown, name: symbol): boolean {
  if (typeof value === "string") return name === Symbol.iterator;
  if (typeof value !== "object" || value === null) return false;
  return typeof (value as Readonly<Record<symbol, unknown>>)[name] === "function";
}
