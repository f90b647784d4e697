import type { SessionMessage } from "../protocol/messages";
import type { Transport } from "../protocol/transport";
import type { ImageEncoders } from "./encoders/imageEncoders";
import type { CreateVideoEncoder } from "./encoders/videoEncoder";
import type { Runtime } from "./runtime";
import type { SessionActivity } from "./sending/frameSender";
import type { SharedFrames } from "./sending/sharedFrames";
import type { SessionSettings } from "./settings";
import type { FrameSource } from "./source/frameSource";

/** What a FramebufferSession needs. */
export interface FramebufferSessionOptions {
  readonly source: FrameSource;
  readonly transport: Transport<SessionMessage>;
  readonly settings: SessionSettings;
  /** Shows an error to the user. The session goes on. */
  reportError(error: unknown, during: SessionActivity): void;
  /** Disposed of with the session. @defaultValue the runtime's */
  readonly encoders?: ImageEncoders | undefined;
  /** @defaultValue the runtime's */
  readonly createVideoEncoder?: CreateVideoEncoder | undefined;
  /**
   * What is done once for all sessions that show the same frames, which must lie in one pool.
   *
   * @defaultValue nothing is shared
   */
  readonly shared?: SharedFrames | undefined;
  /** Where the session runs: `nodeRuntime` or `browserRuntime`. */
  readonly runtime: Runtime;
}
