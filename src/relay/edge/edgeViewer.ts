import { randomUUID } from "node:crypto";
import { ChangedTexts } from "../../hosting/changedTexts";
import type { ViewerMetrics } from "../../hosting/metrics";
import type { ServedViewer, ViewerRequest } from "../../hosting/servedStream";
import { ViewerMeasures } from "../../hosting/viewerMeasures";
import { errorMessage } from "../../protocol/errors";
import type { ParsedClientMessage, StreamRfbEvent } from "../../protocol/parseClientMessage";
import {
  CLOSE_CODES,
  type StreamAck,
  type StreamConfig,
  type StreamHello,
  type StreamStatus,
} from "../../protocol/streamMessages";
import type { StreamRole } from "../../protocol/roleMessages";
import type { ReportItem } from "../report";
import type { EdgeRendition, FrameTaker } from "./edgeRendition";
import { FlightWindow } from "./flightWindow";
import type { Cursor } from "./keptFrames";
import { codecOf, headFor, type RelayedFrame } from "./relayedFrame";
import { SizeChoice } from "./sizeChoice";

/** What an {@link EdgeViewer} needs of its stream. */
export interface ViewerStream {
  readonly name: string;
  /** Frames per second that are aimed at. */
  readonly fps: number;
  /** Of the newest frame in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** What viewers are to know about the picture. */
  readonly status: StreamStatus;
  /** Seconds from some fixed moment; never decreases. */
  monotonic(): number;
  /**
   * The rendition for a viewer with these capabilities.
   *
   * @throws ProtocolError if there is none
   */
  renditionFor(supported: readonly string[], isSmall: boolean): EdgeRendition;
  /** A viewer watches a rendition no longer. */
  release(rendition: EdgeRendition): void;
  roleOf(viewer: EdgeViewer): StreamRole | undefined;
  /** Tells the publisher what a viewer did. */
  tell(viewer: EdgeViewer, item: ReportItem): void;
  /** Whether a viewer's event can matter to the publisher. */
  wants(viewer: EdgeViewer, event: StreamRfbEvent): boolean;
  remove(viewer: EdgeViewer): void;
}

/** What an {@link EdgeViewer} is made of. */
export interface EdgeViewerOptions extends ViewerRequest {
  readonly stream: ViewerStream;
}

/** One viewer at an edge. It gets the frames of a rendition, with numbers of its own. */
export class EdgeViewer implements ServedViewer, FrameTaker {
  readonly id: string = randomUUID();
  readonly principal: unknown;
  /** Whether the publisher was told of it. */
  isJoined = false;
  /** Whether the publisher lets it drive, where one viewer drives. */
  mayDrive = true;
  readonly #options: EdgeViewerOptions;
  readonly #texts: ChangedTexts;
  readonly #measures: ViewerMeasures;
  readonly #flight = new FlightWindow();
  readonly #size: SizeChoice;
  #supported: readonly string[];
  /** Undefined while it is hidden, and while nothing suits it. */
  #rendition: EdgeRendition | undefined;
  /** Undefined while it waits for a frame that needs no other. */
  #cursor: Cursor | undefined;
  /** The number of its next frame; undefined before the first, which keeps its own. */
  #nextSeq: number | undefined;
  #wasLate = false;
  #codec = "";
  #dropped = 0;
  #framesSent = 0;
  #framesAcked = 0;
  #unknownNames = 0;
  #isDisposed = false;

  /** @throws ProtocolError if the viewer can show nothing that the publisher sends */
  constructor(options: EdgeViewerOptions) {
    this.#options = options;
    const { stream, socket, principal, hello } = options;
    const now = stream.monotonic();
    this.principal = principal;
    this.#texts = new ChangedTexts(socket);
    this.#measures = new ViewerMeasures(now);
    this.#size = new SizeChoice(now);
    this.#supported = hello.supported;
    this.#watch(stream.renditionFor(hello.supported, false));
  }

  get isCandidate(): boolean {
    return this.#options.stream.roleOf(this) !== undefined && this.mayDrive;
  }

