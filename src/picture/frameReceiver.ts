/**
 * Receives the frames of one session: decodes, paints and acknowledges them, and requests a
 * keyframe when frames are lost.
 */
import {
  PROTOCOL_VERSION,
  type FrameMessage,
  type ViewAbility,
  type ViewMessage,
} from "../protocol/messages";
import type { Disposable } from "../protocol/transport";
import type { ViewAbilities } from "./abilities";
import { BrowserFrameDecoder } from "./decoders/frame";
import { FrameQueue, isSelfContained } from "./frameQueue";
import { KeyframeRequester } from "./keyframeRequester";
import type { Painting } from "./painting";
import { ReceiptPace } from "./receiptPace";
import { browserFrames, browserTimers } from "./timers";

/** What a {@link FrameReceiver} depends on. */
export interface FrameReceiverOptions {
  /** Sends a message to the session. Must not throw. */
  send(message: ViewMessage): void;
  /**
   * Shows a picture. The receiver closes it afterwards.
   *
   * @throws RangeError when a part lies outside the picture.
   */
  paint(painting: Painting, frame: FrameMessage): void;
  /**
   * Reports a message or frame that cannot be used; the receiver continues. Called once at most.
   */
  reportError(message: string, error: unknown): void;
  /** The browser's abilities. */
  readonly abilities: ViewAbilities;
  /**
   * Whether the session is to send all bytes as base64. False leaves it to the session, and without
   * it the session doesn't learn that it could.
   */
  readonly base64?: boolean | undefined;
  /** Whether to announce this ability to the session. @defaultValue all are announced */
  isWanted?(ability: ViewAbility): boolean;
  /**
   * Abilities that turned out not to work, though the browser claims them. The receiver adds to the
   * set; pass the same set to the next receiver.
   *
   * @defaultValue an empty set
   */
  readonly withdrawn?: Set<ViewAbility>;
  /** A frame was painted or dropped. Its receipt may follow later: see {@link ReceiptPace}. */
  onDone?(frame: FrameMessage, isPainted: boolean): void;
  /** A receipt is about to be sent. */
  onReceipt?(): void;
  /** A frame was painted that shows something new. Called before {@link onDone}. */
  onPainted?(frame: FrameMessage, times: PaintTimes): void;
  /** A keyframe has restored the picture after frames were lost. */
  onRecovery?(): void;
  /** See `maxWaiting` of FrameQueueOptions. @defaultValue no limit */
  readonly maxWaiting?: number;
}

/** What a painted frame took, in milliseconds. */
export interface PaintTimes {
  /** From when it came until it was painted. */
  readonly here: number;
  /** Of that, until it was decoded, with the time that it waited for a decoder. */
  readonly decode: number;
  /** Of that, painting. */
  readonly paint: number;
}

