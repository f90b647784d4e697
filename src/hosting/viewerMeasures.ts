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

/** What a receipt says about the way. Times are in seconds. */
export interface MeasuredReceipt {
  /** The frames that it confirms. */
  readonly confirmed: { readonly length: number };
  /** The one of them that it names; undefined for an old receipt. */
  readonly frame: { readonly sentAt: number } | undefined;
  readonly receivedAt: number;
}

/** Measures the way to one viewer. All times are in seconds by a clock that never goes back. */
export class ViewerMeasures {
  readonly #began: number;
  readonly #framesSent: RateMeter;
  readonly #framesAcked: RateMeter;
  readonly #bytesSent: RateMeter;
  #inFlight = 0;
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
  sent({ now, bytes, isKey }: SentFrame): void {
    this.#inFlight += 1;
    this.#bytes += bytes;
    this.#framesSent.add(1, now);
    this.#bytesSent.add(bytes, now);
    if (isKey) this.#keyframes += 1;
  }

  /**
   * An acknowledgement came.
   *
   * @param receipt - the record of it; undefined for a frame that was never sent
   * @param isDisplayed - whether the viewer displayed the frame, and did not drop it for a newer
   *   one
   * @param waiting - frames that wait for the viewer's decoder
   */
  acknowledged(receipt: MeasuredReceipt | undefined, isDisplayed: boolean, waiting: number): void {
    this.#decodeQueue = waiting;
    if (receipt === undefined) return;
    const { confirmed, frame, receivedAt } = receipt;
    this.#inFlight = Math.max(0, this.#inFlight - confirmed.length);
    // An old acknowledgement says nothing about the way.
    if (frame === undefined) return;
    const rtt = receivedAt - frame.sentAt;
    this.#rtt = this.#rtt === undefined ? rtt : this.#rtt + RTT_WEIGHT * (rtt - this.#rtt);
    if (isDisplayed) this.#framesAcked.add(1, receivedAt);
  }

  /** The frames in flight won't be acknowledged. */
  forgetInFlight(): void {
    this.#inFlight = 0;
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
      inflight: this.#inFlight,
    };
  }
}

interface SentFrame {
  readonly now: number;
  /** Including the header. */
  readonly bytes: number;
  readonly isKey: boolean;
}
