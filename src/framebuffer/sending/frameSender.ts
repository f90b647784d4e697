import type { FrameMessage, SessionMessage } from "../../protocol/messages";
import type { Disposable, Transport } from "../../protocol/transport";
import type { Runtime } from "../runtime";
import type { CodedFrame } from "./codedFrame";
import type { FrameCoder } from "./frameCoder";
import type { KeptFrame } from "../source/framePool";
import { needsBase, type FramePlan } from "../planning/framePlan";
import type { FrameScheduler } from "../pacing/frameScheduler";
import type { FrameStatistics } from "../stats";

/** What was going on when an error came up: a method of the user's, or a step of the session's. */
export type SessionActivity = "get_frame" | "handle_event" | "message" | "encode" | "send";

/** Why a frame is sent. Only what was drawn anew counts in the statistics. */
export type FramePurpose = "draw" | "lossless redraw" | "repeat";

/** A frame on its way to the view. */
export interface SendingFrame {
  readonly frame: KeptFrame;
  readonly plan: FramePlan;
  readonly purpose: FramePurpose;
}

/** A frame that left. Times in seconds. */
export interface Departure {
  readonly index: number;
  /** By the monotonic clock. */
  readonly sentAt: number;
  readonly bytes: number;
  readonly encodingSeconds: number;
}

/** What a {@link FrameSender} is made of. */
export interface FrameSenderOptions<Sending extends SendingFrame> {
  readonly transport: Pick<Transport<SessionMessage>, "send">;
  readonly coder: FrameCoder;
  readonly runtime: Pick<Runtime, "now" | "monotonic">;
  /** Is told what is in flight, and gives each frame its index. */
  readonly scheduler: FrameScheduler;
  readonly statistics: FrameStatistics;
  /** Whether image files are to travel as base64. */
  useBase64(): boolean;
  /** A frame is about to leave. */
  onSending(sending: Sending, coded: CodedFrame, departure: Departure): void;
  /** A frame cannot reach the view, nor can those after it that only change it: the next must need no other. */
  onLost(sending: Sending): void;
  /** A frame was not sent, as it only changes one that was lost. */
  onDropped(sending: Sending): void;
  /** A frame is no longer with the encoder. */
  onSettled(): void;
  report(error: unknown, during: SessionActivity): void;
}

/** Encodes frames, several at a time if the encoder can, and sends them in the order in which they came. */
export class FrameSender<Sending extends SendingFrame> implements Disposable {
  readonly #options: FrameSenderOptions<Sending>;
  /** Settles when every frame so far was sent or lost. */
  #previousSent: Promise<void> = Promise.resolve();
  #encoding = 0;
  /** Grows when a frame is lost: those before it can no longer be built upon. */
  #chain = 0;
  #lastIndex = 0;
  #lastChunk = 0;
  #disposed = false;

  constructor(options: FrameSenderOptions<Sending>) {
    this.#options = options;
  }

  /** Frames that are with the encoder. */
  get encoding(): number {
    return this.#encoding;
  }

  /** Encodes a frame as planned, and sends it after those that came before. The encoder is called at once. */
  encodeAndSend(sending: Sending): void {
    this.#options.scheduler.frameQueued();
    this.#encoding += 1;
    this.#previousSent = this.#encodeAndSend(sending, this.#previousSent);
  }

  /** Sends at once what was encoded before, to a new view or because it may have been lost. It must need no other frame. */
  sendAgain(sending: Sending, coded: CodedFrame): void {
    this.#options.scheduler.frameQueued();
    const { runtime } = this.#options;
    this.#send(sending, coded, runtime.now(), runtime.monotonic());
  }

  /** What is being encoded and only changes an earlier frame is not sent any more: the view has not got that one. */
  breakChain(): void {
    this.#chain += 1;
  }

  /** Sends nothing more, and reports nothing more. */
  dispose(): void {
    this.#disposed = true;
  }

