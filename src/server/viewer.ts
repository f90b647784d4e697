import { randomUUID } from "node:crypto";
import { FramebufferSession, type KeptFrame, type SessionSettings } from "../framebuffer/node";
import type { ViewerMetrics } from "../hosting/metrics";
import type { ServedViewer, ViewerRequest } from "../hosting/servedStream";
import { ViewerMeasures } from "../hosting/viewerMeasures";
import { packHeader } from "../protocol/envelope";
import { errorMessage, ProtocolError, PlainError } from "../protocol/errors";
import {
  PROTOCOL_VERSION,
  type FrameMessage,
  type PingMessage,
  type SessionMessage,
  type ViewMessage,
} from "../protocol/messages";
import type { ParsedClientMessage, StreamRfbEvent } from "../protocol/parseClientMessage";
import type { StreamRole } from "../protocol/roleMessages";
import { rounded } from "../protocol/rounded";
import { indexOf, toStreamFrame } from "../protocol/streamFrames";
import {
  CLOSE_CODES,
  type StreamAck,
  type StreamHello,
  type StreamStatus,
} from "../protocol/streamMessages";
import type { Transport } from "../protocol/transport";
import { FrameProgress } from "./frameProgress";
import { negotiate, type Negotiated } from "./negotiation";
import type { StreamViewer } from "./audience";
import type { Stream } from "./stream";
import type { RenditionShape } from "./renditionShape";
import { ViewerNotices } from "./viewerNotices";

/** What a {@link Viewer} is made of. */
export interface ViewerOptions extends ViewerRequest {
  readonly stream: Stream;
  /** If it stands for all viewers of a rendition at edges. */
  readonly rendition?: RenditionShape | undefined;
}

/** The session's settings, which a hello can change. */
type ViewerSettings = {
  -readonly [Key in keyof SessionSettings]: SessionSettings[Key];
};

/**
 * One viewer of a stream, from its hello to its end: translates between its socket and a session.
 */
export class Viewer implements StreamViewer, ServedViewer {
  readonly id: string = randomUUID();
  readonly isRendition: boolean;
  readonly #options: ViewerOptions;
  readonly #session: FramebufferSession;
  readonly #settings: ViewerSettings;
  readonly #measures: ViewerMeasures;
  readonly #notices: ViewerNotices;
  readonly #progress = new FrameProgress();
  /** Gives a message to the session. */
  #receive: ((message: unknown, buffers: readonly Uint8Array[]) => void) | undefined;
  #negotiated: Negotiated;
  /** The `seq` of the newest frame that was sent; -1 before the first. */
  #newestSent = -1;
  /** The newest `seq` that the viewer acknowledged. */
  #newestConfirmed = -1;
  /** The ids of the newest ping, and of the newest that the viewer answered. */
  #newestPing = 0;
  #newestPong = 0;
  /** Names of messages, events and modifiers that only a newer viewer knows. */
  #unknownNames = 0;
  #isDisposed = false;

