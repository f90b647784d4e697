import { asError } from "../../protocol/errors";
import { copyRawFrame, type RawFrame } from "./frame";

interface PendingSnapshot {
  resolve(frame: RawFrame): void;
  reject(error: unknown): void;
}

/** Snapshots that wait for a frame. Each gets its own copy. */
export class PendingSnapshots {
  readonly #all = new Set<PendingSnapshot>();
  readonly #forNextFrame = new Set<PendingSnapshot>();
  readonly #onWaiting: (waits: boolean) => void;

  /**
   * @param onWaiting - called when the first snapshot waits for the next frame sent, and when none
   * does any more
   */
  constructor(onWaiting: (waits: boolean) => void) {
    this.#onWaiting = onWaiting;
  }

  /**
   * A snapshot of the frame that `drawing` resolves with; if that is null, of `fallback()`; if that
   * is undefined, of the next frame that is sent.
   */
  add(drawing: Promise<RawFrame | null>, fallback: () => RawFrame | undefined): Promise<RawFrame> {
    return new Promise((resolve, reject) => {
      const pending: PendingSnapshot = { resolve, reject };
      this.#all.add(pending);
      drawing.then(
        (drawn) => {
          const frame = drawn ?? fallback();
          if (frame !== undefined) this.#resolve(pending, frame);
          else if (this.#all.has(pending)) this.#waitForFrame(pending);
        },
        (error: unknown) => {
          this.#remove(pending);
          reject(asError(error));
        },
      );
    });
  }

  /** Whether any waits for the next frame. */
  get isWaiting(): boolean {
    return this.#forNextFrame.size > 0;
  }

  /** A frame is sent: resolves the snapshots that wait for one. */
  frameSent(frame: RawFrame): void {
    for (const pending of [...this.#forNextFrame]) this.#resolve(pending, frame);
  }

  /** Rejects all. */
  rejectAll(error: Error): void {
    for (const pending of [...this.#all]) {
      this.#remove(pending);
      pending.reject(error);
    }
  }

  #resolve(pending: PendingSnapshot, frame: RawFrame): void {
    this.#remove(pending);
    pending.resolve(copyRawFrame(frame));
  }

  #waitForFrame(pending: PendingSnapshot): void {
    this.#forNextFrame.add(pending);
    if (this.#forNextFrame.size === 1) this.#onWaiting(true);
  }

  #remove(pending: PendingSnapshot): void {
    this.#all.delete(pending);
    if (this.#forNextFrame.delete(pending) && this.#forNextFrame.size === 0) this.#onWaiting(false);
  }
}