  async #encodeAndSend(sending: Sending, previousSent: Promise<void>): Promise<void> {
    const { coder, runtime } = this.#options;
    const { frame, plan } = sending;
    const chain = this.#chain;
    // As in jupyter_rfb the times of a frame begin before it is encoded.
    const timestamp = runtime.now();
    const began = runtime.monotonic();
    // Patches are copied before encode() returns: then the frame's memory may be drawn into again.
    const held = plan.form === "patches" ? undefined : frame.retain();
    let coded: CodedFrame | undefined;
    let problem: unknown;
    try {
      coded = await coder.encode(frame, plan);
    } catch (error) {
      problem = error;
    }
    held?.release();
    await previousSent;
    this.#encoding -= 1;
    const isBroken = chain !== this.#chain;
    if (coded !== undefined && !this.#disposed && !(isBroken && hasBase(plan, coded))) {
      this.#send(sending, coded, timestamp, began);
    } else {
      this.#options.scheduler.frameLost();
      if (this.#disposed) return;
      if (coded === undefined) this.#options.report(problem, "encode");
      if (isBroken) this.#options.onDropped(sending);
      else this.#options.onLost(sending);
    }
    this.#options.onSettled();
  }

  #send(sending: Sending, coded: CodedFrame, timestamp: number, began: number): void {
    const { runtime, scheduler, statistics, transport } = this.#options;
    const { plan, purpose } = sending;
    const base64 = plan.form === "image" && this.#options.useBase64();
    const encodedAt = runtime.monotonic();
    const dataUrl = base64 ? toDataUrl(coded) : null;
    const sentAt = runtime.monotonic();
    // All is noted first, as the receipt may come before send() returns.
    const index = scheduler.frameSent({ copy: purpose === "repeat" });
    const isVideo = plan.form === "video";
    const base = isVideo ? this.#lastChunk : this.#lastIndex;
    this.#lastIndex = index;
    if (isVideo) this.#lastChunk = index;
    const bytes = coded.buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (purpose === "draw") {
      statistics.frameSent({
        index,
        timestamp,
        began,
        imgEncoding: coded.encodingSeconds,
        b64Encoding: base64 ? sentAt - encodedAt : undefined,
        bytes,
        isPatch: plan.form === "patches",
        manner: {
          codec: codecOf(coded),
          encoder: coded.encoder,
          quality: plan.quality,
          scale: plan.scale,
        },
      });
    }
    this.#options.onSending(sending, coded, {
      index,
      sentAt,
      bytes,
      encodingSeconds: coded.encodingSeconds,
    });
    const message = {
      type: "framebufferdata",
      ...coded.fields,
      ...sending.frame.metadata,
      ...(hasBase(plan, coded) ? { base } : {}),
      data_b64: dataUrl,
      index,
      timestamp,
    } as FrameMessage;
    try {
      transport.send(message, dataUrl === null ? coded.buffers : []);
    } catch (error) {
      scheduler.frameNotSent(index);
      statistics.frameNotSent(index);
      this.#options.report(error, "send");
      this.#options.onLost(sending);
    }
  }
}

/** "jpeg" of "image/jpeg", say. What was planned may not be what encoders were there for. */
function codecOf({ fields }: CodedFrame): string {
  return fields.mimetype.slice(fields.mimetype.indexOf("/") + 1);
}

/** A video's encoder may have made a key chunk of its own accord, or a delta where that does as well. */
function hasBase(plan: FramePlan, { fields }: CodedFrame): boolean {
  return "chunk" in fields ? fields.chunk === "delta" : needsBase(plan);
}

function toDataUrl({ fields, buffers }: CodedFrame): string {
  const [{ buffer, byteOffset, byteLength } = new Uint8Array()] = buffers;
  return `data:${fields.mimetype};base64,${Buffer.from(buffer, byteOffset, byteLength).toString("base64")}`;
}
