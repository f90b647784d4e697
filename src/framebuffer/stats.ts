import { AwaitedFrames } from "./pacing/awaitedFrames";

/** Averages since the last reset, under jupyter_rfb's names. All times are in seconds; 0 where nothing was measured yet. */
export interface FrameStats {
  /** Frames sent. Neither the lossless redraw nor a frame sent again counts, here or below. */
  readonly sent_frames: number;
  /** Of these, the frames that the view has acknowledged. */
  readonly confirmed_frames: number;
  /** Average time from handing a frame to the encoder until its receipt came back. */
  readonly roundtrip: number;
  /** Average time from handing a frame to the encoder until the view was done with it. Means something if both clocks agree. */
  readonly delivery: number;
  /** Average time spent on encoding a frame. */
  readonly img_encoding: number;
  /** Average time spent on base64. 0 while frames travel as binary buffers. */
  readonly b64_encoding: number;
  /** Confirmed frames per second, from the first frame handed to the encoder until the last receipt. */
  readonly fps: number;
  /** Frames that were drawn, or given to send_frame. */
  readonly drawn_frames: number;
  /** Of these, those that were equal to the one before, and were not sent. */
  readonly unchanged_frames: number;
  /** Of these, those of send_frame for which a newer one came before they were encoded, and were not sent. */
  readonly replaced_frames: number;
  /** Of the frames sent, those of which only the changed parts were sent. */
  readonly patch_frames: number;
  /** Of the frames sent, those that travelled as base64. 0 while frames travel as binary buffers. */
  readonly b64_frames: number;
  /** Encoded bytes of the frames sent. */
  readonly sent_bytes: number;
  /** How the newest frame in motion was sent: "jpeg", "png", "webp", "h264" or "vp9"; "" before the first. */
  readonly codec: string;
  /** Which library encoded it, with its version; "" before the first. */
  readonly encoder: string;
  /** The quality it was sent in, 1..100: below the trait `quality` while `adaptive` saves. 0 before the first. */
  readonly quality: number;
  /** The share of its width and height in which it was sent, above 0 and up to 1: below 1 while `adaptive` saves. */
  readonly scale: number;
}

/** What is known of a frame when it is sent. Times in seconds. */
export interface SentFrame {
  readonly index: number;
  /** When it was handed to the encoder, since the epoch. */
  readonly timestamp: number;
  /** When it was handed to the encoder, by the monotonic clock. */
  readonly began: number;
  /** How long the encoder worked on it. */
  readonly imgEncoding: number;
  /** How long base64 took; undefined when it was not needed. */
  readonly b64Encoding: number | undefined;
  /** Bytes as they were encoded, before base64. */
  readonly bytes: number;
  /** Whether only changed parts were sent. */
  readonly isPatch: boolean;
  readonly manner: FrameManner;
}

/** How a frame was sent. The fields are those of {@link FrameStats}. */
export type FrameManner = Pick<FrameStats, "codec" | "encoder" | "quality" | "scale">;

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
  roundtrips: 0,
  roundtrip: 0,
  delivery: 0,
  imgEncoding: 0,
  b64Encoding: 0,
};

/** Measures the frames of one session. Counts only what was sent since the last reset. */
export class FrameStatistics {
  readonly #awaited = new AwaitedFrames<SentFrame>(4096);
  #sums: Sums = { ...ZERO };
  #firstBegan: number | undefined;
  #lastConfirmed = 0;
  #manner = NO_MANNER;

  /** The user gave a frame. */
  frameDrawn(): void {
    this.#sums.drawn += 1;
  }

  /** It was equal to the one before. */
  frameUnchanged(): void {
    this.#sums.unchanged += 1;
  }

  /** A newer frame came before it was encoded. */
  frameReplaced(): void {
    this.#sums.replaced += 1;
  }

  /** A frame goes out. */
  frameSent(frame: SentFrame): void {
    this.#firstBegan ??= frame.began;
    this.#manner = frame.manner;
    this.#count(frame, 1);
    this.#awaited.add(frame);
  }

  /** The frame that was sent last could not leave after all. */
  frameNotSent(index: number): void {
    const frame = this.#awaited.takeBack(index);
    if (frame === undefined) return;
    this.#count(frame, -1);
    if (this.#sums.sent === 0) this.#firstBegan = undefined;
  }

  /**
   * A receipt came: all frames up to `index` are confirmed. Times are measured for that frame alone, as the others' receipts
   * never came.
   *
   * @param localtime - when the view was done with it, in seconds since the epoch by the view's clock
   * @param now - the time of this call, by the monotonic clock
   */
  framesConfirmed(index: number, localtime: number, now: number): void {
    const frames = this.#awaited.confirm(index);
    this.#sums.confirmed += frames.length;
    const last = frames.at(-1);
    if (last === undefined) return;
    this.#lastConfirmed = now;
    if (last.index !== index) return;
    this.#sums.roundtrips += 1;
    this.#sums.roundtrip += now - last.began;
    this.#sums.delivery += localtime - last.timestamp;
  }

  /** What was sent and not yet confirmed never will be: its view is gone, or it was lost. */
  forgetAwaited(): void {
    this.#awaited.clear();
  }

  /** Starts anew with the next frame sent. */
  reset(): void {
    this.forgetAwaited();
    this.#sums = { ...ZERO };
    this.#firstBegan = undefined;
    this.#lastConfirmed = 0;
  }

  /** The averages so far. */
  get(): FrameStats {
    const sums = this.#sums;
    const elapsed = this.#firstBegan === undefined ? 0 : this.#lastConfirmed - this.#firstBegan;
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
    };
  }

  #count(frame: SentFrame, by: 1 | -1): void {
    const sums = this.#sums;
    sums.sent += by;
    sums.bytes += by * frame.bytes;
    sums.imgEncoding += by * frame.imgEncoding;
    if (frame.isPatch) sums.patches += by;
    if (frame.b64Encoding !== undefined) {
      sums.b64 += by;
      sums.b64Encoding += by * frame.b64Encoding;
    }
  }
}

function average(sum: number, count: number): number {
  return count === 0 ? 0 : sum / count;
}
