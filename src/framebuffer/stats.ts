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
  /** How long base64 took. */
  readonly b64Encoding: number;
}

/**
 * Most frames whose receipt is awaited. Only a caller of send_frame that outruns its view, or has none, comes near it; what is
 * older never counts as confirmed.
 */
const MAX_AWAITED = 4096;

/** Measures the frames of one session. Counts only what was sent since the last reset. */
export class FrameStatistics {
  readonly #awaited: SentFrame[] = [];
  #firstBegan: number | undefined;
  #lastConfirmed = 0;
  #sent = 0;
  #confirmed = 0;
  #roundtrips = 0;
  #roundtripSum = 0;
  #deliverySum = 0;
  #imgEncodingSum = 0;
  #b64EncodingSum = 0;

  /** A frame goes out. */
  frameSent(frame: SentFrame): void {
    this.#firstBegan ??= frame.began;
    this.#sent += 1;
    this.#imgEncodingSum += frame.imgEncoding;
    this.#b64EncodingSum += frame.b64Encoding;
    this.#awaited.push(frame);
    if (this.#awaited.length > MAX_AWAITED) this.#awaited.shift();
  }

  /** The frame that was sent last could not leave after all. */
  frameNotSent(index: number): void {
    const frame = this.#awaited.at(-1);
    if (frame?.index !== index) return;
    this.#awaited.pop();
    this.#sent -= 1;
    this.#imgEncodingSum -= frame.imgEncoding;
    this.#b64EncodingSum -= frame.b64Encoding;
    if (this.#sent === 0) this.#firstBegan = undefined;
  }

  /**
   * A receipt came: all frames up to `index` are confirmed. Times are measured for that frame alone, as the others' receipts
   * never came.
   *
   * @param localtime - when the view was done with it, in seconds since the epoch by the view's clock
   * @param now - the time of this call, by the monotonic clock
   */
  framesConfirmed(index: number, localtime: number, now: number): void {
    let last: SentFrame | undefined;
    while (this.#awaited[0] !== undefined && this.#awaited[0].index <= index) {
      last = this.#awaited.shift();
      this.#confirmed += 1;
    }
    if (last === undefined) return;
    this.#lastConfirmed = now;
    if (last.index !== index) return;
    this.#roundtrips += 1;
    this.#roundtripSum += now - last.began;
    this.#deliverySum += localtime - last.timestamp;
  }

  /** What was sent and not yet confirmed never will be: its view is gone, or it was lost. */
  forgetAwaited(): void {
    this.#awaited.length = 0;
  }

  /** Starts anew with the next frame sent. */
  reset(): void {
    this.forgetAwaited();
    this.#firstBegan = undefined;
    this.#lastConfirmed = 0;
    this.#sent = 0;
    this.#confirmed = 0;
    this.#roundtrips = 0;
    this.#roundtripSum = 0;
    this.#deliverySum = 0;
    this.#imgEncodingSum = 0;
    this.#b64EncodingSum = 0;
  }

  /** The averages so far. */
  get(): FrameStats {
    const elapsed = this.#firstBegan === undefined ? 0 : this.#lastConfirmed - this.#firstBegan;
    return {
      sent_frames: this.#sent,
      confirmed_frames: this.#confirmed,
      roundtrip: average(this.#roundtripSum, this.#roundtrips),
      delivery: average(this.#deliverySum, this.#roundtrips),
      img_encoding: average(this.#imgEncodingSum, this.#sent),
      b64_encoding: average(this.#b64EncodingSum, this.#sent),
      fps: this.#confirmed > 0 && elapsed > 0 ? this.#confirmed / elapsed : 0,
    };
  }
}

function average(sum: number, count: number): number {
  return count === 0 ? 0 : sum / count;
}
