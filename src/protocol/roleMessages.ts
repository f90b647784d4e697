/**
 * The messages of the WebSocket route about who drives a stream. pdum.rfb doesn't know them.
 * docs/PROTOCOL.md describes them; change both in one commit.
 */

/** The viewer asks to drive: that its events reach the stream. */
export interface StreamDriveRequest {
  readonly type: "request_drive";
}

/** The driver hands over. */
export interface StreamHandOver {
  readonly type: "hand_over";
  /** One of {@link StreamRole.asking}. @defaultValue the viewer that asked first */
  readonly to?: string;
}

/** The client's role, sent when it changes, by a stream that not every viewer drives. */
export interface StreamRole {
  readonly type: "role";
  /** Whether its events reach the stream. */
  readonly drives: boolean;
  /** Whether it may ask to drive. */
  readonly may_drive: boolean;
  /** Whether any viewer drives. */
  readonly has_driver: boolean;
  /** Whether it has asked to drive, and waits for the driver to hand over. */
  readonly asks: boolean;
  /** Ids of the viewers that ask, the first one first, at most 32; only for the driver. */
  readonly asking?: readonly string[];
}
