import type { SessionMessage } from "../../protocol/messages";
import type { Transport } from "../../protocol/transport";
import type { ImageEncoders } from "../encoders/imageEncoders";
import type { CreateVideoEncoder } from "../encoders/videoEncoder";
import type { FrameLedger } from "../pacing/frameLedger";
import type { LinkEstimate } from "../planning/linkEstimate";
import type { Runtime } from "../runtime";
import type { SessionSettings } from "../settings";
import type { RawFrame } from "../source/frame";
import type { FrameStatistics } from "../stats";
import type { SessionActivity } from "./frameSender";
import type { SharedFrames } from "./sharedFrames";

/** What a PictureSender needs. */
export interface PictureSenderOptions {
  readonly transport: Pick<Transport<SessionMessage>, "send">;
  readonly settings: SessionSettings;
  readonly runtime: Runtime;
  readonly ledger: FrameLedger;
  /** Observes the ledger before this does. */
  readonly link: LinkEstimate;
  readonly statistics: FrameStatistics;
  /** Disposed of by this. */
  readonly encoders: ImageEncoders;
  readonly createVideoEncoder: CreateVideoEncoder;
  /** What is done once for all sessions that show the same frames. */
  readonly shared?: SharedFrames | undefined;
  /** Whether a draw is requested that has not begun. */
  readonly isDrawWanted: () => boolean;
  /** Whether a lossless redraw may be sent now. When it may again, `retryStill()` is called. */
  maySendStill(): boolean;
  /** A picture that is new to the view goes to the encoder. */
  onPicture(frame: RawFrame): void;
  report(error: unknown, during: SessionActivity): void;
}
