/**
 * Why a better level may be used: it may fit, or it fits with much room. Much room shows that the
 * link is another one, of which earlier failures say nothing.
 */
export type Room = "possible" | "ample";

/** Seconds for which a better level must fit before it is used, at first. */
const FIRST_DELAYS: Readonly<Record<Room, number>> = { possible: 0.7, ample: 0.5 };

/** The longest delay in seconds. It doubles while each rise is followed by a fall. */
const MAX_DELAY = 16;

/**
 * Seconds after which a level counts as steady. A fall before that shows that the rise was wrong.
 */
const PROVEN_AFTER = 10;

/** Decides when a better level is used. Times are in seconds by the monotonic clock. */
export class RiseTiming {
  #delays = FIRST_DELAYS;
  /** Since when a better level has fitted at all, and with much room. */
  #since: Partial<Record<Room, number>> = {};
  /** The last rise, unless a fall followed. */
  #rise: { readonly room: Room; readonly at: number } | undefined;
  /** Whether the last rise has shown that the link is another one. It may have more room yet. */
  #isProven = false;

  /** A better level fits. Returns whether to use it now. */
  isDue(room: Room, now: number): boolean {
    if (room === "ample" && this.#isProven) return true;
    const { possible = now, ample = now } = this.#since;
    this.#since = room === "ample" ? { possible, ample } : { possible };
    return now - (this.#since[room] ?? now) >= this.#delays[room];
  }

  /** No better level fits, or the level has changed. */
  restart(): void {
    this.#since = {};
    this.#isProven = false;
  }

  /** A better level is used from now on. */
  rose(room: Room, now: number): void {
    this.#endRise(now);
    if (room === "ample") this.#delays = { ...this.#delays, possible: FIRST_DELAYS.ample };
    this.#rise = { room, at: now };
    this.restart();
  }

  /**
   * Enough frames show that the level fits. That proves a rise with much room: had the link seemed
   * faster than it is, frames that are so much larger would have shown it. One with little room
   * may take longer to fail.
   */
  held(): void {
    if (this.#rise?.room !== "ample") return;
    this.#rise = undefined;
    this.#delays = FIRST_DELAYS;
    this.#isProven = true;
  }

  /** A worse level is used from now on. */
  fell(now: number): void {
    const wrong = this.#endRise(now);
    if (wrong !== undefined) {
      const delay = Math.min(2 * this.#delays[wrong], MAX_DELAY);
      this.#delays = { ...this.#delays, [wrong]: delay };
    }
    this.restart();
  }

  /** Forgets all that was tried. */
  reset(): void {
    this.#delays = FIRST_DELAYS;
    this.#rise = undefined;
    this.restart();
  }

  /** Returns the reason of the last rise if it is not proven yet. */
  #endRise(now: number): Room | undefined {
    const rise = this.#rise;
    this.#rise = undefined;
    if (rise === undefined || now - rise.at < PROVEN_AFTER) return rise?.room;
    this.#delays = FIRST_DELAYS;
    return undefined;
  }
}
