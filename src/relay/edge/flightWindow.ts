/** Frames in flight to a viewer: enough for its latency, and no more. */
import type { MeasuredReceipt } from "../../hosting/viewerMeasures";

/** Frames in flight, at least. One alone would wait for each receipt. */
const LEAST = 2;

/** Frames in flight, at most. The client lets 16 wait for its decoder. */
const MOST = 12;

/** Seconds after which the shortest time is measured again: the route may have changed. */
const FORGET = 10;

/** A frame that was sent. */
interface Sent {
  readonly seq: number;
  readonly at: number;
}

/** The frames that a viewer has not acknowledged. */
export class FlightWindow {
  #sent: Sent[] = [];
  #newestSent = -1;
  #newestConfirmed = -1;
  /** The shortest round trip, in seconds, and when it was measured. */
  #shortest: { readonly seconds: number; readonly at: number } | undefined;

  /** How many there are. */
  get size(): number {
    return this.#sent.length;
  }

  /** Whether a receipt is for a frame that was sent, with none after it confirmed. */
  awaits(seq: number): boolean {
    return seq > this.#newestConfirmed && seq <= this.#newestSent;
  }

  /**
   * Whether one more frame may be sent, at a rate of so many frames a second. A viewer that has
   * joined gets as many as may be until it has caught up.
   */
  hasRoom(fps: number, isCatchingUp: boolean): boolean {
    if (isCatchingUp) return this.#sent.length < MOST;
    const inRoundTrip = Math.ceil((this.#shortest?.seconds ?? 0) * fps) + 1;
    return this.#sent.length < Math.min(MOST, Math.max(LEAST, inRoundTrip));
  }

  sent(seq: number, now: number): void {
    this.#newestSent = seq;
    this.#sent.push({ seq, at: now });
  }

  /** A receipt came. It confirms the frames before, too. One for a frame to come says nothing. */
  confirm(seq: number, now: number): MeasuredReceipt {
    if (seq > this.#newestSent) {
      return { confirmed: { length: 0 }, frame: undefined, receivedAt: now };
    }
    if (this.awaits(seq)) this.#newestConfirmed = seq;
    const rest = this.#sent.filter((one) => one.seq > seq);
    const confirmed = this.#sent.length - rest.length;
    const own = this.#sent.find((one) => one.seq === seq);
    this.#sent = rest;
    if (own !== undefined) this.#measure(now - own.at, now);
    return {
      confirmed: { length: confirmed },
      frame: own && { sentAt: own.at },
      receivedAt: now,
    };
  }

  /** The frames in flight won't be acknowledged. */
  forget(): void {
    this.#sent = [];
  }

  #measure(seconds: number, now: number): void {
    const before = this.#shortest;
    if (before === undefined || seconds <= before.seconds || now - before.at > FORGET) {
      this.#shortest = { seconds, at: now };
    }
  }
}
