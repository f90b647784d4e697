import type { PingMessage } from "../../protocol/messages";
import type { Transport } from "../../protocol/transport";
import type { LinkEstimate } from "../planning/linkEstimate";
import type { Clock } from "../runtime";
import type { LedgerObserver } from "./frameLedger";

/** Seconds between two pings, while frames are sent. */
const INTERVAL = 0.5;

/** Pings whose answers may still come. */
const MAX_AWAITED = 16;

/** Seconds after which an answer says nothing about the link: an end of it slept or computed. */
const OUTDATED_AFTER = 2;

/** What a {@link LatencyProbe} needs. */
export interface LatencyProbeOptions {
  readonly clock: Pick<Clock, "monotonic">;
  readonly link: Pick<LinkEstimate, "recordPing">;
  readonly transport: Pick<Transport<PingMessage>, "send">;
}

/**
 * Measures the latency of the link by small messages that the view answers at once. Frames alone
 * can't show it while they have about the same size: a long latency then looks like a slow
 * transfer.
 */
export class LatencyProbe implements LedgerObserver {
  readonly #options: LatencyProbeOptions;
  /** When each ping was sent, oldest first. */
  readonly #sent = new Map<number, number>();
  #viewAnswers = false;
  #lastId = 0;
  #lastSent = -Infinity;

  constructor(options: LatencyProbeOptions) {
    this.#options = options;
  }

  /** Another view is there, which answers pings or doesn't. */
  reset(viewAnswers: boolean): void {
    this.#viewAnswers = viewAnswers;
    this.#sent.clear();
    this.#lastSent = -Infinity;
  }

  /** A frame is about to be sent. A ping behind it would wait for it. */
  recordSend(): void {
    const now = this.#options.clock.monotonic();
    if (!this.#viewAnswers || now < this.#lastSent + INTERVAL) return;
    this.#lastSent = now;
    this.#lastId += 1;
    this.#sent.set(this.#lastId, now);
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > MAX_AWAITED && oldest !== undefined) this.#sent.delete(oldest);
    try {
      this.#options.transport.send({ type: "ping", id: this.#lastId });
    } catch {
      // The channel is closed, which the frame's own failure reports.
      this.#sent.delete(this.#lastId);
    }
  }

  /** The view has answered a ping. Where several pages do, the first answer counts. */
  answered(id: number): void {
    const sentAt = this.#sent.get(id);
    if (sentAt === undefined) return;
    this.#sent.delete(id);
    const now = this.#options.clock.monotonic();
    const seconds = now - sentAt;
    if (seconds < OUTDATED_AFTER) this.#options.link.recordPing(seconds, now);
  }
}
