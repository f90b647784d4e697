/** Takes the frames of one session: decodes them, has them painted, acknowledges them, and asks for what is missing. */
import type { FrameMessage, ViewAbility, ViewMessage } from "../protocol/messages";
import { PROTOCOL_VERSION } from "../protocol/messages";
import type { Disposable } from "../protocol/transport";
import type { ViewAbilities } from "./abilities";
import { BrowserFrameDecoder } from "./decoders/frame";
import { FrameQueue, needsNoOther } from "./frameQueue";
import { KeyframeRequester } from "./keyframeRequester";
import type { Painting } from "./painting";
import { browserTimers } from "./timers";

/** What a {@link FrameReceiver} needs of the world. */
export interface FrameReceiverOptions {
  /** Sends to the session. It must not throw. */
  send(message: ViewMessage): void;
  /**
   * Shows a picture, which is closed afterwards.
   *
   * @throws RangeError when a part lies outside the picture.
   */
  paint(painting: Painting, frame: FrameMessage): void;
  /** Something is wrong with what came; the receiver goes on. Called once. */
  reportError(message: string, error: unknown): void;
  /** What the browser can show. */
  readonly abilities: ViewAbilities;
  /** Whether the session may be told of this ability. @defaultValue of all */
  isWanted?(ability: ViewAbility): boolean;
  /** What turned out not to work, though the browser said so. Give the same to the next one. @defaultValue nothing */
  readonly withdrawn?: Set<ViewAbility>;
  /** A frame is done with; its receipt follows. */
  onDone?(frame: FrameMessage, isPainted: boolean): void;
  /** Frames were lost, and a keyframe has mended it. */
  onRecovery?(): void;
  /** See {@link FrameQueue}. @defaultValue no limit */
  readonly maxWaiting?: number;
}

/** Works in a page and in a worker. */
export class FrameReceiver implements Disposable {
  readonly #options: FrameReceiverOptions;
  readonly #decoder: BrowserFrameDecoder;
  readonly #queue: FrameQueue<Painting>;
  readonly #keyframes: KeyframeRequester;
  readonly #withdrawn: Set<ViewAbility>;
  #isMissing = false;
  /** Why a frame that came after all that wait is lost. */
  #lost: string | undefined;
  #hasReported = false;
  #isDisposed = false;

  constructor(options: FrameReceiverOptions) {
    this.#options = options;
    this.#withdrawn = options.withdrawn ?? new Set();
    this.#decoder = new BrowserFrameDecoder(browserTimers, (codec) => this.#withdraw(codec));
    this.#keyframes = new KeyframeRequester({
      timers: browserTimers,
      send: (reason) => this.#send({ type: "request_keyframe", reason }),
    });
    const { maxWaiting } = options;
    this.#queue = new FrameQueue({
      decode: (frame, buffers) => this.#decode(frame, buffers),
      paint: (painting, frame) => options.paint(painting, frame),
      acknowledge: (frame, isPainted) => this.#acknowledge(frame, isPainted),
      reportError: (error, { index }) =>
        this.report(`Cannot show frame ${index}, nor any like it`, error),
      needKeyframe: (reason) => this.#needKeyframe(reason),
      onKeyframe: () => this.#onKeyframe(),
      ...(maxWaiting === undefined ? {} : { maxWaiting }),
    });
  }

  /** Frames that came and are not acknowledged yet. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** What the session is told that can be shown here, as far as it is known by now. */
  get accepts(): ViewAbility[] {
    const options = this.#options;
    return options.abilities.current.filter(
      (ability) => !this.#withdrawn.has(ability) && (options.isWanted?.(ability) ?? true),
    );
  }

  /** Tells the session that a view is there, and what it can show. It answers with a keyframe. */
  hello(): void {
    this.#keyframes.asked();
    this.#send({ type: "hello", version: PROTOCOL_VERSION, accepts: this.accepts });
  }

  /** Takes a frame that came. */
  push(frame: FrameMessage, buffers: readonly Uint8Array[]): void {
    if (needsNoOther(frame)) this.#lost = undefined;
    this.#queue.push(frame, buffers);
  }

  /** A frame came that cannot even be taken for one. Asks for a keyframe once those before it are shown. */
  lose(reason: string): void {
    this.#lost = reason;
    this.#askForLost();
  }

  /** Reports the first thing that is wrong: a broken encoder makes sixty of them a second. */
  report(message: string, error: unknown): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    this.#options.reportError(message, error);
  }

  /** Closes what is decoded and the decoders. Nothing is painted or sent any more. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#queue.dispose();
    this.#decoder.dispose();
    this.#keyframes.dispose();
  }

  async #decode(frame: FrameMessage, buffers: readonly Uint8Array[]): Promise<Painting> {
    const painting = await this.#decoder.decode(frame, buffers);
    if (frame.color?.primaries !== "display-p3") return painting;
    return { ...painting, colorSpace: "display-p3" };
  }

  #acknowledge(frame: FrameMessage, isPainted: boolean): void {
    const { index, timestamp } = frame;
    this.#options.onDone?.(frame, isPainted);
    this.#send({ type: "frame_feedback", index, timestamp, localtime: Date.now() / 1000 });
    this.#askForLost();
  }

  #askForLost(): void {
    if (this.#lost === undefined || this.waiting > 0) return;
    this.#needKeyframe(this.#lost);
    this.#lost = undefined;
  }

  #needKeyframe(reason: string): void {
    this.#isMissing = true;
    this.#keyframes.need(reason);
  }

  #onKeyframe(): void {
    this.#keyframes.fulfil();
    if (this.#isMissing) this.#options.onRecovery?.();
    this.#isMissing = false;
  }

  #withdraw(codec: ViewAbility): void {
    this.#withdrawn.add(codec);
    this.hello();
  }

  #send(message: ViewMessage): void {
    if (!this.#isDisposed) this.#options.send(message);
  }
}
