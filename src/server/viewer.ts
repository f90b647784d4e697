import { randomUUID } from "node:crypto";
import { findNodeAv, FramebufferSession, type SessionSettings } from "../framebuffer";
import { ProtocolError, errorMessage } from "../protocol/errors";
import {
  PROTOCOL_VERSION,
  type FrameMessage,
  type SessionMessage,
  type ViewMessage,
} from "../protocol/messages";
import { packHeader } from "../protocol/envelope";
import { indexOf, toStreamFrame } from "../protocol/streamFrames";
import {
  CLOSE_CODES,
  type StreamAck,
  type StreamConfig,
  type StreamHello,
  type StreamServerMessage,
} from "../protocol/streamMessages";
import type { ParsedClientMessage, StreamRfbEvent } from "../protocol/streamParse";
import type { Disposable, Transport } from "../protocol/transport";
import type { Principal } from "./auth";
import type { Display, DisplayViewer } from "./display";
import type { ViewerMetrics } from "./metrics";
import { negotiate, type Negotiated } from "./negotiation";
import { rounded, ViewerMeasures } from "./viewerMeasures";
import type { StreamSocket } from "./streamSocket";

/** What pdum.rfb's clients are told of H.264 before the first chunk, which says it exactly. */
const NOMINAL_CODEC = { h264: "avc1.42E01F", vp9: "vp09.00.31.08" } as const;

/** What a {@link Viewer} is made of. */
export interface ViewerOptions {
  readonly display: Display;
  readonly socket: StreamSocket;
  readonly principal: Principal;
  readonly hello: StreamHello;
  /** Bytes that may wait for the socket before the viewer counts as gone. */
  readonly maxBufferedBytes: number;
}

/** What of a session's settings a viewer's hello decides on. */
type ViewerSettings = {
  -readonly [Key in keyof SessionSettings]: SessionSettings[Key];
};

/** One viewer of a display, from its hello until it is gone: the session that sends it frames, and what it sends back. */
export class Viewer implements DisplayViewer, Disposable {
  readonly id: string = randomUUID();
  readonly #options: ViewerOptions;
  readonly #session: FramebufferSession;
  readonly #settings: ViewerSettings;
  readonly #measures: ViewerMeasures;
  #receive: ((message: unknown, buffers: readonly Uint8Array[]) => void) | undefined;
  #negotiated: Negotiated;
  #seen = 0;
  #dropped = 0;
  #isHidden = false;
  #lastConfig = "";
  #lastQuality = "";
  #statsTimer: Disposable | undefined;
  #isDisposed = false;