/** Receives frames, in a page or in a worker. */
export class FrameReceiver implements Disposable {
  readonly #options: FrameReceiverOptions;
  readonly #decoder: BrowserFrameDecoder;
  readonly #queue: FrameQueue<Painting>;
  readonly #keyframes: KeyframeRequester;
  readonly #receipts = new ReceiptPace({
    frames: browserFrames,
    timers: browserTimers,
    now: () => performance.now(),
  });
  readonly #withdrawn: Set<ViewAbility>;
  /** Whether frames are lost that no keyframe has replaced yet. */
  #hasGap = false;
  /**
   * Why a frame behind all waiting ones is lost. Its keyframe is requested when those are shown.
   */
  #lostReason: string | undefined;
  #hasReported = false;
  /** When frames came and were decoded, in milliseconds. */
  readonly #moments = new WeakMap<FrameMessage, { readonly came: number; decoded: number }>();
  #isDisposed = false;

  constructor(options: FrameReceiverOptions) {
    this.#options = options;
    this.#withdrawn = options.withdrawn ?? new Set();
    this.#decoder = new BrowserFrameDecoder(browserTimers, (codec) => this.#withdraw(codec));
    this.#keyframes = new KeyframeRequester({
      timers: browserTimers,
      send: (reason) => this.#send({ type: "request_keyframe", reason }),
    });
    this.#queue = new FrameQueue({
      ...options,
      decode: (frame, buffers) => this.#decode(frame, buffers),
      paint: (painting, frame) => this.#paint(painting, frame),
      acknowledge: (frame, isPainted) => this.#acknowledge(frame, isPainted),
      reportError: (error, { index }) =>
        this.report(`Cannot show frame ${index}, or others of its kind`, error),
      needKeyframe: (reason) => this.#needKeyframe(reason),
      onKeyframe: () => this.#onKeyframe(),
    });
  }

  /** The number of frames that arrived and are not acknowledged yet. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** The abilities that the next hello will announce. */
  get accepts(): ViewAbility[] {
    const options = this.#options;
    return options.abilities.current.filter(
      (ability) => !this.#withdrawn.has(ability) && (options.isWanted?.(ability) ?? true),
    );
  }

  /** Announces a view and its abilities to the session, which answers with a keyframe. */
  hello(): void {
    this.#keyframes.expect();
    const { base64 } = this.#options;
    this.#send({ type: "hello", version: PROTOCOL_VERSION, accepts: this.accepts, base64 });
  }

  /** Takes the next frame from the session. */
  push(frame: FrameMessage, buffers: readonly Uint8Array[]): void {
    if (isSelfContained(frame)) this.#lostReason = undefined;
    const came = performance.now();
    this.#moments.set(frame, { came, decoded: came });
    this.#queue.push(frame, buffers);
  }

  /**
   * Reports a frame that could not be parsed. A keyframe is requested once the frames before it are
   * shown.
   */
  noteLostFrame(reason: string): void {
    this.#lostReason = reason;
    this.#requestLost();
  }

  /** Reports the first error only: a broken encoder causes sixty a second. */
  report(message: string, error: unknown): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    this.#options.reportError(message, error);
  }

  /** Closes the decoded frames and the decoders. Nothing is painted or sent afterwards. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#queue.dispose();
    this.#decoder.dispose();
    this.#keyframes.dispose();
    this.#receipts.dispose();
  }

  async #decode(frame: FrameMessage, buffers: readonly Uint8Array[]): Promise<Painting> {
    const painting = await this.#decoder.decode(frame, buffers);
    const moments = this.#moments.get(frame);
    if (moments !== undefined) moments.decoded = performance.now();
    if (frame.color?.primaries !== "display-p3") return painting;
    return { ...painting, colorSpace: "display-p3" };
  }

  #paint(painting: Painting, frame: FrameMessage): void {
    const began = performance.now();
    this.#options.paint(painting, frame);
    const moments = this.#moments.get(frame);
    if (moments === undefined || refines(frame)) return;
    const ended = performance.now();
    const { came, decoded } = moments;
    const times = { here: ended - came, decode: decoded - came, paint: ended - began };
    this.#options.onPainted?.(frame, times);
  }

  #acknowledge(frame: FrameMessage, isPainted: boolean): void {
    const { index, timestamp } = frame;
    const localtime = Date.now() / 1000;
    const { came = 0 } = this.#moments.get(frame) ?? {};
    const view_time = (performance.now() - came) / 1000;
    this.#options.onDone?.(frame, isPainted);
    this.#receipts.done(isPainted && !refines(frame), (heldMs, seen) => {
      const held = heldMs / 1000;
      this.#options.onReceipt?.();
      this.#send({
        ...{ type: "frame_feedback", index, timestamp, localtime },
        ...{ view_time, held, displayed: isPainted, seen },
      });
    });
    this.#requestLost();
  }

  #requestLost(): void {
    if (this.#lostReason === undefined || this.waiting > 0) return;
    this.#needKeyframe(this.#lostReason);
    this.#lostReason = undefined;
  }

  #needKeyframe(reason: string): void {
    this.#hasGap = true;
    this.#keyframes.request(reason);
  }

  #onKeyframe(): void {
    this.#keyframes.fulfil();
    if (this.#hasGap) this.#options.onRecovery?.();
    this.#hasGap = false;
  }

  #withdraw(codec: ViewAbility): void {
    this.#withdrawn.add(codec);
    this.hello();
  }

  #send(message: ViewMessage): void {
    if (!this.#isDisposed) this.#options.send(message);
  }
}

/** Whether a frame only improves what is on the screen. */
function refines(frame: FrameMessage): boolean {
  return "patches" in frame && frame.refines === true;
}
