import type { SessionMessage } from "../protocol/messages";
import type { Disposable, Transport } from "../protocol/transport";
import type { EncodedFrame, FrameEncoder } from "./encoders/encoder";
import type { SessionEnvironment } from "./environment";
import type { RawFrame } from "./frame";
import type { FrameScheduler } from "./frameScheduler";
import type { FrameStatistics } from "./stats";

/** From this quality on every frame is sent lossless. */
const LOSSLESS_QUALITY = 100;

/** What the user may change while a session runs. Read at each draw. */
export interface SessionSettings {
  /** 1..100; 100 always sends lossless frames. */
  readonly quality: number;
  /** How many frames may be in flight, >= 1. */
  readonly max_buffered_frames: number;
}

/** The encoders of a session. */
export interface SessionEncoders {
  /** For qualities below 100. */
  readonly lossy: FrameEncoder;
  /** For quality 100, and for the redraw when a picture comes to rest. */
  readonly lossless: FrameEncoder;
}

/** What was going on when an error came up: a method of the user's, or a step of the session's. */
export type SessionActivity = "get_frame" | "handle_event" | "message" | "encode" | "send";

/** Why a frame is sent. Only what was drawn anew counts in the statistics. */
export type FramePurpose = "draw" | "lossless redraw";

/** What a {@link FrameSender} is made of. */
export interface FrameSenderOptions {
  readonly transport: Pick<Transport<SessionMessage>, "send">;
  readonly settings: SessionSettings;
  readonly encoders: SessionEncoders;
  readonly environment: Pick<SessionEnvironment, "now" | "monotonic">;
  /** Is told what is in flight, and gives each frame its index. */
  readonly scheduler: FrameScheduler;
  readonly statistics: FrameStatistics;
  /** A frame is about to leave. */
  onSending(frame: RawFrame, encoded: EncodedFrame, lossless: boolean): void;
  report(error: unknown, during: SessionActivity): void;
}

/** How a frame is sent. */
interface Sending {
  readonly lossless: boolean;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** For the statistics; undefined for what they do not count. */
  readonly timing?: { readonly began: number; readonly imgEncoding: number } | undefined;
  /** Whether the same file was sent before. */
  readonly copy: boolean;
}

/** Encodes frames, several at a time if the encoder can, and sends them in the order in which they came. */
export class FrameSender implements Disposable {
  readonly #options: FrameSenderOptions;
  /** Settles when every frame so far was sent or lost. */
  #previousSent: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(options: FrameSenderOptions) {
    this.#options = options;
  }

  /** Encodes a frame, and sends it after those that came before. The encoder is called at once. */
  encodeAndSend(frame: RawFrame, purpose: FramePurpose): void {
    this.#options.scheduler.frameQueued();
    this.#previousSent = this.#encodeAndSend(frame, purpose, this.#previousSent);
  }

  /** Sends at once what was encoded before, to a new view or because it may have been lost. */
  sendAgain(frame: RawFrame, encoded: EncodedFrame, lossless: boolean): void {
    this.#options.scheduler.frameQueued();
    const timestamp = this.#options.environment.now();
    this.#send(frame, encoded, { lossless, timestamp, copy: true });
  }

  /** Sends nothing more, and reports nothing more. */
  dispose(): void {
    this.#disposed = true;
  }

  async #encodeAndSend(
    frame: RawFrame,
    purpose: FramePurpose,
    previousSent: Promise<void>,
  ): Promise<void> {
    const { encoders, environment, scheduler, settings } = this.#options;
    const quality = purpose === "lossless redraw" ? LOSSLESS_QUALITY : settings.quality;
    const lossless = quality >= LOSSLESS_QUALITY;
    const encoder = lossless ? encoders.lossless : encoders.lossy;
    // As in jupyter_rfb the times of a frame begin before it is encoded.
    const timestamp = environment.now();
    const began = environment.monotonic();
    let encoded: EncodedFrame;
    try {
      encoded = await encoder.encode(frame, { quality });
    } catch (error) {
      await previousSent;
      scheduler.frameLost();
      if (!this.#disposed) this.#options.report(error, "encode");
      return;
    }
    await previousSent;
    if (this.#disposed) return;
    const timing = purpose === "draw" ? { began, imgEncoding: encoded.encodingSeconds } : undefined;
    this.#send(frame, encoded, { lossless, timestamp, timing, copy: false });
  }

  #send(
    frame: RawFrame,
    encoded: EncodedFrame,
    { lossless, timestamp, timing, copy }: Sending,
  ): void {
    const { scheduler, statistics, transport } = this.#options;
    // All is noted first, as the receipt may come before send() returns.
    const index = scheduler.frameSent({ copy });
    if (timing !== undefined) {
      statistics.frameSent({ index, timestamp, b64Encoding: 0, ...timing });
    }
    this.#options.onSending(frame, encoded, lossless);
    const { mimetype, data } = encoded;
    try {
      transport.send({ type: "framebufferdata", mimetype, data_b64: null, index, timestamp }, [
        data,
      ]);
    } catch (error) {
      scheduler.frameNotSent(index);
      statistics.frameNotSent(index);
      this.#options.report(error, "send");
    }
  }
}
