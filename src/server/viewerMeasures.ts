import { rounded } from "../protocol/rounded";
import type { ViewerMetrics } from "./metrics";
import { RateMeter } from "./rateMeter";

/** The weight of a new round-trip time in the running mean. */
const RTT_WEIGHT = 0.3;

/** The metrics that are measured where frames leave and acknowledgements arrive. */
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

/** Measures the way to one viewer. All times are in seconds by a clock that never goes back. */
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

  /** A frame was sent. */
  sent({ index, now, bytes, isKey }: SentFrame): void {
    this.#sentAt.set(index, now);
    this.#bytes += bytes;
    this.#framesSent.add(1, now);
    this.#bytesSent.add(bytes, now);
    if (isKey) this.#keyframes += 1;
  }

  /** The frames up to `index` were acknowledged. Returns whether that frame was in flight. */
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

  /** The frames in flight won't be acknowledged. */
  forgetInFlight(): void {
    this.#sentAt.clear();
  }

  /** The measurements until now. */
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
  /** Including the header. */
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
