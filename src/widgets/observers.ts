interface Observer<Handler> {
  readonly handler: Handler;
  /** Undefined for all names. */
  readonly names: ReadonlySet<string> | undefined;
}

/** Who wants to hear of which names, in the order in which they asked. Changing it does not disturb a round of calls. */
export class Observers<Handler> {
  #all: readonly Observer<Handler>[] = [];

  /** Adds a handler for some names; undefined for all. */
  add(handler: Handler, names: Iterable<string> | undefined): void {
    this.#all = [...this.#all, { handler, names: names && new Set(names) }];
  }

  /**
   * Removes a handler.
   *
   * @param names - What it shall not hear of any more; undefined for all, however they were given to add.
   * @param known - All names that there are, which a handler for all of them keeps but for `names`.
   */
  remove(handler: Handler, names: readonly string[] | undefined, known: Iterable<string>): void {
    this.#all = this.#all.flatMap((observer) => {
      if (observer.handler !== handler) return [observer];
      if (names === undefined) return [];
      const left = [...(observer.names ?? known)].filter((name) => !names.includes(name));
      return left.length === 0 ? [] : [{ handler, names: new Set(left) }];
    });
  }

  /** The handlers of a name. */
  of(name: string): Handler[] {
    return this.#all
      .filter(({ names }) => names === undefined || names.has(name))
      .map(({ handler }) => handler);
  }

  /** Removes all. */
  clear(): void {
    this.#all = [];
  }
}
