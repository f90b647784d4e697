import type { Disposable } from "../../protocol/transport";
import type { Departure, LedgerObserver } from "../pacing/frameLedger";
import type { Clock } from "../runtime";
import { sentArea } from "./framePlan";
import { LoopDelay } from "./loopDelay";

/**
 * How many times its usual time encoding takes when the processor is short. Two busy processors
 * with six times as many busy programs give 15 to 20; other work of the same session gives 2.
 */
const SHORT_SLOWDOWN = 3;

/** Below this the processor is no longer short. */
const ENOUGH_SLOWDOWN = 1.8;

/**
 * Seconds by which the event loop is late when the processor is short, beyond what drawing takes: 5
 * to 15 ms with six times as many busy programs as processors, 0.3 ms without.
 */
const SHORT_DELAY = 0.005;

/** Below this the processor is no longer short. */
const ENOUGH_DELAY = 0.0025;

/** The most that one frame counts: an encoder that opens or warms up is not a busy processor. */
const MAX_SLOWDOWN = 6;

/** Frames that are averaged: a few, as the link must not be blamed meanwhile. */
const AVERAGED = 4;

/** Draws after which a quick one is forgotten. A busy processor holds most of them up, not all. */
const DRAWS = 16;

/**
 * Seconds in which the usual time doubles until a quicker frame comes. A processor may become
 * slower for good, in a laptop without its power supply, say.
 */
const FORGOTTEN_AFTER = 600;

/** What starting an image costs, in pixels. */
const START_COST = 256 * 256;

/** What a byte of an image costs, in pixels: measured, from even colours to noise. */
const BYTE_COST = 2;

/** An encoder's quickest frame. */
interface Usual {
  /** Seconds for each pixel. */
  readonly unit: number;
  /** When it was encoded. */
  readonly at: number;
}

/**
 * Estimates whether this end's processor is short, by how long encoding takes compared with its
 * usual time, and how late the event loop is. A busy processor delays frames and receipts like a
 * slow link, but has to be answered in another way: video takes it twice the time of an image.
 */
export class ProcessorEstimate implements LedgerObserver, Disposable {
  readonly #loop: LoopDelay | undefined;
  readonly #usual = new Map<string, Usual>();
  #slowdown = 1;
  /** What drawing takes, in seconds, if nothing delays it. */
  #drawing = 0;
  #isShort = false;

  /** @param clock - without it the event loop isn't watched */
  constructor(clock?: Pick<Clock, "delay" | "monotonic">) {
    this.#loop = clock && new LoopDelay(clock);
  }

  /** Whether the processor is short. */
  get isShort(): boolean {
    return this.#isShort;
  }

  /** Whether the processor was short while this frame was encoded, or is now. */
  wasShortFor(departure: Departure): boolean {
    return this.#isShort || this.#slowdownOf(departure) >= SHORT_SLOWDOWN;
  }

  /** get_frame() took so many seconds. Meanwhile the event loop may stand still. */
  frameDrawn(seconds: number): void {
    const longer = Math.max(0, seconds - this.#drawing);
    this.#drawing = Math.min(this.#drawing, seconds) + longer / DRAWS;
  }

  recordSend(departure: Departure): void {
    // One that is sent again was not encoded now.
    if (departure.purpose === "repeat") return;
    this.#loop?.frameSent();
    this.#learn(departure);
    const slowdown = Math.min(this.#slowdownOf(departure), MAX_SLOWDOWN);
    this.#slowdown += (slowdown - this.#slowdown) / AVERAGED;
    this.#judge();
  }

  /** Stops its timer. */
  dispose(): void {
    this.#loop?.dispose();
  }

  #judge(): void {
    const late = (this.#loop?.seconds ?? 0) - this.#drawing;
    this.#isShort = this.#isShort
      ? this.#slowdown >= ENOUGH_SLOWDOWN || late >= ENOUGH_DELAY
      : this.#slowdown >= SHORT_SLOWDOWN || late >= SHORT_DELAY;
  }

  #learn(departure: Departure): void {
    const unit = unitOf(departure);
    const usual = this.#usualOf(departure);
    if (usual === undefined || unit <= usual) {
      this.#usual.set(kindOf(departure), { unit, at: departure.sentAt });
    }
  }

  #usualOf(departure: Departure): number | undefined {
    const usual = this.#usual.get(kindOf(departure));
    if (usual === undefined) return undefined;
    return usual.unit * 2 ** ((departure.sentAt - usual.at) / FORGOTTEN_AFTER);
  }

  #slowdownOf(departure: Departure): number {
    const usual = this.#usualOf(departure);
    // While get_frame() runs, an encoder that is done may have to wait for the event loop.
    const waiting = this.#drawing / costOf(departure);
    if (usual === undefined || usual === 0) return 1;
    return Math.max(1, (unitOf(departure) - waiting) / usual);
  }
}

/** Frames of the same kind take the same time for the same cost. */
function kindOf({ encoder, plan }: Departure): string {
  return `${encoder} ${plan.form}`;
}

function unitOf(departure: Departure): number {
  return departure.encodingSeconds / costOf(departure);
}

/** What encoding takes, in pixels of a large even image. */
function costOf({ bytes, height, plan, width }: Departure): number {
  const starts = plan.form === "patches" ? plan.rects.length : 1;
  return START_COST * starts + sentArea(plan, width, height) + BYTE_COST * bytes;
}
