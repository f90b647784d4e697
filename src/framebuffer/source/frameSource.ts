import type { RfbEvent } from "../../protocol/events";
import type { Disposable } from "../../protocol/transport";
import type { Frame } from "./frame";

/** The key of {@link FrameSource}'s method for those who draw it elsewhere than in its own view. */
export const SOURCE_LISTENERS: unique symbol = Symbol.for("jupyter-rfb-ts.sourceListeners");

/** Who draws a source, and hears what it wants. */
export interface SourceListener {
  /** The source wants to be drawn. */
  onDrawRequest(): void;
  /** The source sends a frame without being asked. Not checked. */
  onFrame(frame: unknown): void;
  /** The source is closed, and has been told: it draws no more. */
  onClosed(): void;
}

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
  /** Adds who draws it. A source that has no such method is drawn after each event. */
  [SOURCE_LISTENERS]?(listener: SourceListener): Disposable;
}