  becameSilent(): void {
    this.#options.stream.tell(this, { kind: "silent", viewer: this.id });
  }

  awaits(message: ParsedClientMessage): boolean {
    return message.type === "ack" && this.#flight.awaits(message.seq);
  }

  take(message: ParsedClientMessage): void {
    if (this.#isDisposed) return;
    const { stream } = this.#options;
    switch (message.type) {
      case "hello":
        this.#changeHello(message);
        break;
      case "ack":
        this.#acknowledge(message);
        break;
      case "request_keyframe":
        this.#begin();
        this.#rendition?.awaitKeyframe(false);
        this.#send();
        break;
      case "decoder_reset":
        this.#flight.forget();
        this.#measures.forgetInFlight();
        this.#begin();
        this.#send();
        break;
      case "event":
        this.#unknownNames += message.unknownModifiers ?? 0;
        this.#takeEvent(message.event);
        break;
      case "request_drive":
        stream.tell(this, { kind: "ask", viewer: this.id });
        break;
      case "hand_over": {
        const to = message.to === undefined ? {} : { to: message.to };
        stream.tell(this, { kind: "hand_over", viewer: this.id, ...to });
        break;
      }
      case "unknown":
        this.#unknownNames += 1;
        break;
      case "ping":
      case "pong":
        // Answered by the connection; an edge sends none.
        break;
    }
  }

  takeConfig(config: StreamConfig): void {
    this.#texts.sendConfig(config);
    this.#texts.send(this.#options.stream.status);
    this.showRole();
  }

  frameCame(): void {
    this.#size.offered();
    this.#send();
  }

  /** Something is wrong with the picture, or nothing any more. */
  showStatus(): void {
    const { stream } = this.#options;
    const { status } = stream;
    // Until the publisher says how frames travel, which may take as long as it is gone.
    if (!this.#texts.hasConfig && status.kind !== "ok") {
      const { width, height } = stream.size;
      const coords = "frame-pixels";
      this.#texts.sendConfig({ type: "config", transport: "image", width, height, coords });
    }
    if (this.#texts.hasConfig) this.#texts.send(status);
  }

  /** Who drives may have changed. */
  showRole(): void {
    const role = this.#options.stream.roleOf(this);
    if (role !== undefined && this.#texts.hasConfig) this.#texts.send(role);
  }

  /** Time has passed: chooses the size that suits its link. */
  beat(now: number): void {
    if (this.#rendition === undefined || !this.#size.judge(now)) return;
    const { stream } = this.#options;
    const rendition = stream.renditionFor(this.#supported, this.#size.isSmall);
    if (rendition !== this.#rendition) this.#watch(rendition);
  }

  /** The publisher is another one: its frames begin anew. */
  restart(): void {
    if (this.#rendition === undefined) return;
    this.#watch(this.#options.stream.renditionFor(this.#supported, this.#size.isSmall));
  }

  /** Sends what was measured. */
  sendStats(): void {
    const { rtt_ms, fps_sent, fps_acked, bitrate_bps, decode_queue_size, frames_dropped } =
      this.metrics();
    this.#texts.sendAlways({
      type: "stats",
      ...{ rtt_ms, fps_sent, fps_acked, bitrate_bps, decode_queue_size },
      dropped: frames_dropped,
      target_fps: this.#options.stream.fps,
    });
  }

  metrics(): ViewerMetrics {
    const { stream } = this.#options;
    return {
      client_id: this.id,
      stream: stream.name,
      ...this.#measures.get(stream.monotonic()),
      frames_sent: this.#framesSent,
      frames_dropped: this.#dropped,
      frames_acked: this.#framesAcked,
      draw_ms: 0,
      encode_ms: 0,
      target_bitrate: 0,
      target_fps: stream.fps,
      codec: this.#codec,
      encoder: "",
      quality: 0,
      scale: 1,
      unknown_names: this.#unknownNames,
    };
  }

  /** Disconnects the viewer. */
  end(): void {
    this.#options.socket.close(CLOSE_CODES.goingAway, "the stream was closed");
    this.dispose();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#leaveRendition();
    this.#options.stream.remove(this);
  }

  #changeHello({ supported }: StreamHello): void {
    this.#supported = supported;
    this.#flight.forget();
    this.#measures.forgetInFlight();
    // The config is the answer to a hello, even if nothing changed.
    this.#texts.repeatConfig();
    // A hidden viewer goes on when it is shown.
    if (this.#rendition !== undefined) this.#watchSuitable();
  }

  /** Watches what it can show. A viewer that can show nothing is disconnected. */
  #watchSuitable(): void {
    const { stream, socket } = this.#options;
    let rendition: EdgeRendition;
    try {
      rendition = stream.renditionFor(this.#supported, this.#size.isSmall);
    } catch (error) {
      socket.close(CLOSE_CODES.unsupported, errorMessage(error));
      return;
    }
    this.#watch(rendition);
  }

  #watch(rendition: EdgeRendition): void {
    if (rendition !== this.#rendition) this.#leaveRendition();
    this.#rendition = rendition;
    rendition.add(this);
    this.#begin();
    this.showStatus();
    this.#send();
  }

  #leaveRendition(): void {
    const rendition = this.#rendition;
    if (rendition === undefined) return;
    this.#rendition = undefined;
    rendition.remove(this);
    this.#options.stream.release(rendition);
  }

  /** The next frame needs no other. */
  #begin(): void {
    this.#cursor = undefined;
    this.#wasLate = false;
  }

  /** Sends what there is, as far as the viewer can take it. */
  #send(): void {
    const rendition = this.#rendition;
    if (rendition === undefined) return;
    // Sending may end the connection.
    while (this.#options.socket.isOpen && this.#flight.hasRoom(rendition.fps)) {
      const frame = rendition.kept.next(this.#cursor);
      if (frame === "lost") {
        this.#cursor = undefined;
        this.#wasLate = true;
        continue;
      }
      if (frame === "none") {
        if (this.#cursor === undefined) rendition.awaitKeyframe(this.#wasLate);
        return;
      }
      this.#countDropped(frame);
      this.#sendFrame(frame);
    }
  }

  /** A viewer that goes on with a later group misses what was left of its own. */
  #countDropped({ group, object }: RelayedFrame): void {
    const cursor = this.#cursor;
    if (cursor === undefined || (cursor.group === group && cursor.object === object)) return;
    this.#dropped += Math.max(0, group - cursor.group - 1);
  }

  #sendFrame(frame: RelayedFrame): void {
    const { socket, stream, maxBufferedBytes } = this.#options;
    const seq = this.#nextSeq ?? frame.header.seq;
    this.#nextSeq = seq + 1;
    this.#cursor = { group: frame.group, object: frame.object + 1 };
    const head = headFor(frame, seq - frame.header.seq);
    const now = stream.monotonic();
    socket.sendBinary([head, frame.payload]);
    this.#flight.sent(seq, now);
    this.#size.taken();
    this.#framesSent += 1;
    this.#codec = codecOf(frame);
    const isKey = frame.object === 0;
    this.#measures.sent({ now, bytes: head.length + frame.payload.length, isKey });
    if (socket.bufferedBytes > maxBufferedBytes) socket.terminate();
  }

  #acknowledge({ seq, decode_queue_size, displayed }: StreamAck): void {
    const confirmed = this.#flight.confirm(seq, this.#options.stream.monotonic());
    this.#framesAcked += confirmed.confirmed.length;
    this.#measures.acknowledged(confirmed, displayed, decode_queue_size);
    this.#send();
  }

  #takeEvent(event: StreamRfbEvent): void {
    const { stream } = this.#options;
    if (event.event_type === "show" && this.#rendition === undefined) this.#watchSuitable();
    else if (event.event_type === "hide") this.#leaveRendition();
    // One viewer can't close the stream for the others.
    if (event.event_type === "close" || !stream.wants(this, event)) return;
    stream.tell(this, { kind: "event", viewer: this.id, event });
  }
}
