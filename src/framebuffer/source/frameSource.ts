import type { RfbEvent } from "../../protocol/events";
import type { Disposable } from "../../protocol/transport";
import type { Frame } from "./frame";

/**
 * The key of the method of a {@link FrameSource} that adds a listener, such as a server that shows
 * it.
 */
export const SOURCE_LISTENERS: unique symbol = Symbol.for("jupyter-rfb-ts.sourceListeners");

/** Draws a source, and is notified of its requests. */
export interface SourceListener {
  /** The source wants to be drawn. */
  onDrawRequest(): void;
  /** The source sends a frame without being asked. Not checked. */
  onFrame(frame: unknown): void;
  /** The source has closed and had its close event. Don't draw it again. */
  onClosed(): void;
}

/**
 * A frame, or nothing to cancel the draw. Not `void`, so that a method whose `return` was forgotten
 * does not compile.
 */
export type MaybeFrame = Frame | null | undefined;

/**
 * Draws frames and handles the user's events, like RemoteFrameBuffer. Several sessions may share
 * one.
 */
export interface FrameSource {
  /**
   * Draws and returns the next frame. Not called again before a returned Promise has settled.
   *
   * @returns the frame; null or nothing to cancel the draw
   */
  get_frame(): MaybeFrame | Promise<MaybeFrame>;
  /** Handles an event. An error, thrown or as a rejection, is reported and stops nothing. */
  handle_event(event: RfbEvent): void | Promise<void>;
  /** Adds a listener. A source without this method is drawn after each event. */
  [SOURCE_LISTENERS]?(listener: SourceListener): Disposable;
}
