/**
 * What runs in the page of the in-page test: a frame source, its session and its view, linked in
 * memory.
 */
import {
  browserRuntime,
  DEFAULT_SETTINGS,
  FramebufferSession,
  type ChunkOptions,
  type FrameStats,
  type RawFrame,
  type SessionSettings,
} from "../../src/framebuffer/browser";
import { browserAbilities } from "../../src/picture/abilities";
import type { RfbEvent } from "../../src/protocol/events";
import type {
  FrameMessage,
  SessionMessage,
  VideoCodec,
  ViewMessage,
} from "../../src/protocol/messages";
import { FrameBufferView, FrameDisplay } from "../../src/view/index";
import { linkTransports } from "../support/linkedTransport";

/** A frame on its way from the test into the page. */
export interface PageFrame extends Pick<RawFrame, "width" | "height" | "channels"> {
  readonly base64: string;
}

/** A chunk as the page's encoder made it. */
export interface PageChunk {
  readonly chunk: "key" | "delta";
  readonly codec: string;
  readonly visibleWidth: number;
  readonly visibleHeight: number;
}

/** The page's side of the test, as `window.inPage`. */
export class InPageHarness {
  readonly events: RfbEvent[] = [];
  readonly errors: string[] = [];
  readonly #link = linkTransports<SessionMessage, ViewMessage>();
  #settings: SessionSettings = DEFAULT_SETTINGS;
  #session: FramebufferSession | undefined;
  #view: FrameBufferView | undefined;
  #frame: RawFrame | null = null;

  /** Starts the session and its view, once the view knows what it can show. */
  async start(settings: Partial<SessionSettings>): Promise<void> {
    await browserAbilities.known;
    this.#settings = { ...DEFAULT_SETTINGS, ...settings };
    const session = new FramebufferSession({
      source: {
        get_frame: () => this.#frame && { ...this.#frame, shape: shapeOf(this.#frame) },
        handle_event: (event) => void this.events.push(event),
      },
      transport: this.#link.left,
      settings: this.#settings,
      runtime: browserRuntime,
      reportError: (error, during) => this.errors.push(`${during}: ${String(error)}`),
    });
    this.#session = session;
    const display = new FrameDisplay(this.#link.right, {
      onVisibilityChange: (isVisible) => session.setVisible(isVisible),
      reportError: (message, error) => this.errors.push(`${message}: ${String(error)}`),
    });
    this.#view = display.addView(
      (listener) => new FrameBufferView(listener, { throttle: 0 }),
      () => undefined,
    );
    document.getElementById("main")?.append(this.#view.element);
    display.hello();
  }

  /** Changes settings of the running session. */
  set(settings: Partial<SessionSettings>): void {
    Object.assign(this.#settings, settings);
  }

  resize(cssWidth: string, cssHeight: string): void {
    this.#view?.update({ cssWidth, cssHeight });
  }

  draw(frame: PageFrame): void {
    this.#frame = toRawFrame(frame);
    this.#session?.requestDraw();
  }

  /** Draws frames in turn, one in each animation frame, until the page is closed. */
  animate(frames: readonly PageFrame[]): void {
    const drawn = frames.map(toRawFrame);
    let count = 0;
    const step = (): void => {
      this.#frame = drawn[count++ % drawn.length] ?? null;
      this.#session?.requestDraw();
      requestAnimationFrame(step);
    };
    step();
  }

  /** Asks for a keyframe, as a view that lacks a frame does. */
  requestKeyframe(): void {
    this.#link.right.send({ type: "request_keyframe", reason: "the test asks for it" });
  }

  /** The messages that the session sent. */
  frames(): FrameMessage[] {
    const sent = this.#link.left.sent.map(({ message }) => message as SessionMessage);
    return sent.filter((message) => message.type !== "ping");
  }

  /** The last frame that the view acknowledged, 0 before the first. */
  acknowledged(): number {
    return this.#link.right.sent
      .map(({ message }) => message as ViewMessage)
      .reduce((last, message) => (message.type === "frame_feedback" ? message.index : last), 0);
  }

  stats(): FrameStats | undefined {
    return this.#session?.stats;
  }

  /** The shown pixels, RGBA, in base64. */
  pixels(): { readonly width: number; readonly height: number; readonly base64: string } {
    const canvas = this.#view?.element.querySelector("canvas");
    const context = canvas?.getContext("2d");
    if (!canvas || !context) throw new Error("Cannot read pixels: no canvas");
    const { width, height } = canvas;
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, base64: browserRuntime.toBase64(new Uint8Array(data)) };
  }

  /** Whether this browser encodes a codec. */
  async encodes(codec: VideoCodec): Promise<boolean> {
    return browserRuntime.createVideoEncoder(codec, "software").then(
      (encoder) => {
        encoder.dispose();
        return true;
      },
      () => false,
    );
  }

  /** Encodes one stream by the page's encoder. */
  async encodeVideo(
    codec: VideoCodec,
    steps: readonly { readonly frame: PageFrame; readonly options: ChunkOptions }[],
  ): Promise<PageChunk[]> {
    const encoder = await browserRuntime.createVideoEncoder(codec, "software");
    const chunks = await Promise.all(
      steps.map(({ frame, options }) => encoder.encode(toRawFrame(frame), options)),
    );
    encoder.dispose();
    return chunks.map(({ chunk, codec: string, visibleWidth, visibleHeight }) => ({
      chunk,
      codec: string,
      visibleWidth,
      visibleHeight,
    }));
  }

  /** What encoding says after dispose(), and what asking for a graphics device says. */
  async videoErrors(codec: VideoCodec, frame: PageFrame): Promise<string[]> {
    const options = { keyframe: false, quality: 80 };
    const encoder = await browserRuntime.createVideoEncoder(codec, "software");
    encoder.dispose();
    encoder.dispose();
    return Promise.all([
      encoder.encode(toRawFrame(frame), options).then(() => "encoded", String),
      browserRuntime.createVideoEncoder(codec, "nvenc").then(() => "made", String),
    ]);
  }
}

function toRawFrame({ base64, ...layout }: PageFrame): RawFrame {
  const data = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return { ...layout, data };
}

function shapeOf({ width, height, channels }: RawFrame): number[] {
  return [height, width, channels];
}

declare global {
  interface Window {
    inPage: InPageHarness;
  }
}

window.inPage = new InPageHarness();
