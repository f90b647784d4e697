import type { RequestStatsMessage, StatsMessage } from "../protocol/messages";
import { RunningMean } from "../protocol/runningMean";
import type { Departure, LedgerObserver } from "./pacing/frameLedger";
import type { Clock } from "./runtime";

/** Measures what a picture's way takes at this end, for a view that shows it to its user. */
export class StageTimes implements LedgerObserver {
  readonly #clock: Pick<Clock, "monotonic" | "now">;
  readonly #eventAge = new RunningMean();
  readonly #drawing = new RunningMean();
  readonly #encoding = new RunningMean();

  constructor(clock: Pick<Clock, "monotonic" | "now">) {
    this.#clock = clock;
  }

  /** An event came. @param timestamp - its own, in seconds by the view's monotonic clock */
  eventCame(timestamp: number): void {
    this.#eventAge.add(this.#clock.monotonic() - timestamp);
  }

  /** get_frame() took so many seconds. */
  drew(seconds: number): void {
    this.#drawing.add(seconds);
  }

  recordSend({ purpose, queuedAt, sentAt }: Departure): void {
    if (purpose === "draw") this.#encoding.add(sentAt - queuedAt);
  }

  /** The answer to a view's request. */
  answer({ localtime }: RequestStatsMessage): StatsMessage {
    return {
      type: "stats",
      localtime,
      monotonic: this.#clock.monotonic(),
      now: this.#clock.now(),
      event_age: this.#eventAge.value ?? null,
      drawing: this.#drawing.value ?? null,
      encoding: this.#encoding.value ?? null,
    };
  }
}