  /** @throws {@link ProtocolError} when the viewer can show nothing that the server has */
  constructor(options: ViewerOptions) {
    this.#options = options;
    const { display, hello } = options;
    const { runtime, settings } = display;
    this.#measures = new ViewerMeasures(runtime.monotonic());
    this.#negotiated = this.#negotiate(hello);
    this.#settings = {
      quality: hello.quality ?? settings.quality,
      max_buffered_frames: settings.max_inflight,
      codec: this.#negotiated.codec,
      encoder: settings.encoder,
      chroma: settings.chroma,
      detect_changes: settings.detect_changes,
      adaptive: settings.adaptive,
      target_fps: settings.fps,
      video_device: settings.video_device,
      _use_websocket: true,
    };
    this.#session = new FramebufferSession({
      source: {
        get_frame: () => this.#nextFrame(),
        handle_event: (event) => display.takeEvent(this.id, options.principal, event),
      },
      transport: this.#transport(),
      settings: this.#settings,
      encoders: display.acquireEncoders(),
      shared: display.sharedFrames,
      createVideoEncoder: (codec, device) =>
        display.sharedVideo.open(codec, device, this.#settings.quality),
      runtime,
      reportError: (error, during) => {
        // What a viewer says of frames that it never got is its own affair, and so is a socket that closed meanwhile.
        if (during !== "message" && during !== "send") display.reportError(error, during);
      },
    });
    display.addViewer(this);
    this.#greet(hello);
    // pdum.rfb's viewers never say that they can be seen.
    this.#session.setVisible(true);
    this.#watchStats();
  }

  /** A new frame is there, or can be drawn. */
  wake(): void {
    this.#session.requestDraw();
  }

  /** Takes a message. */
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
      case "decoder_reset":
        // Nobody will acknowledge what is in flight.
        this.#measures.forgetInFlight();
        this.#passHello();
        break;
      case "event":
        this.#takeEvent(message.event);
        break;
      case "unknown":
        break;
    }
  }

  /** What was measured of this viewer. */
  metrics(): ViewerMetrics {
    const { display } = this.#options;
    const { bitrate, fps } = display.settings;
    const stats = this.#session.stats;
    return {
      client_id: this.id,
      stream: display.name,
      ...this.#measures.get(display.runtime.monotonic()),
      frames_sent: stats.sent_frames,
      frames_dropped: this.#dropped + this.#missedBy(display.newestSerial),
      frames_acked: stats.confirmed_frames,
      encode_ms: rounded(stats.img_encoding * 1000, 2),
      target_bitrate: bitrate,
      target_fps: fps,
      codec: stats.codec,
      encoder: stats.encoder,
      quality: stats.quality || this.#settings.quality,
      scale: stats.scale,
    };
  }

  /** The display is closed. */
  end(): void {
    this.#options.socket.close(CLOSE_CODES.goingAway, "the stream was closed");
    this.dispose();
  }

  /** The viewer is gone. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#statsTimer?.dispose();
    this.#options.display.removeViewer(this);
    this.#session.dispose();
  }

  #negotiate({ supported }: StreamHello): Negotiated {
    const { display } = this.#options;
    const { has_h264, codec, video_device } = display.settings;
    const wantsVideo = codec === "h264" || codec === "vp9";
    if (wantsVideo && !hasNodeAv()) {
      const problem = `codec: ${codec} needs node-av, which is missing; frames go as images; npm install node-av`;
      display.reportError(new Error(problem), "encode");
    }
    const negotiated = negotiate(supported, {
      codec,
      hasVideo: has_h264 !== false || codec === "vp9" ? hasNodeAv() : false,
      allowsH264: has_h264 !== false,
    });
    if (negotiated === undefined) {
      throw new ProtocolError("hello.supported: expected image/jpeg or image/png, got neither");
    }
    // Graphics devices make H.264 only.
    const isMissing = negotiated.codec === "vp9" && video_device !== "software";
    return isMissing ? { ...negotiated, codec: "jpeg" } : negotiated;
  }

  #transport(): Transport<SessionMessage> {
    return {
      isReliable: true,
      send: (message, buffers = []) => this.#sendFrame(message, buffers),
      onMessage: (receiver) => {
        this.#receive = receiver;
        return { dispose: () => (this.#receive = undefined) };
      },
    };
  }

  #greet(hello: StreamHello): void {
    const { accepts, codec, hasPng } = this.#negotiated;
    const { still_after, quality } = this.#options.display.settings;
    this.#settings.codec = codec;
    this.#settings.quality = hello.quality ?? quality;
    this.#settings.may_scale = accepts.includes("patches");
    this.#settings.still_after = hasPng ? still_after : null;
    this.#sendConfig();
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
    this.#session.resetStats();
    // The answer to the hello, also where nothing changed.
    this.#lastConfig = "";
    this.#greet(hello);
  }

  #passHello(): void {
    const { accepts } = this.#negotiated;
    this.#pass({ type: "hello", version: PROTOCOL_VERSION, accepts });
  }

  #pass(message: ViewMessage): void {
    this.#receive?.(message, []);
  }

  #acknowledge({ seq, decode_queue_size, displayed }: StreamAck): void {
    const { runtime } = this.#options.display;
    const index = indexOf(seq);
    const isKnown = this.#measures.acknowledged({
      index,
      now: runtime.monotonic(),
      isDisplayed: displayed,
      waiting: decode_queue_size,
    });
    if (!isKnown) return;
    this.#session.acknowledge({ index, localtime: runtime.now() });
  }

  #takeEvent(event: StreamRfbEvent): void {
    if (event.event_type === "show") this.#setHidden(false);
    else if (event.event_type === "hide") this.#setHidden(true);
    // The end of a connection is no event of the stream, which goes on for others.
    if (event.event_type !== "close") this.#session.emitEvent(event);
  }

  #nextFrame(): ReturnType<Display["newestFrame"]> | null {
    const frame = this.#options.display.newestFrame();
    if (frame === undefined || frame.serial === this.#seen) return null;
    this.#dropped += this.#missedBy(frame.serial);
    this.#seen = frame.serial;
    return frame;
  }

  /** What was published out of sight was not missed: the viewer was not busy. */
  #setHidden(isHidden: boolean): void {
    if (this.#isHidden && !isHidden && this.#seen > 0) {
      this.#seen = Math.max(this.#seen, this.#options.display.newestSerial - 1);
    }
    this.#isHidden = isHidden;
    this.#session.setVisible(!isHidden);
  }

  /** Frames that this viewer would miss if it got the newest one now. */
  #missedBy(newest: number): number {
    return this.#seen === 0 || this.#isHidden ? 0 : Math.max(0, newest - this.#seen - 1);
  }

  #sendFrame(message: FrameMessage, buffers: readonly Uint8Array[]): void {
    const { display, maxBufferedBytes, socket } = this.#options;
    const { header, payload } = toStreamFrame(message, buffers);
    const first = packHeader(header);
    this.#sendConfig();
    const now = display.runtime.monotonic();
    socket.sendBinary([first, ...payload]);
    const bytes = payload.reduce((sum, part) => sum + part.length, first.length);
    const isKey =
      header.type === "image_frame" || (header.type === "video_chunk" && header.keyframe);
    this.#measures.sent({ index: message.index, now, bytes, isKey });
    if (socket.bufferedBytes > maxBufferedBytes) socket.terminate();
    if (display.settings.adaptive) this.#tellQuality();
  }

  /** Says how frames travel, where that has changed. A size alone comes with each frame. */
  #sendConfig(): void {
    const { display } = this.#options;
    const { codec } = this.#settings;
    const isVideo = codec === "h264" || codec === "vp9";
    const about = {
      transport: isVideo ? "webcodecs" : "image",
      ...(isVideo ? { codec: NOMINAL_CODEC[codec] } : {}),
      ...display.metadata,
    } as const;
    const key = JSON.stringify(about);
    if (key === this.#lastConfig) return;
    this.#lastConfig = key;
    const { width, height } = display;
    const { transport, ...rest } = about;
    this.#sendText({
      type: "config",
      transport,
      width,
      height,
      coords: "frame-pixels",
      ...rest,
    } satisfies StreamConfig);
  }

  #tellQuality(): void {
    const { quality, scale } = this.#session.stats;
    const key = `${quality} ${scale}`;
    if (key === this.#lastQuality) return;
    this.#lastQuality = key;
    const { bitrate, fps } = this.#options.display.settings;
    this.#sendText({ type: "set_quality", bitrate, fps, quality, scale });
  }

  #sendText(message: StreamServerMessage): void {
    const { socket } = this.#options;
    if (socket.isOpen) socket.sendText(JSON.stringify(message));
  }

  #watchStats(): void {
    const { runtime, settings } = this.#options.display;
    if (settings.stats_interval === null) return;
    this.#statsTimer = runtime.delay(settings.stats_interval, () => {
      const measured = this.metrics();
      this.#sendText({
        type: "stats",
        rtt_ms: measured.rtt_ms,
        fps_sent: measured.fps_sent,
        fps_acked: measured.fps_acked,
        bitrate_bps: measured.bitrate_bps,
        encode_ms: measured.encode_ms,
        decode_queue_size: measured.decode_queue_size,
        dropped: measured.frames_dropped,
        target_bitrate: measured.target_bitrate,
        target_fps: measured.target_fps,
      });
      this.#watchStats();
    });
  }
}

/** Whether video can be encoded here. Looked at anew for each viewer: it may be installed meanwhile. */
export function hasNodeAv(): boolean {
  try {
    findNodeAv();
    return true;
  } catch {
    return false;
  }
}
