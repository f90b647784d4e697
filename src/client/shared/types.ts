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

/** The format of a captured frame: raw pixels, or a PNG file. */
export type CaptureFormat = "imagedata" | "blob";

/** Width and height in one unit. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
