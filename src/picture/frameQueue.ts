/** Which frame is decoded, painted and acknowledged, and when. Pure policy: decoding, painting and sending are injected. */
import { errorMessage } from "../protocol/errors";
import type { FrameMessage, PatchFrameMessage, VideoFrameMessage } from "../protocol/messages";
import type { Disposable } from "../protocol/transport";
import { LostFrameError, MissingBaseError } from "./frameErrors";

/**
 * Images decoded at once. Two, because a session has two frames in flight by default and browsers decode on other threads: one at
 * a time would halve the rate, more would only take the processor from the page. Video has one decoder, which takes chunks in turn.
 */
const MAX_CONCURRENT_DECODES = 2;

/** A decoded frame that holds memory until it is closed. */
export interface Decoded {
  close(): void;
}

/** What a {@link FrameQueue} needs of the world. */
export interface FrameQueueOptions<Result extends Decoded> {
  /** Decodes a frame's bytes. Chunks of video are given in the order of arrival, without waiting for the one before. */
  decode(frame: FrameMessage, buffers: readonly Uint8Array[]): Promise<Result>;
  /** Shows a frame. It is closed afterwards. */
  paint(result: Result, frame: FrameMessage): void;
  /** Sends the receipt of a frame: painted, or dropped. Called in the order of arrival. */
  acknowledge(frame: FrameMessage, isPainted: boolean): void;
  /** A frame could not be decoded or painted. It is acknowledged nevertheless, so that the session goes on. */
  reportError(error: unknown, frame: FrameMessage): void;
  /** Frames are lost without which the next ones cannot be shown. Called for each frame that suffers. */
  needKeyframe(reason: string): void;
  /** A frame that needs no other was painted. */
  onKeyframe(): void;
  /**
   * Frames that may be under way to the screen. A frame beyond, which needs another one, is dropped, and with it those that need
   * it: what is shown would lag further and further behind. Then a keyframe is asked for.
   *
   * @defaultValue no limit: the session's own limit is enough
   */
  readonly maxWaiting?: number;
}

interface Entry<Result> {
  readonly frame: FrameMessage;
  /** Held only until decoding begins. */
  buffers: readonly Uint8Array[];
  state: "waiting" | "decoding" | "done";
  /** What was decoded; undefined where the frame was dropped or is broken. */
  result: Result | undefined;
  failure: { readonly error: unknown } | undefined;
  isPainted: boolean;
}

/**
 * Takes frames in the order of arrival, paints them in that order and acknowledges each exactly once.
 *
 * A frame is dropped, and acknowledged as such, when
 * - a newer complete picture is ready to be painted too, or
 * - it waits for a decoder and a frame that needs no other (an image or a key chunk) came after it, or
 * - it changes another frame than the one painted last (patches) or decoded last (video). Then a keyframe is asked for. Or
 * - too many wait already.
 *
 * Receipts never overtake: a receipt for an index stands for all frames before it.
 */
export class FrameQueue<Result extends Decoded> implements Disposable {
  readonly #options: FrameQueueOptions<Result>;
  #entries: Entry<Result>[] = [];
  #decodes = 0;
  /** The frame that is painted; undefined before the first. */
  #painted: number | undefined;
  #isDisposed = false;

  constructor(options: FrameQueueOptions<Result>) {
    this.#options = options;
  }

