// Every runtime has this global.
declare const queueMicrotask: (callback: () => void) => void;

/**
 * When a trait that is set "later" is sent: at the end of the current job, or when the function
 * calls `send`. The function itself is called at the end of the job.
 */
export type Later = true | ((send: () => void) => void);

/** How changed traits are sent. */
export interface TraitSender {
  /** Sends traits now. */
  send(names: readonly string[]): void;
  /** Sends traits at the end of a job. It must not throw, since no caller is left to catch it. */
  sendLate(names: readonly string[]): void;
}

/**
 * Decides when changed traits are sent: at once, when the outermost hold ends, or at the end of the
 * current job.
 */
export class ChangedTraits {
  readonly #sender: TraitSender;
  /** To send when the outermost hold ends. */
  #held: Set<string> | undefined;
  /** To send at the end of the current job. */
  readonly #late = new Set<string>();

  constructor(sender: TraitSender) {
    this.#sender = sender;
  }

  /** Sends a trait now, or when the outermost hold ends. */
  add(name: string): void {
    if (this.#held !== undefined) this.#held.add(name);
    else this.#sender.send([name]);
  }

  /**
   * Sends a trait once at the end of the current job, or still later, however often it is added
   * until then.
   */
  addLate(name: string, later: Later): void {
    if (this.#late.size === 0) {
      const send = (): void => {
        const names = [...this.#late];
        this.#late.clear();
        if (names.length > 0) this.#sender.sendLate(names);
      };
      queueMicrotask(later === true ? send : () => later(send));
    }
    this.#late.add(name);
  }

  /** Holds what is added until the callback has returned or thrown. */
  hold<T>(callback: () => T): T {
    if (this.#held !== undefined) return callback();
    const held = new Set<string>();
    this.#held = held;
    try {
      return callback();
    } finally {
      this.#held = undefined;
      this.#sender.send([...held]);
    }
  }

  /** Drops what waits for the end of the job, since the comm is gone. */
  forgetLate(): void {
    this.#late.clear();
  }
}
