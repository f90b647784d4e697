import { callable, checkValue } from "../protocol/checks";

interface Observer<Handler> {
  readonly handler: Handler;
  /** undefined means all names. */
  readonly names: ReadonlySet<string> | undefined;
}

/**
 * The handlers for changes, in the order in which they were added. A handler may add and remove
 * others while it is called.
 */
export class Observers<Handler> {
  #all: readonly Observer<Handler>[] = [];

  /**
   * Adds a handler for some names, or for all if `names` is undefined.
   *
   * @throws TypeError when it isn't a function.
   */
  add(handler: Handler, names: Iterable<string> | undefined): void {
    checkValue("handler", handler, callable);
    this.#all = [...this.#all, { handler, names: names && new Set(names) }];
  }

  /**
   * Removes a handler.
   *
   * @param names - The names to remove it for. undefined means all, whichever were given to add.
   * @param known - All names that exist. A handler that was added for all keeps those that aren't
   *   in `names`.
   */
  remove(handler: Handler, names: readonly string[] | undefined, known: Iterable<string>): void {
    this.#all = this.#all.flatMap((observer) => {
      if (observer.handler !== handler) return [observer];
      if (names === undefined) return [];
      const left = [...(observer.names ?? known)].filter((name) => !names.includes(name));
      return left.length === 0 ? [] : [{ handler, names: new Set(left) }];
    });
  }

  /** Returns the handlers for a name. */
  of(name: string): Handler[] {
    return this.#all
      .filter(({ names }) => names === undefined || names.has(name))
      .map(({ handler }) => handler);
  }

  /** Removes all handlers. */
  clear(): void {
    this.#all = [];
  }
}
