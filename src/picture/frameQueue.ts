/**
 * Decides when each frame is decoded, painted and acknowledged. Pure policy: decoding, painting and
 * sending are injected.
 */
import { errorMessage } from "../protocol/errors";
import { isInParts, type FrameMessage, type VideoFrameMessage } from "../protocol/messages";
import type { Disposable } from "../protocol/transport";
import { LostFrameError, MissingBaseError } from "./frameErrors";

/**
 * How many images are decoded concurrently. A session has two frames in flight by default, and
 * browsers decode on other threads: one at a time would halve the rate, and more would only compete
 * with the page for the CPU. Video is not counted: it has one decoder, which takes chunks in order.
 */
const MAX_CONCURRENT_DECODES = 2;

/** A decoded frame, which holds memory until it is closed. */
export interface Decoded {
  close(): void;
}

/** What a {@link FrameQueue} depends on. */
export interface FrameQueueOptions<Result extends Decoded> {
  /**
   * Decodes a frame's bytes. Video chunks are passed in order of arrival, without waiting for the
   * previous one.
   */
  decode(frame: FrameMessage, buffers: readonly Uint8Array[]): Promise<Result>;
  /** Shows a frame. The queue closes it afterwards. */
  paint(result: Result, frame: FrameMessage): void;
  /** Sends the receipt of a painted or dropped frame. Called in order of arrival. */
  acknowledge(frame: FrameMessage, isPainted: boolean): void;
  /**
   * Reports a frame that could not be decoded or painted. It is acknowledged as well, so that the
   * session continues.
   */
  reportError(error: unknown, frame: FrameMessage): void;
  /**
   * A frame cannot be shown, and neither can the ones that depend on it. Called for each such
   * frame.
   */
  needKeyframe(reason: string): void;
  /** A self-contained frame was painted. */
  onKeyframe(): void;
  /**
   * How many frames may wait in the queue. Further frames that depend on an earlier one are dropped
   * and a keyframe is requested; otherwise the picture would lag further and further behind.
   *
   * @defaultValue no limit, because the session limits the frames in flight
   */
  readonly maxWaiting?: number;
}

interface Entry<Result> {
  readonly frame: FrameMessage;
  /** Released when decoding starts. */
  buffers: readonly Uint8Array[];
  state: "waiting" | "decoding" | "done";
  /** Undefined when the frame is not decoded yet, was dropped or is broken. */
  result: Result | undefined;
  failure: { readonly error: unknown } | undefined;
  isPainted: boolean;
}

/**
 * Paints frames in order of arrival and acknowledges each exactly once, in the same order: a
 * receipt covers all earlier frames.
 *
 * The queue drops a frame, and acknowledges it as dropped, when
 * - a newer complete picture is ready to be painted,
 * - a self-contained frame arrived while this one waited for a decoder,
 * - it changes a frame that is not the last painted one (patches, atlas) or the last decoded one
 *   (video); then a keyframe is requested,
 * - too many frames wait already; then a keyframe is requested too.
 */
export class FrameQueue<Result extends Decoded> implements Disposable {
  readonly #options: FrameQueueOptions<Result>;
  #entries: Entry<Result>[] = [];
  #decodes = 0;
  /**
   * The index of the frame on the screen; undefined before the first, and after a frame that failed
   * to paint.
   */
  #painted: number | undefined;
  #isDisposed = false;

  constructor(options: FrameQueueOptions<Result>) {
    this.#options = options;
  }

  /** Adds a frame from the session. */
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
    if (isSelfContained(frame)) this.#dropWaiting();
    else if (this.waiting >= maxWaiting) this.#refuse(entry, maxWaiting);
    this.#entries.push(entry);
    // Video chunks are decoded in order and never dropped, because each changes the one before.
    if (isVideo(frame) && entry.state === "waiting") void this.#decode(entry);
    this.#advance();
  }

  /** The number of frames that arrived and are not acknowledged yet. */
  get waiting(): number {
    return this.#entries.length;
  }

  /**
   * Closes the decoded frames and drops the rest. Nothing is painted or acknowledged afterwards.
   */
  dispose(): void {
    this.#isDisposed = true;
    for (const entry of this.#entries) entry.result?.close();
    this.#entries = [];
  }

  /**
   * Marks a frame as lost. Its keyframe is requested when the frames before it are done: one of
   * them may be a keyframe, and would be mistaken for the answer.
   */
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

  /**
   * Paints the decoded frames at the head, starting with the newest complete picture, and
   * acknowledges all of them.
   */
  #settle(): void {
    const firstOpen = this.#entries.findIndex((entry) => entry.state !== "done");
    const done = this.#entries.splice(0, firstOpen === -1 ? this.#entries.length : firstOpen);
    this.#closeReplaced();
    const start = done
      .map(({ frame, result }) => result !== undefined && !isInParts(frame))
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
        this.#handleFailure(error, frame, later);
      } finally {
        result?.close();
      }
    }
    for (const { frame, isPainted } of done) this.#options.acknowledge(frame, isPainted);
  }

  /**
   * Closes decoded frames that wait for an earlier one and will never be painted, since a newer
   * complete picture will be painted instead. A video decoder stops while too many of its pictures
   * are open.
   */
  #closeReplaced(): void {
    let isReplaced = false;
    for (const entry of [...this.#entries].reverse()) {
      // Once this one is decoded, the frames before it may be painted earlier than those behind it.
      if (entry.state !== "done") isReplaced = false;
      else if (!isReplaced) isReplaced = entry.result !== undefined && !isInParts(entry.frame);
      else {
        entry.result?.close();
        entry.result = undefined;
      }
    }
  }

  #paint(result: Result, frame: FrameMessage): void {
    const { index } = frame;
    if (isInParts(frame) && frame.base !== this.#painted) {
      throw new MissingBaseError(index, frame.base, this.#painted);
    }
    this.#painted = undefined;
    this.#options.paint(result, frame);
    this.#painted = index;
    if (isSelfContained(frame)) this.#options.onKeyframe();
  }

  #handleFailure(error: unknown, frame: FrameMessage, later: readonly Entry<Result>[]): void {
    if (!(error instanceof LostFrameError)) this.#options.reportError(error, frame);
    // A later self-contained frame restores the picture. If that one fails too, its own failure
    // requests a keyframe.
    if (later.some((entry) => isSelfContained(entry.frame))) return;
    const reason = errorMessage(error);
    this.#options.needKeyframe(`Cannot show frame ${frame.index}: ${reason}`);
  }
}

function isVideo(frame: FrameMessage): frame is VideoFrameMessage {
  return "chunk" in frame;
}

/** Whether a frame depends on no other: it is a whole image or a key chunk. */
export function isSelfContained(frame: FrameMessage): boolean {
  return isVideo(frame) ? frame.chunk === "key" : !isInParts(frame);
}
