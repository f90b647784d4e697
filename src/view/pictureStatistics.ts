/** What is measured of a picture, for its user to see. */

/** The stages of a picture's way, from the user's event to the painted frame, in their order. */
export const STAGES = ["event", "draw", "encode", "way", "decode", "paint"] as const;

/** One of {@link STAGES}. */
export type Stage = (typeof STAGES)[number];

/** Times in milliseconds; undefined where nothing was measured yet. */
export type StageTimes = Readonly<Record<Stage, number | undefined>>;

/** The statistics of one picture, since the page shows it. */
export interface PictureStatistics {
  readonly framesReceived: number;
  /** Frames that were painted. The others were dropped for newer ones. */
  readonly framesShown: number;
  /** Frames painted in the last second. */
  readonly fps: number;
  readonly bytesReceived: number;
  /** "jpeg", "h264" and so on; undefined before the first frame. */
  readonly codec: string | undefined;
  /** The frame's size in device pixels. */
  readonly width: number;
  readonly height: number;
  /** From this page to the picture's source and back; undefined where it isn't known. */
  readonly roundTripMs: number | undefined;
  readonly stages: StageTimes;
}
