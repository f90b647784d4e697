/** The statistics of a stream. The names are pdum.rfb's where it has them. */

/** The statistics of a stream, over all its connections. */
export interface Stats {
  /** Painted frames. */
  readonly framesDisplayed: number;
  /**
   * Frames that arrived and were not painted, because they were broken or a newer one replaced
   * them.
   */
  readonly framesDropped: number;
  /** The server's number of the frame on the screen; -1 before the first. */
  readonly lastDisplayedSeq: number;
  /** Frames that have arrived and are not painted yet. */
  readonly decodeQueueSize: number;
  /**
   * How the last frame was sent: as an image, or as video ("webcodecs"). "none" before the first.
   */
  readonly transport: "image" | "webcodecs" | "none";
  /**
   * How often a keyframe restored the picture after frames were lost. Absent before the first time.
   */
  readonly recoveries?: number;
  /** The last frame's WebCodecs codec string or image media type. Absent before the first. */
  readonly codec?: string;
  /** Frames painted in the last second. */
  readonly fps: number;
  /** The frame's width in device pixels; 0 before the first. */
  readonly frameWidth: number;
  /** The frame's height in device pixels; 0 before the first. */
  readonly frameHeight: number;
  /** Bytes received from the server. */
  readonly bytesReceived: number;
  /** How often the view has reconnected. */
  readonly reconnects: number;
  /**
   * The time from a frame's arrival until it is decoded, in milliseconds; a running mean. This and
   * the next field are absent before the first frame.
   */
  readonly decodeMs?: number;
  /** The time that painting a frame takes, in milliseconds; a running mean. */
  readonly paintMs?: number;
  /**
   * The round trip in milliseconds, measured by the server. This and the fields below are absent
   * until the server reports them.
   */
  readonly serverRttMs?: number;
  /** Frames that the server sends per second. */
  readonly serverFpsSent?: number;
  /** The bit rate that the server measures, in bits per second. */
  readonly serverBitrateBps?: number;
  /** The time that the server's source takes to draw a frame, in milliseconds. */
  readonly serverDrawMs?: number;
  /** The server's encoding time for a frame, in milliseconds. */
  readonly serverEncodeMs?: number;
  /** Frames that the server dropped before encoding them. */
  readonly serverDropped?: number;
  /** The bit rate that the server aims at, in bits per second. */
  readonly targetBitrate?: number;
  /** The frame rate that the server aims at. */
  readonly targetFps?: number;
}

/** The statistics before the first message from the server. */
export const EMPTY_STATS: Stats = {
  framesDisplayed: 0,
  framesDropped: 0,
  lastDisplayedSeq: -1,
  decodeQueueSize: 0,
  transport: "none",
  fps: 0,
  frameWidth: 0,
  frameHeight: 0,
  bytesReceived: 0,
  reconnects: 0,
};
