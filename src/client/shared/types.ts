/**
 * Small types that the page and its worker share. The public names are pdum.rfb's where it has
 * them.
 */

/**
 * The state of a view's connection.
 *
 * - "connecting": the first connection is being opened
 * - "open": the WebSocket is open
 * - "negotiated": the server has announced the format of the frames
 * - "reconnecting": the connection is lost, and the view waits before another attempt or is making
 *   it
 * - "closed": closed for good, because the view was disposed or the server refused it
 * - "error": the view's worker cannot run
 */
export type ConnectionState =
  "connecting" | "open" | "negotiated" | "reconnecting" | "closed" | "error";

export type { FitMode } from "../../protocol/shownFit";

/**
 * A viewer's part in a stream whose server gives all events of one viewer at a time, the driver, to
 * its program.
 */
export interface ViewerRole {
  /** Whether this viewer drives. If not, only its size and visibility are sent. */
  readonly drives: boolean;
  /** Whether this viewer may ask to drive. */
  readonly mayDrive: boolean;
  /** Whether any viewer drives. */
  readonly hasDriver: boolean;
  /** Whether this viewer has asked to drive, and waits for the driver to hand over. */
  readonly asks: boolean;
  /** Ids of the viewers that ask this one, the driver, to hand over; the first one first. */
  readonly asking: readonly string[];
}

/** The format of a captured frame: raw pixels, or a PNG file. */
export type CaptureFormat = "imagedata" | "blob";

/** Width and height in one unit. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
