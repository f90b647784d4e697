import { patientDelay, type Clock } from "../../framebuffer";
import type { DenoHost } from "./denoHost";

/**
 * Seconds that Deno 2.9 takes for a message, and for each of its characters and bytes: up to twice
 * what was measured.
 */
const COST = { message: 0.3e-3, character: 10e-9, byte: 80e-9 };
/** Seconds beyond the estimate: the other thread may be at something else, or have just started. */
const MARGIN = 10e-3;

/** How deep large parts lie in the arguments of broadcast(): extra, metadata, ours, buffers. */
const DEPTH = 5;

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

  /** Counts from now on what is sent and printed, also by others. */
  watch({ jupyter, console }: Pick<DenoHost, "console" | "jupyter">): void {
    this.#wrap(jupyter, ["broadcast"], (args) => costOf(args, DEPTH));
    // Reading an object of the user's may do anything.
    this.#wrap(jupyter, ["display"], () => 0);
    this.#wrap(console, Object.keys(console), (args) => costOf(args.filter(isString), 1));
  }

  /** Settles when all that was counted until now has probably been sent. */
  async passed(): Promise<void> {
    const seconds = this.#until + MARGIN - this.#clock.monotonic();
    if (seconds <= 0) return;
    await new Promise<void>((resolve) => patientDelay(this.#clock, seconds, resolve));
  }

  #wrap(owner: object, names: readonly string[], cost: (args: unknown[]) => number): void {
    for (const name of names) {
      const original: unknown = Reflect.get(owner, name);
      if (typeof original !== "function") continue;
      const wrapper = new Proxy(original, {
        apply: (target, self, args: unknown[]): unknown => {
          this.#add(COST.message + cost(args));
          return Reflect.apply(target, self, args) as unknown;
        },
      });
      Reflect.set(owner, name, wrapper);
    }
  }

  #add(seconds: number): void {
    this.#until = Math.max(this.#until, this.#clock.monotonic()) + seconds;
  }
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** What the texts and bytes in a value cost. */
function costOf(value: unknown, depth: number): number {
  if (isString(value)) return value.length * COST.character;
  if (ArrayBuffer.isView(value)) return value.byteLength * COST.byte;
  if (typeof value !== "object" || value === null || depth === 0) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + costOf(part, depth - 1), 0);
}
