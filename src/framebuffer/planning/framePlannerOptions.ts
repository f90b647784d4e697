import type { ImageEncoders } from "../encoders/imageEncoders";
import type { Clock } from "../runtime";
import type { VideoStreams } from "../sending/videoStreams";
import type { SessionSettings } from "../settings";
import type { LinkEstimate } from "./linkEstimate";

/** What a FramePlanner needs. */
export interface FramePlannerOptions {
  readonly clock: Pick<Clock, "monotonic">;
  readonly settings: SessionSettings;
  readonly videos: Pick<VideoStreams, "ensureReady" | "release" | "breakChain">;
  /** @defaultValue encoders that can do everything */
  readonly encoders?: Pick<ImageEncoders, "hasFullChroma"> | undefined;
  /** Observes the ledger before this does. */
  readonly link: LinkEstimate;
  /** Whether a draw is requested that has not begun. */
  readonly isDrawWanted: () => boolean;
  /**
   * The view cannot show the user's codec; another one is used. Called once for each codec and
   * view.
   */
  onUnsupported(error: Error): void;
}
