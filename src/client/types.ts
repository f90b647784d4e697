/** What a user of the client reads from it. The names are pdum.rfb's where it has them. */

/**
 * How far a connection has come.
 *
 * - "connecting": the first attempt is under way
 * - "open": the WebSocket is open
 * - "negotiated": the server has said how frames will come
 * - "reconnecting": the connection is gone, and another one is waited for or under way
 * - "closed": for good: disposed, or refused by the server
 * - "error": the worker cannot run here
 */
export type ConnectionState =
  "connecting" | "open" | "negotiated" | "reconnecting" | "closed" | "error";

/** How a frame fits an element of another shape: whole, with bars ("contain"); cut ("cover"); stretched ("fill"). */
export type FitMode = "contain" | "cover" | "fill";

/** What is known of a stream by now. */
export interface Stats {
  /** Frames painted, of all connections. */
  readonly framesDisplayed: number;
  /** Frames that came and were not painted: broken, or passed over for newer ones. */
  readonly framesDropped: number;
  /** The number that the server gave the frame that shows; -1 before the first. */
  readonly lastDisplayedSeq: number;
  /** Frames that came and wait to be painted. */
  readonly decodeQueueSize: number;
  /** How the last frame came. */
  readonly transport: "image" | "webcodecs" | "none";
  /** How often a keyframe mended the picture after frames were lost. Absent before the first time. */
  readonly recoveries?: number;
  /** Of the last frame: WebCodecs' codec string, or the image's media type. Absent before the first. */
  readonly codec?: string;
  /** Frames painted in the last second. */
  readonly fps: number;
  /** The frame's size in device pixels; 0 before the first. */
  readonly frameWidth: number;
  readonly frameHeight: number;
  /** What came over the network, in bytes, of all connections. */
  readonly bytesReceived: number;
  /** How often a connection was made anew. */
  readonly reconnects: number;
  /** Measured by the server, which does not tell unless asked to; as are those below. In milliseconds. */
  readonly serverRttMs?: number;
  readonly serverFpsSent?: number;
  /** Bits per second. */
  readonly serverBitrateBps?: number;
  readonly serverEncodeMs?: number;
  /** Frames that the server dropped before it encoded them. */
  readonly serverDropped?: number;
  /** What the server aims at, in bits per second. */
  readonly targetBitrate?: number;
  readonly targetFps?: number;
}

/** The form in which {@link RemoteFramebufferView.capture} gives pixels. */
export type CaptureFormat = "imagedata" | "blob";

/** What a {@link RemoteFramebufferView} can be given. */
export interface RemoteFramebufferOptions {
  /** The stream: ws:, wss:, http:, https: (as ws: and wss:), or relative to the page. */
  readonly url: string;
  /** Shown to the server's `authenticate`. Never logged. @defaultValue none */
  readonly token?: string | undefined;
  /** Whether to take images only, no video. @defaultValue false */
  readonly imageOnly?: boolean | undefined;
  /** @defaultValue "contain" */
  readonly fit?: FitMode | undefined;
  /** Any CSS background, seen beside the frame and through it. @defaultValue "#000" */
  readonly background?: string | undefined;
  /** Whether the server is told of each new size, and not of the first only. @defaultValue true */
  readonly autoResize?: boolean | undefined;
  /** Device pixels per CSS pixel, above 0. @defaultValue the screen's */
  readonly devicePixelRatio?: number | undefined;
  /** The largest side that the server is asked for, in device pixels, at least 1. @defaultValue no limit */
  readonly maxBackingDimension?: number | undefined;
  /**
   * How many frames may wait to be decoded, at least 1. A frame beyond that, if it needs another one, is dropped, and a keyframe is
   * asked for. Set it above the server's own max_inflight.
   *
   * @defaultValue 8
   */
  readonly maxInflight?: number | undefined;
  /** The quality of lossy frames, 1..100. pdum.rfb's server does not know it. @defaultValue the server's */
  readonly quality?: number | undefined;
  /** The least time between two moves, wheel events or resizes, in milliseconds; 0 for none. @defaultValue 20 */
  readonly throttle?: number | undefined;
  /** The picture's name for screen readers. @defaultValue "Remote frame buffer" */
  readonly label?: string | undefined;
  /**
   * Makes the worker, for pages whose content security policy has no `worker-src blob:`. The file is `jupyter-rfb-ts/client/worker`.
   *
   * @defaultValue one whose program is part of the bundle
   */
  readonly workerFactory?: (() => Worker) | undefined;
  /** Whether to tell the console what happens. @defaultValue false */
  readonly debug?: boolean | undefined;
  readonly onState?: ((state: ConnectionState) => void) | undefined;
  /** Called at most ten times a second. */
  readonly onStats?: ((stats: Stats) => void) | undefined;
  /** Something is wrong; the view goes on where its state says so. @defaultValue the console */
  readonly onError?: ((error: Error) => void) | undefined;
}

/** The statistics before anything came. */
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
