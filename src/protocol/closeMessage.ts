/** Longest {@link StreamClose.reason}, in characters. */
export const MAX_CLOSE_TEXT = 500;

/**
 * The last message before the server closes the connection: the code and the reason, which some
 * proxies don't pass on. Not known to pdum.rfb, whose clients ignore it.
 */
export interface StreamClose {
  readonly type: "close";
  /** One of `CLOSE_CODES`. */
  readonly code: number;
  /** For people. At most {@link MAX_CLOSE_TEXT} characters. */
  readonly reason: string;
}
