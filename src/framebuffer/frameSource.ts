import type { RfbEvent } from "../protocol/events";
import type { Frame } from "./frame";

/** A frame, or nothing to cancel the draw. `void` is what TypeScript infers for a method that only throws, or returns nothing. */
export type MaybeFrame = Frame | null | undefined | void;

/** What draws frames and gets the user's events. RemoteFrameBuffer is one; several sessions may share one. */
export interface FrameSource {
  /**
   * Draws and returns the next frame. Not called again before a returned Promise has settled.
   *
   * @returns the frame; null or nothing to cancel the draw: nothing is sent.
   */
  get_frame(): MaybeFrame | Promise<MaybeFrame>;
  /** Gets what the user did. What it throws, now or later, is reported and stops nothing. */
  handle_event(event: RfbEvent): void | Promise<void>;
}
