import type { FramePlanner } from "../planning/framePlanner";
import type { Disposable } from "../../protocol/transport";
import type { KeptFrame } from "../source/framePool";
import type { FrameCoder } from "./frameCoder";

/** What an {@link ImageProbe} needs. */
export interface ImageProbeOptions {
  readonly planner: Pick<FramePlanner, "planProbe" | "recordProbe">;
  readonly coder: Pick<FrameCoder, "encode">;
}

/**
 * Measures what a frame that goes as video would take as an image, where the planner asks for it.
 * The image isn't sent: the chain of chunks goes on, and the viewer waits for nothing.
 */
export class ImageProbe implements Disposable {
  readonly #options: ImageProbeOptions;
  #isDisposed = false;

  constructor(options: ImageProbeOptions) {
    this.#options = options;
  }

  /**
   * A frame went to the video encoder. Never rejects.
   *
   * @param sent - settles when its chunk was sent, which goes first
   */
  async follow(frame: KeptFrame, sent: Promise<unknown>): Promise<void> {
    const { coder, planner } = this.#options;
    const plan = planner.planProbe();
    if (plan === undefined) return;
    const held = frame.retain();
    try {
      await sent;
      if (this.#isDisposed) return;
      planner.recordProbe(frame, plan, await coder.encode(frame, plan));
    } catch {
      // A later frame is measured instead. If images are needed, their own errors are reported.
    } finally {
      held.release();
    }
  }

  /** Measures nothing more. */
  dispose(): void {
    this.#isDisposed = true;
  }
}