  /** @throws {@link ProtocolError} if the viewer can show nothing that the server can send */
  constructor(options: ViewerOptions) {
    this.#options = options;
    const { stream, socket, principal, hello, rendition } = options;
    const { runtime, settings } = stream;
    this.isRendition = rendition !== undefined;
    const sender = { client_id: this.id, principal };
    this.#measures = new ViewerMeasures(runtime.monotonic());
    this.#notices = new ViewerNotices(stream, socket);
    this.#negotiated = this.#negotiate(hello);
    this.#settings = {
      quality: settings.quality,
      max_buffered_frames: settings.max_inflight,
      codec: this.#negotiated.codec,
      encoder: settings.encoder,
      chroma: settings.chroma,
      detect_changes: settings.detect_changes,
      adaptive: settings.adaptive && rendition === undefined,
      scale: rendition?.scale ?? 1,
      target_fps: settings.fps,
      video_device: settings.video_device,
      _use_websocket: true,
    };
    this.#session = new FramebufferSession({
      source: {
        get_frame: () => this.#nextFrame(),
        handle_event: (event) => stream.takeEvent(sender, event),
      },
      transport: this.#transport(),
      settings: this.#settings,
      encoders: stream.acquireEncoders(),
      shared: stream.sharedFrames,
      createVideoEncoder: (codec, device) =>
        stream.sharedVideo.open(codec, device, this.#settings.quality, this.#settings.scale),
      runtime,
      reportError: (error, during) => {
        // Not the server's fault: an ack for a frame that was never sent, or a socket that closed.
        if (during !== "message" && during !== "send") stream.reportError(error, during);
      },
    });
    stream.addViewer(this);
    try {
      this.#greet(hello);
    } catch (error) {
      // Otherwise the stream would keep a viewer that nobody disposes of.
      this.dispose();
      throw error;
    }
    // pdum.rfb's viewers never say whether they are visible.
    this.#session.setVisible(true);
    this.showStatus(stream.status);
    if (!this.isRendition) stream.events.roles.join(sender);
    this.#notices.startStats(() => this.metrics());
  }

  wake(): void {
    this.#session.requestDraw();
  }

  showStatus(status: StreamStatus): void {
    this.#notices.status(status);
  }

  showRole(role: StreamRole): void {
    this.#notices.role(role);
  }

  take(message: ParsedClientMessage): void {
    if (this.#isDisposed) return;
    switch (message.type) {
      case "hello":
        this.#changeHello(message);
        break;
      case "ack":
        this.#acknowledge(message);
        break;
      case "request_keyframe":
        this.#pass({ type: "request_keyframe", reason: message.reason || "none given" });
        break;
      case "pong":
        this.#newestPong = Math.max(message.id, this.#newestPong);
        this.#pass(message);
        break;
      case "decoder_reset":
        // The frames in flight won't be acknowledged.
        this.#measures.forgetInFlight();
        this.#passHello();
        break;
      case "event":
        this.#unknownNames += message.unknownModifiers ?? 0;
        this.#takeEvent(message.event);
        break;
      case "request_drive":
        this.#options.stream.events.roles.ask(this.id);
        break;
      case "hand_over":
        this.#options.stream.events.roles.handOver(this.id, message.to);
        break;
      case "ping":
        // Answered by the connection.
        break;
      case "unknown":
        this.#unknownNames += 1;
        break;
    }
  }

  get isCandidate(): boolean {
    return this.#options.stream.events.roles.isCandidate(this.id);
  }

  becameSilent(): void {
    this.#options.stream.events.roles.becameSilent(this.id);
  }

  awaits(message: ParsedClientMessage): boolean {
    if (message.type === "pong")
      return message.id > this.#newestPong && message.id <= this.#newestPing;
    return message.type === "ack" && this.#awaitsReceipt(message.seq);
  }

  #awaitsReceipt(seq: number): boolean {
    return seq > this.#newestConfirmed && seq <= this.#newestSent;
  }

  metrics(): ViewerMetrics {
    const { stream } = this.#options;
    const { bitrate, fps } = stream.settings;
    const stats = this.#session.stats;
    return {
      client_id: this.id,
      stream: stream.name,
      ...this.#measures.get(stream.runtime.monotonic()),
      frames_sent: stats.sent_frames,
      frames_dropped: this.#progress.dropped(stream.newestSerial),
      frames_acked: stats.confirmed_frames,
      draw_ms: rounded(stream.drawing * 1000, 2),
      encode_ms: rounded(stats.img_encoding * 1000, 2),
      target_bitrate: bitrate,
      target_fps: fps,
      codec: stats.codec,
      encoder: stats.encoder,
      quality: stats.quality || this.#settings.quality,
      scale: stats.scale,
      unknown_names: this.#unknownNames,
    };
  }

  end(): void {
    this.#options.socket.close(CLOSE_CODES.goingAway, "the stream was closed");
    this.dispose();
  }

  /** The connection is closed. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#notices.dispose();
    this.#options.stream.removeViewer(this);
    this.#options.stream.qualities.release(this);
    this.#session.dispose();
  }

  #negotiate({ supported }: StreamHello): Negotiated {
    const { stream } = this.#options;
    const { has_h264, codec, video_device } = stream.settings;
    const wantsVideo = codec === "h264" || codec === "vp9";
    if (wantsVideo && !stream.hasVideo) {
      const problem = `codec: ${codec} needs node-av, which is missing; frames are sent as images; npm install node-av`;
      stream.reportError(new PlainError(problem), "encode");
    }
    const negotiated = negotiate(supported, {
      codec,
      hasVideo: (has_h264 !== false || codec === "vp9") && stream.hasVideo,
      allowsH264: has_h264 !== false,
    });
    if (negotiated === undefined) {
      throw new ProtocolError("hello.supported: expected image/jpeg or image/png, got neither");
    }
    // Graphics devices encode H.264 only.
    const isMissing = negotiated.codec === "vp9" && video_device !== "software";
    return isMissing ? { ...negotiated, codec: "jpeg" } : negotiated;
  }

  #transport(): Transport<SessionMessage> {
    return {
      isReliable: true,
      send: (message, buffers = []) => {
        if (message.type === "ping") this.#sendPing(message);
        else this.#sendFrame(message, buffers);
      },
      onMessage: (receiver) => {
        this.#receive = receiver;
        return { dispose: () => (this.#receive = undefined) };
      },
    };
  }

  #greet(hello: StreamHello): void {
    const { accepts, codec, hasPng } = this.#negotiated;
    const { rendition, stream } = this.#options;
    this.#settings.codec = codec;
    this.#settings.quality = rendition?.quality ?? stream.qualities.grant(this, hello.quality);
    this.#settings.may_scale = accepts.includes("patches");
    this.#settings.still_after = hasPng ? (rendition ?? stream.settings).still_after : null;
    this.#notices.config(codec);
    this.#passHello();
  }

  #changeHello(hello: StreamHello): void {
    try {
      this.#negotiated = this.#negotiate(hello);
    } catch (error) {
      this.#options.socket.close(CLOSE_CODES.unsupported, errorMessage(error));
      return;
    }
    this.#measures.forgetInFlight();
    // The config is the answer to a hello, even if nothing changed.
    this.#notices.repeatConfig();
    this.#greet(hello);
  }

  #passHello(): void {
    const { accepts } = this.#negotiated;
    this.#pass({ type: "hello", version: PROTOCOL_VERSION, accepts });
  }

  /** Gives the session a message as a notebook's view would send it. */
  #pass(message: ViewMessage): void {
    this.#receive?.(message, []);
  }

  #acknowledge({ seq, decode_queue_size, displayed, ...times }: StreamAck): void {
    if (this.#awaitsReceipt(seq)) this.#newestConfirmed = seq;
    const localtime = this.#options.stream.runtime.now();
    const receipt = this.#session.acknowledge({ index: indexOf(seq), localtime, ...times });
    this.#measures.acknowledged(receipt, displayed, decode_queue_size);
  }

  #takeEvent(event: StreamRfbEvent): void {
    if (event.event_type === "show") this.#setHidden(false);
    else if (event.event_type === "hide") this.#setHidden(true);
    // One viewer can't close the stream for the others.
    if (event.event_type !== "close") this.#session.emitEvent(event);
  }

  #setHidden(isHidden: boolean): void {
    this.#progress.setHidden(isHidden, this.#options.stream.newestSerial);
    this.#session.setVisible(!isHidden);
  }

  #nextFrame(): KeptFrame | null {
    const frame = this.#options.stream.newestFrame();
    return frame !== undefined && this.#progress.advance(frame.serial) ? frame : null;
  }

  #sendPing(message: PingMessage): void {
    this.#newestPing = message.id;
    this.#options.socket.sendText(JSON.stringify(message));
  }

  #sendFrame(message: FrameMessage, buffers: readonly Uint8Array[]): void {
    const { stream, maxBufferedBytes, socket } = this.#options;
    const { header, payload } = toStreamFrame(message, buffers);
    const first = packHeader(header);
    this.#newestSent = header.seq;
    this.#notices.config(this.#settings.codec);
    const now = stream.runtime.monotonic();
    socket.sendBinary([first, ...payload]);
    const bytes = payload.reduce((sum, part) => sum + part.length, first.length);
    const isKey =
      header.type === "image_frame" || (header.type === "video_chunk" && header.keyframe);
    this.#measures.sent({ now, bytes, isKey });
    if (socket.bufferedBytes > maxBufferedBytes) socket.terminate();
    if (this.#settings.adaptive) {
      const { quality, scale } = this.#session.stats;
      this.#notices.quality(quality, scale);
    }
  }
}
