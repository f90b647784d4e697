/** Asks the session for what it measures. */
import { browserTimers } from "../picture/index";
import type { RequestStatsMessage, StatsMessage } from "../protocol/messages";
import type { Disposable } from "../protocol/transport";

/** Milliseconds to wait for an answer. A kernel that computes gives none. */
const ANSWER_LIMIT_MS = 1000;

/** What a session measures, in milliseconds; undefined where nothing was measured yet. */
export interface SessionTimes {
  /** From this page to the session and back. */
  readonly roundTrip: number;
  /** How far the session's clock is ahead of this page's, in seconds. */
  readonly ahead: number;
  /** From an event in this page until the session takes it. */
  readonly event: number | undefined;
  readonly draw: number | undefined;
  readonly encode: number | undefined;
}

/** What one answer says of the session's clocks, as seen from this page. Times are in seconds. */
interface ClockReading {
  readonly roundTrip: number;
  /** The session's monotonic clock less this page's. */
  readonly offset: number;
  /** The session's time of day less this page's. */
  readonly ahead: number;
}

/** Recent answers to keep. The quickest one is used to compare the clocks. */
const MAX_READINGS = 10;

/** One request at a time. */
export class SessionStats implements Disposable {
  readonly #send: (message: RequestStatsMessage) => void;
  #newest: SessionTimes | undefined;
  #readings: readonly ClockReading[] = [];
  #waiting: { readonly localtime: number; end(isAnswered: boolean): void } | undefined;
  #asked: Promise<boolean> | undefined;

  constructor(send: (message: RequestStatsMessage) => void) {
    this.#send = send;
  }

  /** The session's answer; the last one that came, if none comes in time. */
  async request(): Promise<SessionTimes | undefined> {
    await this.answers();
    return this.#newest;
  }

  /** Asks the session. @returns whether it answers in time: a kernel that computes does not */
  answers(): Promise<boolean> {
    return (this.#asked ??= this.#ask().finally(() => (this.#asked = undefined)));
  }

  /** An answer came, perhaps to another page's request. */
  receive(message: StatsMessage): void {
    const { localtime, monotonic, now, event_age, drawing, encoding } = message;
    if (this.#waiting?.localtime !== localtime) return;
    const roundTrip = performance.now() / 1000 - localtime;
    // As in NTP: the request and its answer are taken to be equally long under way. The quicker
    // they were, the truer that is.
    const reading = {
      roundTrip,
      offset: monotonic - (localtime + roundTrip / 2),
      ahead: now - (Date.now() / 1000 - roundTrip / 2),
    };
    this.#readings = [...this.#readings, reading].slice(-MAX_READINGS);
    const best = this.#readings.reduce((one, other) =>
      other.roundTrip < one.roundTrip ? other : one,
    );
    const toMilliseconds = (seconds: number | null): number | undefined =>
      seconds === null ? undefined : Math.max(0, seconds * 1000);
    this.#newest = {
      roundTrip: roundTrip * 1000,
      ahead: best.ahead,
      event: event_age === null ? undefined : toMilliseconds(event_age - best.offset),
      draw: toMilliseconds(drawing),
      encode: toMilliseconds(encoding),
    };
    this.#waiting.end(true);
  }

  dispose(): void {
    this.#waiting?.end(false);
  }

  #ask(): Promise<boolean> {
    const localtime = performance.now() / 1000;
    return new Promise((resolve) => {
      const end = (isAnswered: boolean): void => {
        timer.dispose();
        this.#waiting = undefined;
        resolve(isAnswered);
      };
      const timer = browserTimers.after(ANSWER_LIMIT_MS, () => end(false));
      this.#waiting = { localtime, end };
      this.#send({ type: "request_stats", localtime });
    });
  }
}
