import { randomUUID } from "node:crypto";
import { ChangedTexts } from "../../hosting/changedTexts";
import type { ViewerMetrics } from "../../hosting/metrics";
import type { ServedViewer, ViewerRequest } from "../../hosting/servedStream";
import { errorMessage } from "../../protocol/errors";
import type { ParsedClientMessage, StreamRfbEvent } from "../../protocol/parseClientMessage";
import {
  CLOSE_CODES,
  type StreamConfig,
  type StreamHello,
  type StreamStatus,
} from "../../protocol/streamMessages";
import type { StreamRole } from "../../protocol/roleMessages";
import { BEAT } from "../announcement";
import type { ReportItem } from "../report";
import type { EdgeRendition, FrameTaker } from "./edgeRendition";
import { SizeChoice } from "./sizeChoice";
import { ViewerFrames } from "./viewerFrames";

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

/** One viewer at an edge. */
export class EdgeViewer implements ServedViewer, FrameTaker {
  readonly id: string = randomUUID();
  readonly principal: unknown;
  /** Whether the publisher lets it drive, where one viewer drives. */
  mayDrive = true;
  readonly #options: EdgeViewerOptions;
  readonly #texts: ChangedTexts;
  readonly #frames: ViewerFrames;
  readonly #size: SizeChoice;
  #supported: readonly string[];
  /** Undefined while it is hidden, and while nothing suits it. */
  #rendition: EdgeRendition | undefined;
  /** When the viewer was found silent last. */
  #silentAt = -Infinity;
  #unknownNames = 0;
  #isDisposed = false;

  /** @throws ProtocolError if the viewer can show nothing that the publisher sends */
  constructor(options: EdgeViewerOptions) {
    this.#options = options;
    const { stream, socket, principal, hello, maxBufferedBytes } = options;
    this.principal = principal;
    this.#texts = new ChangedTexts(socket);
    this.#size = new SizeChoice(stream.monotonic());
    this.#frames = new ViewerFrames({
      socket,
      maxBufferedBytes,
      monotonic: () => stream.monotonic(),
      onSent: () => this.#size.taken(),
    });
    this.#supported = hello.supported;
    this.#watch(stream.renditionFor(hello.supported, false));
  }

  get isCandidate(): boolean {
    return this.#options.stream.roleOf(this)?.may_drive === true;
  }

  becameSilent(): void {
    const now = this.#options.stream.monotonic();
    const isStill = now - this.#silentAt < 2 * BEAT;
    this.#silentAt = now;
    // Called again and again until something is heard.
    if (!isStill) this.#options.stream.tell(this, { kind: "silent", viewer: this.id });
  }

  awaits(message: ParsedClientMessage): boolean {
    return message.type === "ack" && this.#frames.awaits(message.seq);
  }

  take(message: ParsedClientMessage): void {
    if (this.#isDisposed) return;
    const { stream } = this.#options;
    switch (message.type) {
      case "hello":
        this.#changeHello(message);
        break;
      case "ack":
        this.#frames.acknowledge(message);
        break;
      case "request_keyframe":
        this.#frames.replay();
        break;
      case "decoder_reset":
        this.#frames.forgetInFlight();
        this.#frames.replay();
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
    this.#frames.send();
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

  /** Time has passed: chooses the size that suits its link, and asks again for what didn't come. */
  beat(now: number): void {
    if (this.#rendition === undefined) return;
    this.#frames.beat();
    if (!this.#size.judge(now)) return;
    const { stream } = this.#options;
    const rendition = stream.renditionFor(this.#supported, this.#size.isSmall);
    if (rendition !== this.#rendition) this.#watch(rendition);
  }

  /** The publisher is another one: its frames start again. */
  restart(): void {
    const before = this.#rendition;
    if (before === undefined) return;
    const { stream } = this.#options;
    const rendition = stream.renditionFor(this.#supported, this.#size.isSmall);
    if (rendition === before) this.#frames.restart();
    else this.#watch(rendition);
  }

  /** Sends what was measured. */
  sendStats(): void {
    const { rtt_ms, fps_sent, fps_acked, bitrate_bps, decode_queue_size, frames_dropped } =
      this.#frames.metrics();
    this.#texts.sendAlways({
      type: "stats",
      ...{ rtt_ms, fps_sent, fps_acked, bitrate_bps, decode_queue_size },
      dropped: frames_dropped,
      target_fps: this.#options.stream.fps,
    });
  }

  metrics(): ViewerMetrics {
    const { name, fps } = this.#options.stream;
    return {
      client_id: this.id,
      stream: name,
      ...this.#frames.metrics(),
      draw_ms: 0,
      encode_ms: 0,
      target_bitrate: 0,
      target_fps: fps,
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
    this.#frames.forgetInFlight();
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
    const before = this.#rendition;
    this.#rendition = rendition;
    rendition.add(this);
    this.showStatus();
    this.#frames.follow(rendition);
    if (before !== rendition) this.#release(before);
  }

  #leaveRendition(): void {
    const before = this.#rendition;
    this.#rendition = undefined;
    this.#frames.follow(undefined);
    this.#release(before);
  }

  #release(rendition: EdgeRendition | undefined): void {
    if (rendition === undefined) return;
    rendition.remove(this);
    this.#options.stream.release(rendition);
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
