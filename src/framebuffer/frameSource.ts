import type { RfbEvent } from "../protocol/events";
import type { Frame } from "./frame";

/** What draws frames and gets the user's events. RemoteFrameBuffer is one; several sessions may share one. */
export interface FrameSource {
  /**
   * Draws and returns the next frame. Not called again before a returned Promise has settled.
   *
   * @returns null or undefined to cancel the draw: nothing is sent.
   */
  get_frame(): Frame | null | undefined | Promise<Frame | null | undefined>;
  /** Gets what the user did. What it throws, now or later, is reported and stops nothing. */
  handle_event(event: RfbEvent): void | Promise<void>;
}
