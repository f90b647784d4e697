import type { RfbEvent } from "../../protocol/events";
import type { Disposable } from "../../protocol/transport";
import type { Frame } from "./frame";

/**
 * The key of the method of a {@link FrameSource} that adds a listener, such as a server that shows
 * it.
 */
export const SOURCE_LISTENERS: unique symbol = Symbol.for("jupyter-rfb-ts.sourceListeners");

/** The key of a property of a {@link FrameSource}: whether it has a get_frame() of its own. */
export const HAS_GET_FRAME: unique symbol = Symbol.for("jupyter-rfb-ts.hasGetFrame");

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
  /**
   * False if get_frame() is only a default that draws nothing. A method that was probably meant to
   * be it is then named over the empty picture. @defaultValue true
   */
  readonly [HAS_GET_FRAME]?: boolean;
}

/** Names that people give to the method that has to be get_frame(). */
const MISTAKEN = ["getFrame", "get_Frame", "getframe", "get_frames", "render", "draw"];

/** The method that was probably meant to be get_frame(), of a source that has none. */
export function misnamedMethod(source: object): string | undefined {
  return MISTAKEN.find((method) => method in source);
}
