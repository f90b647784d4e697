import { patientDelay, type Clock } from "../../framebuffer";

/** The parts of a message, in characters or bytes, that take Deno time. */
export interface MessageSize {
  readonly text: number;
  readonly binary: number;
}

/** Seconds that Deno 2.9 takes for a message and each of its parts: twice what was measured. */
const COST = { message: 0.5e-3, text: 10e-9, binary: 80e-9 };
/** Seconds beyond the estimate: the other thread may be at something else, or have just started. */
const MARGIN = 10e-3;

/**
 * Estimates until when Deno's other thread, which sends one message after the other, is busy. It
 * takes the cell that a message belongs to from the newest request when it sends it: what still
 * waits when a cell ends is shown at the next one. It tells us nothing, so that time is all there
 * is to go by.
 */
export class SendBacklog {
  readonly #clock: Pick<Clock, "monotonic" | "delay">;
  #until = -Infinity;

  constructor(clock: Pick<Clock, "monotonic" | "delay">) {
    this.#clock = clock;
  }

  /** A message waits from now on. */
  add({ text, binary }: MessageSize): void {
    const cost = COST.message + text * COST.text + binary * COST.binary;
    this.#until = Math.max(this.#until, this.#clock.monotonic()) + cost;
  }

  /** Settles when all messages that were added until now have probably been sent. */
  async passed(): Promise<void> {
    const seconds = this.#until + MARGIN - this.#clock.monotonic();
    if (seconds <= 0) return;
    await new Promise<void>((resolve) => patientDelay(this.#clock, seconds, resolve));
  }
}
