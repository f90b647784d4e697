import type { FrameFeedback } from "../../protocol/messages";
import type { FramePlan } from "../planning/framePlan";

/**
 * Frames whose receipts are awaited. When more are sent the oldest is considered unconfirmed for
 * good. Only a caller of send_frame() that outruns its view, or has none, gets near it.
 */
export const MAX_AWAITED_FRAMES = 4096;

/** Why a frame is sent: a new picture, the same one without loss, or the same one once more. */
export type FramePurpose = "draw" | "lossless redraw" | "repeat";

/** A frame that was sent. Times are in seconds. */
export interface Departure {
  /** A positive integer, one more than that of the frame sent before. */
  readonly index: number;
  readonly purpose: FramePurpose;
  /** How it was encoded. */
  readonly plan: FramePlan;
  /** The picture's width in pixels. */
  readonly width: number;
  /** The picture's height in pixels. */
  readonly height: number;
  /** When it was handed to the encoder, since the epoch. */
  readonly timestamp: number;
  /** When it was handed to the encoder, by the monotonic clock. */
  readonly queuedAt: number;
  /** When it was sent, by the monotonic clock. */
  readonly sentAt: number;
  /** How long the encoders worked on it. */
  readonly encodingSeconds: number;
  /** How long base64 took; undefined where it was not needed. */
  readonly base64Seconds: number | undefined;
  /** Encoded bytes, before base64. */
  readonly bytes: number;
  /** "jpeg", "png", "webp", "h264" or "vp9". */
  readonly codec: string;
  /** Which library encoded it, with its version. */
  readonly encoder: string;
}

/** The view's receipt, with the frames that it confirms. */
export interface Receipt {
  readonly index: number;
  /**
   * When it came, in seconds by the monotonic clock, without the time for which the view held it
   * back.
   */
  readonly receivedAt: number;
  /** Seconds for which the view held it back, as the screen could not show another frame. */
  readonly held: number;
  /** Seconds that the view took for the frame; undefined if it doesn't say it. */
  readonly viewTime: number | undefined;
  /** How many frames the screen could show so far; undefined if the view doesn't say it. */
  readonly seen: number | undefined;
  /** When the view was done with the frame, in seconds since the epoch by the view's clock. */
  readonly localtime: number;
  /** The frames that it confirms, oldest first. Empty for an old receipt. */
  readonly confirmed: readonly Departure[];
  /** The one of them that it names; the others' own receipts never came. */
  readonly frame: Departure | undefined;
}

/** What a view says in a receipt. */
type ConfirmedFrame = Omit<FrameFeedback, "timestamp" | "displayed">;

/** Gets the ledger's records. */
export interface LedgerObserver {
  /** A frame is about to be sent. */
  recordSend?(departure: Departure): void;
  /** The frame recorded last could not be sent. */
  recordUnsent?(departure: Departure): void;
  /** A receipt came. */
  recordReceipt?(receipt: Receipt): void;
}

/** What a {@link FrameLedger} needs. */
export interface FrameLedgerOptions {
  /** How many frames may be in flight, >= 1. */
  maxInFlight(): number;
  /** The number of frames in flight changed. */
  onChange(): void;
}

/**
 * The one record of the frames in flight. It numbers them, keeps each until its receipt comes, and
 * hands the same record to all who measure by it.
 *
 * A frame is in flight from when its encoding begins until it is acknowledged, given up or
 * forgotten. jupyter_rfb counts the same way.
 */
export class FrameLedger {
  readonly #options: FrameLedgerOptions;
  readonly #observers: LedgerObserver[] = [];
  /** In the order of their indices. */
  #awaited: Departure[] = [];
  #encoding = 0;
  #lastIndex = 0;
  /** Frames up to this index are no longer in flight. */
  #settledIndex = 0;
  #givenUpIndex = 0;
  #unconfirmedIndex: number | undefined;
  #probing = false;

  constructor(options: FrameLedgerOptions) {
    this.#options = options;
  }

  /** Adds an observer. Observers get each record in the order in which they were added. */
  observe(observer: LedgerObserver): void {
    this.#observers.push(observer);
  }

  /** Frames that are being encoded, or wait for an encoder or for their turn to be sent. */
  get encoding(): number {
    return this.#encoding;
  }

  /** Frames that are being encoded, or were sent and not acknowledged. */
  get inFlight(): number {
    return this.#encoding + this.#lastIndex - this.#settledIndex;
  }

  /** Frames whose receipts may still come. Those that were given up count too. */
  get awaited(): number {
    return this.#awaited.length;
  }

