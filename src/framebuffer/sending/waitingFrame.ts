import type { FrameLedger } from "../pacing/frameLedger";
import type { KeptFrame } from "../source/framePool";
import type { FrameStatistics } from "../stats";

/**
 * Frames that the encoder may have when a frame comes that nothing holds back: one that is being
 * encoded, and one that can begin when that is done. Of those that come meanwhile the newest waits.
 */
export const MAX_ENCODING = 2;

/** Holds the newest of the frames that come while the encoder is busy. It counts as in flight. */
export class WaitingFrame {
  readonly #ledger: FrameLedger;
  readonly #statistics: FrameStatistics;
  #frame: KeptFrame | undefined;

  constructor(ledger: FrameLedger, statistics: FrameStatistics) {
    this.#ledger = ledger;
    this.#statistics = statistics;
  }

  /** Takes a frame over from the caller, in place of the one that waits. */
  put(frame: KeptFrame): void {
    this.replace();
    this.#ledger.begin();
    this.#frame = frame;
  }

  /** Hands the frame that waits over to the caller. */
  take(): KeptFrame | undefined {
    const frame = this.#frame;
    if (frame === undefined) return undefined;
    this.#frame = undefined;
    this.#ledger.abandon();
    return frame;
  }

  /** A newer frame is there: the one that waits is never sent. */
  replace(): void {
    if (this.#frame !== undefined) this.#statistics.frameReplaced();
    this.drop();
  }

  /** Releases the frame that waits. */
  drop(): void {
    this.take()?.release();
  }
}
