import type { ParsedClientMessage, StreamRfbEvent } from "../protocol/parseClientMessage";
import type { StreamHello } from "../protocol/streamMessages";
import type { Disposable } from "../protocol/transport";
import type { Authenticate, Principal } from "./auth";
import type { PublisherMetrics, ViewerMetrics, ViewerTotals } from "./metrics";
import type { StreamSocket } from "./streamSocket";

/** Someone who may view a stream. */
export interface ViewerRequest {
  readonly socket: StreamSocket;
  readonly principal: Principal;
  readonly hello: StreamHello;
  /** Bytes that may wait in the socket. A viewer with more is disconnected. */
  readonly maxBufferedBytes: number;
}

/** A viewer, as its connection sees it. */
export interface ServedViewer extends Disposable {
  /** Handles a message from the viewer. */
  take(message: ParsedClientMessage): void;
  /**
   * Whether a message answers what was sent: a receipt for a frame, with none after it confirmed,
   * or the answer to a ping.
   */
  awaits(message: ParsedClientMessage): boolean;
  /** Whether it drives alone, or may be the next one that does. */
  readonly isCandidate: boolean;
  /** Nothing came from this candidate for seconds. If it is the driver, the next one drives. */
  becameSilent(): void;
}

/** A stream, as those who serve it see it, wherever its frames come from. */
export interface ServedStream {
  readonly name: string;
  /** Of the newest frame in pixels; before the first frame, the initial size. */
  readonly size: { readonly width: number; readonly height: number };
  /** Frames per second that are aimed at. */
  readonly fps: number;
  readonly viewerCount: number;
  /** Who may view it; undefined for everybody. */
  readonly authenticate: Authenticate | undefined;
  readonly isClosed: boolean;
  /** Whether as many viewers are there as may be. */
  readonly isFull: boolean;
  /** The newest events, if they are recorded. */
  readonly recorded: readonly StreamRfbEvent[];
  /** The counters of all viewers that have left. */
  readonly departed: ViewerTotals;
  /** The name of the edge that shows it; undefined where it is made. */
  readonly edge: string | undefined;
  /** What was sent to a broker; undefined if nothing is. */
  readonly published: PublisherMetrics | undefined;
  /** Measurements of each viewer. */
  metrics(): readonly ViewerMetrics[];
  clearRecorded(): void;
  /**
   * Shows the stream to another viewer, until that is disposed of.
   *
   * @throws {@link ProtocolError} if the viewer can show nothing that can be sent
   */
  open(request: ViewerRequest): ServedViewer;
  /** Reports an error, unless the same one was reported before. */
  reportError(error: unknown, during: string): void;
  /** Ends the stream: disconnects the viewers. Idempotent. */
  end(): Promise<void>;
}
