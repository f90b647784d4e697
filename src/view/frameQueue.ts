/** Which frame is decoded, painted and acknowledged, and when. Pure policy: decoding, painting and sending are injected. */
import type { FrameMessage } from "../protocol/messages";
import type { Disposable } from "../protocol/transport";

/**
 * Decodes at once. Two, because a session has two frames in flight by default and browsers decode on other threads: one at a
 * time would halve the rate, more would only take the processor from the page.
 */
const MAX_CONCURRENT_DECODES = 2;

/** A decoded frame that holds memory until it is closed, such as an ImageBitmap. */
export interface Picture {
  /** Width in device pixels. */
  readonly width: number;
  /** Height in device pixels. */
  readonly height: number;
  close(): void;
}

/** What a {@link FrameQueue} needs of the world. */
export interface FrameQueueOptions<Decoded extends Picture> {
  /** Decodes a frame's bytes. */
  decode(frame: FrameMessage, bytes: Uint8Array | undefined): Promise<Decoded>;
  /** Shows a picture. The callee owns it from here on, and closes it. */
  paint(picture: Decoded): void;
  /** Sends the receipt of a frame: painted, or dropped for a newer one. Called in the order of arrival. */
  acknowledge(frame: FrameMessage): void;
  /** A frame could not be decoded or painted. It is acknowledged nevertheless, so that the session goes on. */
  reportError(error: unknown, frame: FrameMessage): void;
}

interface Entry<Decoded> {
  readonly frame: FrameMessage;
  /** Held only until decoding begins. */
  bytes: Uint8Array | undefined;
  state: "waiting" | "decoding" | "done";
  /** The result; undefined where the frame was dropped or broken. */
  picture: Decoded | undefined;
}

/**
 * Takes frames in the order of arrival, paints them in that order and acknowledges each exactly once.
 *
 * A frame is dropped, and acknowledged as such, when a newer one is ready to be painted too, or when a newer one waits for a
 * decoder behind it. Receipts never overtake: a receipt for an index stands for all frames before it.
 */
export class FrameQueue<Decoded extends Picture> implements Disposable {
  readonly #options: FrameQueueOptions<Decoded>;
  #entries: Entry<Decoded>[] = [];
  #decodes = 0;
  #isDisposed = false;

  constructor(options: FrameQueueOptions<Decoded>) {
    this.#options = options;
  }

  /** Adds a frame that came from the session. */
  push(frame: FrameMessage, bytes: Uint8Array | undefined): void {
    if (this.#isDisposed) return;
    this.#entries.push({ frame, bytes, state: "waiting", picture: undefined });
    this.#advance();
  }

  /** Closes what is decoded and forgets the rest. Nothing is painted or acknowledged any more. */
  dispose(): void {
    this.#isDisposed = true;
    for (const entry of this.#entries) entry.picture?.close();
    this.#entries = [];
  }

  #advance(): void {
    const waiting = this.#entries.filter((entry) => entry.state === "waiting");
    const newest = waiting.pop();
    for (const stale of waiting) {
      stale.state = "done";
      stale.bytes = undefined;
    }
    if (newest !== undefined && this.#decodes < MAX_CONCURRENT_DECODES) void this.#decode(newest);
    this.#settle();
  }

  async #decode(entry: Entry<Decoded>): Promise<void> {
    const bytes = entry.bytes;
    entry.state = "decoding";
    entry.bytes = undefined;
    this.#decodes += 1;
    let picture: Decoded | undefined;
    try {
      picture = await this.#options.decode(entry.frame, bytes);
    } catch (error) {
      if (!this.#isDisposed) this.#options.reportError(error, entry.frame);
    }
    this.#decodes -= 1;
    if (this.#isDisposed) {
      picture?.close();
      return;
    }
    entry.picture = picture;
    entry.state = "done";
    this.#advance();
  }

  /** Paints the newest of the frames at the head that are done, and acknowledges all of them. */
  #settle(): void {
    const firstOpen = this.#entries.findIndex((entry) => entry.state !== "done");
    const done = this.#entries.splice(0, firstOpen === -1 ? this.#entries.length : firstOpen);
    const painted = done.filter((entry) => entry.picture !== undefined).at(-1);
    for (const entry of done) {
      if (entry !== painted) entry.picture?.close();
    }
    if (painted?.picture !== undefined) {
      try {
        this.#options.paint(painted.picture);
      } catch (error) {
        this.#options.reportError(error, painted.frame);
      }
    }
    for (const entry of done) this.#options.acknowledge(entry.frame);
  }
}
