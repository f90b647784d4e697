import type { Departure, LedgerObserver, Receipt } from "./pacing/frameLedger";
import { isInParts } from "./planning/framePlan";

/**
 * Averages since the last reset, under jupyter_rfb's names. Times are in seconds; 0 where nothing
 * was measured yet.
 */
export interface FrameStats {
  /** Frames sent. Neither the lossless redraw nor a frame sent again counts, here or below. */
  readonly sent_frames: number;
  /** Of these, the frames that the view has acknowledged. */
  readonly confirmed_frames: number;
  /** Average time from handing a frame to the encoder until its receipt came back. */
  readonly roundtrip: number;
  /**
   * Average time from handing a frame to the encoder until the view was done with it. Meaningful if
   * both clocks agree.
   */
  readonly delivery: number;
  /** Average time spent on encoding a frame. */
  readonly img_encoding: number;
  /** Average time spent on base64. 0 while frames are sent as binary buffers. */
  readonly b64_encoding: number;
  /**
   * Confirmed frames per second, from the first frame handed to the encoder until the last receipt.
   */
  readonly fps: number;
  /** Frames of get_frame() and send_frame(). */
  readonly drawn_frames: number;
  /** Of these, frames that were equal to the one before, and were not sent. */
  readonly unchanged_frames: number;
  /**
   * Of these, frames of send_frame() that were not sent, as a newer one came before they were
   * encoded.
   */
  readonly replaced_frames: number;
  /** Of the frames sent, those sent as changed parts only. */
  readonly patch_frames: number;
  /**
   * Of the frames sent, those sent as base64. 0 while frames are sent as binary buffers.
   */
  readonly b64_frames: number;
  /** Encoded bytes of the frames sent. */
  readonly sent_bytes: number;
  /**
   * How the newest frame in motion was sent: "jpeg", "png", "webp", "h264" or "vp9"; "" before the
   * first.
   */
  readonly codec: string;
  /** Which library encoded it, with its version; "" before the first. */
  readonly encoder: string;
  /**
   * The quality it was sent in, 1..100: below the trait `quality` where `adaptive` lowered it. 0
   * before the first.
   */
  readonly quality: number;
  /**
   * The share of its width and height in which it was sent, above 0 and up to 1: below 1 where
   * `adaptive` lowered it.
   */
  readonly scale: number;
  /** Names of messages, events and modifiers that only a newer view knows, and were ignored. */
  readonly unknown_names: number;
}

/** How the newest frame in motion was sent. */
type FrameManner = Pick<FrameStats, "codec" | "encoder" | "quality" | "scale">;

const NO_MANNER: FrameManner = { codec: "", encoder: "", quality: 0, scale: 1 };

interface Sums {
  sent: number;
  confirmed: number;
  drawn: number;
  unchanged: number;
  replaced: number;
  patches: number;
  b64: number;
  bytes: number;
  ignored: number;
  roundtrips: number;
  /** Seconds, as all below. */
  roundtrip: number;
  delivery: number;
  imgEncoding: number;
  b64Encoding: number;
}

const ZERO: Sums = {
  sent: 0,
  confirmed: 0,
  drawn: 0,
  unchanged: 0,
  replaced: 0,
  patches: 0,
  b64: 0,
  bytes: 0,
  ignored: 0,
  roundtrips: 0,
  roundtrip: 0,
  delivery: 0,
  imgEncoding: 0,
  b64Encoding: 0,
};

/** Measures the frames of one session. Counts only what was sent since the last reset. */
export class FrameStatistics implements LedgerObserver {
  #sums: Sums = { ...ZERO };
  /** Index and time of the first frame that counts; undefined before it is sent. */
  #first: Pick<Departure, "index" | "queuedAt"> | undefined;
  #lastConfirmed = 0;
  #manner = NO_MANNER;

  /** The user returned a frame from get_frame(), or passed one to send_frame(). */
  frameDrawn(): void {
    this.#sums.drawn += 1;
  }

  /** A frame was equal to the one before. */
  frameUnchanged(): void {
    this.#sums.unchanged += 1;
  }

  /** A newer frame came before one of send_frame() was encoded. */
  frameReplaced(): void {
    this.#sums.replaced += 1;
  }

  /** Names of messages, events or modifiers came that only a newer view knows. */
  namesIgnored(count: number): void {
    this.#sums.ignored += count;
  }

  recordSend(departure: Departure): void {
    if (departure.purpose !== "draw") return;
    this.#first ??= departure;
    const { codec, encoder, plan } = departure;
    this.#manner = { codec, encoder, quality: plan.quality, scale: plan.scale };
    this.#count(departure, 1);
  }

  recordUnsent(departure: Departure): void {
    if (!this.#counts(departure)) return;
    this.#count(departure, -1);
    if (this.#sums.sent === 0) this.#first = undefined;
  }

  /** Measures times for the frame that the receipt names: the others' receipts never came. */
  recordReceipt({ confirmed, frame, localtime, receivedAt }: Receipt): void {
    const counted = confirmed.filter((departure) => this.#counts(departure));
    if (counted.length === 0) return;
    this.#sums.confirmed += counted.length;
    this.#lastConfirmed = receivedAt;
    if (frame === undefined || !this.#counts(frame)) return;
    this.#sums.roundtrips += 1;
    this.#sums.roundtrip += receivedAt - frame.queuedAt;
    this.#sums.delivery += localtime - frame.timestamp;
  }

  /** Starts again with the next frame that is sent. */
  reset(): void {
    this.#sums = { ...ZERO };
    this.#first = undefined;
    this.#lastConfirmed = 0;
  }

  /** The averages so far. */
  get(): FrameStats {
    const sums = this.#sums;
    const elapsed = this.#first === undefined ? 0 : this.#lastConfirmed - this.#first.queuedAt;
    return {
      sent_frames: sums.sent,
      confirmed_frames: sums.confirmed,
      roundtrip: average(sums.roundtrip, sums.roundtrips),
      delivery: average(sums.delivery, sums.roundtrips),
      img_encoding: average(sums.imgEncoding, sums.sent),
      b64_encoding: average(sums.b64Encoding, sums.b64),
      fps: sums.confirmed > 0 && elapsed > 0 ? sums.confirmed / elapsed : 0,
      drawn_frames: sums.drawn,
      unchanged_frames: sums.unchanged,
      replaced_frames: sums.replaced,
      patch_frames: sums.patches,
      b64_frames: sums.b64,
      sent_bytes: sums.bytes,
      ...this.#manner,
      unknown_names: sums.ignored,
    };
  }

  #counts({ purpose, index }: Departure): boolean {
    return purpose === "draw" && this.#first !== undefined && index >= this.#first.index;
  }

  #count({ base64Seconds, bytes, encodingSeconds, plan }: Departure, by: 1 | -1): void {
    const sums = this.#sums;
    sums.sent += by;
    sums.bytes += by * bytes;
    sums.imgEncoding += by * encodingSeconds;
    if (isInParts(plan)) sums.patches += by;
    if (base64Seconds !== undefined) {
      sums.b64 += by;
      sums.b64Encoding += by * base64Seconds;
    }
  }
}

function average(sum: number, count: number): number {
  return count === 0 ? 0 : sum / count;
}