  /** Adds a frame that came from the session. */
  push(frame: FrameMessage, buffers: readonly Uint8Array[]): void {
    if (this.#isDisposed) return;
    const entry: Entry<Result> = {
      frame,
      buffers,
      state: "waiting",
      result: undefined,
      failure: undefined,
      isPainted: false,
    };
    const { maxWaiting = Infinity } = this.#options;
    if (needsNoOther(frame)) this.#dropWaiting();
    else if (this.waiting >= maxWaiting) this.#refuse(entry, maxWaiting);
    this.#entries.push(entry);
    // Never dropped, and in turn: the next chunk changes this one.
    if (isVideo(frame) && entry.state === "waiting") void this.#decode(entry);
    this.#advance();
  }

  /** Frames that came and are not acknowledged yet. */
  get waiting(): number {
    return this.#entries.length;
  }

  /** Closes what is decoded and forgets the rest. Nothing is painted or acknowledged any more. */
  dispose(): void {
    this.#isDisposed = true;
    for (const entry of this.#entries) entry.result?.close();
    this.#entries = [];
  }

  /** Its keyframe is asked for when it is its turn: one before it may be on the way to the screen, and would seem to be it. */
  #refuse(entry: Entry<Result>, maxWaiting: number): void {
    entry.state = "done";
    entry.buffers = [];
    entry.failure = { error: new LostFrameError(`${maxWaiting} frames wait before it`) };
  }

  #dropWaiting(): void {
    for (const entry of this.#entries) {
      if (entry.state !== "waiting") continue;
      entry.state = "done";
      entry.buffers = [];
    }
  }

  #advance(): void {
    for (const entry of this.#entries) {
      if (this.#decodes >= MAX_CONCURRENT_DECODES) break;
      if (entry.state === "waiting") void this.#decodeImage(entry);
    }
    this.#settle();
  }

  async #decodeImage(entry: Entry<Result>): Promise<void> {
    this.#decodes += 1;
    await this.#decode(entry, () => (this.#decodes -= 1));
  }

  async #decode(entry: Entry<Result>, onEnd?: () => void): Promise<void> {
    const { buffers } = entry;
    entry.state = "decoding";
    entry.buffers = [];
    let result: Result | undefined;
    try {
      result = await this.#options.decode(entry.frame, buffers);
    } catch (error) {
      entry.failure = { error };
    }
    onEnd?.();
    if (this.#isDisposed) {
      result?.close();
      return;
    }
    entry.result = result;
    entry.state = "done";
    this.#advance();
  }

  /** Paints what is done at the head, from the newest complete picture on, and acknowledges all of it. */
  #settle(): void {
    const firstOpen = this.#entries.findIndex((entry) => entry.state !== "done");
    const done = this.#entries.splice(0, firstOpen === -1 ? this.#entries.length : firstOpen);
    const start = done
      .map(({ frame, result }) => result !== undefined && !isPatches(frame))
      .lastIndexOf(true);
    for (const [at, entry] of done.entries()) {
      const { frame, result, failure } = entry;
      try {
        if (failure !== undefined) throw failure.error;
        if (result !== undefined && at >= start) {
          this.#paint(result, frame);
          entry.isPainted = true;
        }
      } catch (error) {
        const later = [...done.slice(at + 1), ...this.#entries];
        this.#suffer(error, frame, later);
      } finally {
        result?.close();
      }
    }
    for (const { frame, isPainted } of done) this.#options.acknowledge(frame, isPainted);
  }

  #paint(result: Result, frame: FrameMessage): void {
    const { index } = frame;
    if (isPatches(frame) && frame.base !== this.#painted) {
      throw new MissingBaseError(index, frame.base, this.#painted);
    }
    this.#painted = undefined;
    this.#options.paint(result, frame);
    this.#painted = index;
    if (needsNoOther(frame)) this.#options.onKeyframe();
  }

  #suffer(error: unknown, frame: FrameMessage, later: readonly Entry<Result>[]): void {
    if (!(error instanceof LostFrameError)) this.#options.reportError(error, frame);
    // What comes behind it may be a keyframe. Should that be broken too, it asks by itself.
    if (later.some((entry) => needsNoOther(entry.frame))) return;
    const reason = errorMessage(error);
    this.#options.needKeyframe(`Cannot show frame ${frame.index}: ${reason}`);
  }
}

function isVideo(frame: FrameMessage): frame is VideoFrameMessage {
  return "chunk" in frame;
}

function isPatches(frame: FrameMessage): frame is PatchFrameMessage {
  return "patches" in frame;
}

/** Whether a frame is a whole image or a key chunk. */
export function needsNoOther(frame: FrameMessage): boolean {
  return isVideo(frame) ? frame.chunk === "key" : !isPatches(frame);
}
