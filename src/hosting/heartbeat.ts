import type { Clock } from "../framebuffer/node";
import type { Disposable } from "../protocol/transport";

/** Seconds from one beat to the next at most. */
const LONGEST_BEAT = 1;

/** Pings that a viewer may miss. */
const MISSED_PINGS = 2;

/** Beats without a word after which an urgent viewer counts as silent. It was pinged meanwhile. */
const SILENT_BEATS = 3;

/** A viewer's connection, as a {@link Heartbeat} sees it. */
export interface Beating {
  /** Whether it is pinged after each beat without a word, as others may wait until it is gone. */
  readonly isUrgent: boolean;
  ping(): void;
  /** Urgent, and silent for {@link SILENT_BEATS}. Called at each beat until something is heard. */
  becameSilent(): void;
  /** It has missed {@link MISSED_PINGS}: its network is gone. */
  gone(): void;
}

/** What a heartbeat knows about a connection. */
interface Watched {
  readonly connection: Beating;
  /** Beats since something was heard. */
  silence: number;
  /** Of these, the last ones at which it was urgent. */
  urgentSilence: number;
}

/** A connection under a {@link Heartbeat}. */
export interface Pulse extends Disposable {
  /** Something came from the viewer. */
  heard(): void;
}

/**
 * Finds out which viewers are gone without a word, with one timer for all of them. It counts beats
 * instead of seconds: a process that was busy or asleep has not listened either.
 */
export class Heartbeat {
  readonly #clock: Pick<Clock, "delay">;
  readonly #watched = new Set<Watched>();
  #timer: Disposable | undefined;
  readonly #seconds: number;
  /** Beats from one ping to the next. */
  readonly #pingEvery: number;

  /** @param pingInterval - seconds of silence after which a viewer is pinged, above 0 */
  constructor(clock: Pick<Clock, "delay">, pingInterval: number) {
    this.#clock = clock;
    this.#pingEvery = Math.max(1, Math.ceil(pingInterval / LONGEST_BEAT));
    this.#seconds = pingInterval / this.#pingEvery;
  }

  /** Watches a connection until the result is disposed of. */
  watch(connection: Beating): Pulse {
    const watched = { connection, silence: 0, urgentSilence: 0 };
    this.#watched.add(watched);
    this.#start();
    return {
      heard: () => {
        watched.silence = 0;
        watched.urgentSilence = 0;
      },
      dispose: () => {
        this.#watched.delete(watched);
        if (this.#watched.size > 0) return;
        this.#timer?.dispose();
        this.#timer = undefined;
      },
    };
  }

  #start(): void {
    this.#timer ??= this.#clock.delay(this.#seconds, () => {
      this.#timer = undefined;
      // First, so that it goes on whatever fails.
      this.#start();
      for (const watched of [...this.#watched]) this.#beat(watched);
    });
  }

  #beat(watched: Watched): void {
    const { connection } = watched;
    const { isUrgent } = connection;
    watched.silence += 1;
    watched.urgentSilence = isUrgent ? watched.urgentSilence + 1 : 0;
    const { silence, urgentSilence } = watched;
    if (silence > MISSED_PINGS * this.#pingEvery && silence % this.#pingEvery === 0) {
      connection.gone();
      return;
    }
    if (urgentSilence > SILENT_BEATS) connection.becameSilent();
    if ((isUrgent && silence > 1) || silence % this.#pingEvery === 0) connection.ping();
  }
}
