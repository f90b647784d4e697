import type { ViewerMetrics } from "./metrics";
import { RateMeter } from "./rates";

/** How much a new round trip time counts against those before. */
const RTT_WEIGHT = 0.3;

/** What is measured of a viewer where frames leave and receipts come. */
export type Measured = Pick<
  ViewerMetrics,
  | "elapsed_s"
  | "keyframes_sent"
  | "bytes_sent"
  | "fps_sent"
  | "fps_acked"
  | "bitrate_bps"
  | "rtt_ms"
  | "decode_queue_size"
  | "inflight"
>;

/** Measures the way to one viewer. Pure: times are given, in seconds by a clock that never goes back. */
export class ViewerMeasures {
  readonly #began: number;
  readonly #framesSent: RateMeter;
  readonly #framesAcked: RateMeter;
  readonly #bytesSent: RateMeter;
  /** When each frame in flight was sent, by index. */
  readonly #sentAt = new Map<number, number>();
  #keyframes = 0;
  #bytes = 0;
  #rtt: number | undefined;
  #decodeQueue = 0;

  constructor(now: number) {
    this.#began = now;
    this.#framesSent = new RateMeter(now);
    this.#framesAcked = new RateMeter(now);
    this.#bytesSent = new RateMeter(now);
  }

  /** A frame left. */
  sent({ index, now, bytes, isKey }: SentFrame): void {
    this.#sentAt.set(index, now);
    this.#bytes += bytes;
    this.#framesSent.add(1, now);
    this.#bytesSent.add(bytes, now);
    if (isKey) this.#keyframes += 1;
  }

  /** A receipt came for all frames up to `index`. Returns whether that frame was in flight. */
  acknowledged({ index, now, isDisplayed, waiting }: Receipt): boolean {
    this.#decodeQueue = waiting;
    const sentAt = this.#sentAt.get(index);
    if (sentAt === undefined) return false;
    const rtt = now - sentAt;
    this.#rtt = this.#rtt === undefined ? rtt : this.#rtt + RTT_WEIGHT * (rtt - this.#rtt);
    for (const sent of this.#sentAt.keys()) if (sent <= index) this.#sentAt.delete(sent);
    if (isDisplayed) this.#framesAcked.add(1, now);
    return true;
  }

  /** What is in flight will not be acknowledged. */
  forgetInFlight(): void {
    this.#sentAt.clear();
  }

  /** What was measured by now. */
  get(now: number): Measured {
    return {
      elapsed_s: rounded(now - this.#began, 3),
      keyframes_sent: this.#keyframes,
      bytes_sent: this.#bytes,
      fps_sent: rounded(this.#framesSent.perSecond(now), 2),
      fps_acked: rounded(this.#framesAcked.perSecond(now), 2),
      bitrate_bps: Math.round(this.#bytesSent.perSecond(now) * 8),
      rtt_ms: rounded((this.#rtt ?? 0) * 1000, 2),
      decode_queue_size: this.#decodeQueue,
      inflight: this.#sentAt.size,
    };
  }
}

interface SentFrame {
  readonly index: number;
  readonly now: number;
  /** With its header. */
  readonly bytes: number;
  readonly isKey: boolean;
}

interface Receipt {
  readonly index: number;
  readonly now: number;
  readonly isDisplayed: boolean;
  /** Frames that wait for the viewer's decoder. */
  readonly waiting: number;
}

/** Rounds to so many digits behind the point. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