  /** Encoded bytes of the frames whose receipts may still come. */
  get bytesAwaited(): number {
    return this.#awaited.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Whether one more frame may be in flight. After frames were given up only one at a time may be,
   * until a receipt shows that a view is there.
   */
  get hasRoom(): boolean {
    return this.inFlight < (this.#probing ? 1 : this.#options.maxInFlight());
  }

  /** The index of the frame sent last; 0 before the first. */
  get lastIndex(): number {
    return this.#lastIndex;
  }

  /**
   * The index under which the newest picture was first sent, while no receipt says that the picture
   * arrived; undefined otherwise.
   */
  get unconfirmedIndex(): number | undefined {
    return this.#unconfirmedIndex;
  }

  /** A frame goes to the encoder. {@link send} or {@link abandon} follows. */
  begin(): void {
    this.#encoding += 1;
    this.#options.onChange();
  }

  /** A frame that went to the encoder is not sent. */
  abandon(): void {
    this.#encoding -= 1;
    this.#options.onChange();
  }

  /** A frame that went to the encoder is about to be sent. Returns its record, with its index. */
  send(frame: Omit<Departure, "index">): Departure {
    this.#encoding -= 1;
    this.#lastIndex += 1;
    const departure: Departure = { ...frame, index: this.#lastIndex };
    if (frame.purpose !== "repeat") this.#unconfirmedIndex = this.#lastIndex;
    this.#unconfirmedIndex ??= this.#lastIndex;
    this.#awaited.push(departure);
    if (this.#awaited.length > MAX_AWAITED_FRAMES) this.#awaited.shift();
    for (const observer of this.#observers) observer.recordSend?.(departure);
    this.#options.onChange();
    return departure;
  }

  /** The frame recorded last could not be sent after all. The next one gets its index. */
  takeBack(departure: Departure): void {
    const { index } = departure;
    if (index === this.#lastIndex && this.#awaited.at(-1) === departure) {
      this.#awaited.pop();
      this.#lastIndex -= 1;
      this.#settledIndex = Math.min(this.#settledIndex, this.#lastIndex);
      const before = this.#lastIndex > this.#settledIndex ? this.#lastIndex : undefined;
      if (index === this.#unconfirmedIndex) this.#unconfirmedIndex = before;
      for (const observer of this.#observers) observer.recordUnsent?.(departure);
    }
    this.#options.onChange();
  }

  /**
   * Takes a receipt for all frames up to its index, and for later copies of that picture.
   *
   * @param now - in seconds by the monotonic clock
   * @returns undefined for a frame that was never sent
   */
  confirm(
    { index, localtime, held = 0, seen, view_time: viewTime }: ConfirmedFrame,
    now: number,
  ): Receipt | undefined {
    if (index > this.#lastIndex) return undefined;
    const showsNewest = this.#unconfirmedIndex !== undefined && index >= this.#unconfirmedIndex;
    if (showsNewest) this.#unconfirmedIndex = undefined;
    this.#settledIndex = showsNewest ? this.#lastIndex : Math.max(index, this.#settledIndex);
    this.#probing = false;
    const times = { localtime, receivedAt: now - held, held, viewTime, seen };
    const receipt = { index, ...times, ...this.#takeConfirmed(index) };
    for (const observer of this.#observers) observer.recordReceipt?.(receipt);
    this.#options.onChange();
    return receipt;
  }

  /** The frames in flight are considered lost. Their receipts may still come. */
  giveUp(): void {
    this.#settledIndex = this.#lastIndex;
    this.#givenUpIndex = this.#lastIndex;
    this.#probing = true;
    this.#options.onChange();
  }

  /** The view that got the frames so far is gone: its receipts will not come. */
  forget(): void {
    this.#awaited = [];
    this.#settledIndex = this.#lastIndex;
    this.#unconfirmedIndex = undefined;
    this.#probing = false;
    this.#options.onChange();
  }

  #takeConfirmed(index: number): Pick<Receipt, "confirmed" | "frame"> {
    const left = this.#awaited.findIndex((departure) => departure.index > index);
    const taken = this.#awaited.splice(0, left < 0 ? this.#awaited.length : left);
    const last = taken.at(-1);
    const frame = last?.index === index ? last : undefined;
    // A later frame's receipt doesn't confirm given-up frames: they may be lost.
    const confirmed = taken.filter((one) => one === frame || one.index > this.#givenUpIndex);
    return { confirmed, frame };
  }
}
