import type { FrameMessage } from "../../protocol/messages";
import type { Disposable, Transport } from "../../protocol/transport";
import type { FrameLedger, FramePurpose } from "../pacing/frameLedger";
import { isInParts, needsBase, type FramePlan } from "../planning/framePlan";
import type { Runtime } from "../runtime";
import type { KeptFrame } from "../source/framePool";
import type { CodedFrame } from "./codedFrame";
import type { FrameCoder } from "./frameCoder";

/** What was going on when an error came up: a method of the user's, or a step of the session's. */
export type SessionActivity = "get_frame" | "handle_event" | "message" | "encode" | "send";

/** A frame on its way to the view. */
export interface Shipment {
  readonly frame: KeptFrame;
  readonly plan: FramePlan;
  readonly purpose: FramePurpose;
}

/**
 * What became of a frame:
 *
 * - "sent": it was handed to the transport.
 * - "lost": it could not be encoded or sent, which was reported. Frames that only change it are of
 *   no use to the view.
 * - "dropped": it was not sent: it only changes a frame that the view does not have, or it could
 *   not be encoded after the chain broke, or the sender is disposed.
 */
export type ShipmentResult =
  | { readonly outcome: "sent"; readonly coded: CodedFrame }
  | { readonly outcome: "lost" | "dropped" };

/** What a {@link FrameSender} needs. */
export interface FrameSenderOptions {
  readonly transport: Pick<Transport<FrameMessage>, "send">;
  readonly coder: Pick<FrameCoder, "encode">;
  readonly runtime: Pick<Runtime, "now" | "monotonic" | "toBase64">;
  /** Numbers the frames and keeps their records. */
  readonly ledger: FrameLedger;
  /** Whether whole images travel as base64, even to a view that doesn't ask for it. */
  useBase64(): boolean;
  report(error: unknown, during: SessionActivity): void;
}

/**
 * Encodes frames, several at a time if the encoder can, and sends them in the order of the calls.
 */
export class FrameSender implements Disposable {
  readonly #options: FrameSenderOptions;
  /** Settles when every frame so far was sent, lost or dropped. */
  #previous: Promise<unknown> = Promise.resolve();
  #encoding = 0;
  /** Grows when the chain breaks: frames from before cannot be built upon any more. */
  #chain = 0;
  #lastChunk = 0;
  #viewWantsBase64 = false;
  #isDisposed = false;

  constructor(options: FrameSenderOptions) {
    this.#options = options;
  }

  /** Frames that the encoder has. */
  get encoding(): number {
    return this.#encoding;
  }

  /**
   * Encodes a frame as planned, and sends it after those of earlier calls. The encoder is called at
   * once. Never rejects.
   */
  encodeAndSend(shipment: Shipment): Promise<ShipmentResult> {
    this.#options.ledger.begin();
    this.#encoding += 1;
    const result = this.#encodeAndSend(shipment, this.#previous);
    this.#previous = result;
    return result;
  }

  /** Sends at once what was encoded before. It must depend on no other frame. */
  sendAgain(shipment: Shipment, coded: CodedFrame): ShipmentResult {
    const { ledger, runtime } = this.#options;
    ledger.begin();
    return this.#send(shipment, coded, { timestamp: runtime.now(), queuedAt: runtime.monotonic() });
  }

  /** The view lacks a frame: what is being encoded and only changes an earlier frame is dropped. */
  breakChain(): void {
    this.#chain += 1;
  }

  /** A view is there. @param wantsBase64 - whether it wants all bytes as base64 */
  newView(wantsBase64: boolean): void {
    this.#viewWantsBase64 = wantsBase64;
  }

  /** Sends nothing more, and reports nothing more. */
  dispose(): void {
    this.#isDisposed = true;
  }

  async #encodeAndSend(shipment: Shipment, previous: Promise<unknown>): Promise<ShipmentResult> {
    const { coder, ledger, runtime } = this.#options;
    const { frame, plan } = shipment;
    const chain = this.#chain;
    // As in jupyter_rfb the times of a frame begin before it is encoded.
    const times = { timestamp: runtime.now(), queuedAt: runtime.monotonic() };
    // Parts are copied before encode() returns: then the frame's memory may be drawn into again.
    const held = isInParts(plan) ? undefined : frame.retain();
    let coded: CodedFrame | undefined;
    let problem: unknown;
    try {
      coded = await coder.encode(frame, plan);
    } catch (error) {
      problem = error;
    }
    held?.release();
    await previous;
    this.#encoding -= 1;
    const isBroken = chain !== this.#chain;
    if (coded !== undefined && !this.#isDisposed && !(isBroken && hasBase(plan, coded))) {
      return this.#send(shipment, coded, times);
    }
    ledger.abandon();
    if (this.#isDisposed) return { outcome: "dropped" };
    if (coded === undefined) this.#options.report(problem, "encode");
    return { outcome: isBroken ? "dropped" : "lost" };
  }

  #send(
    { frame, plan, purpose }: Shipment,
    coded: CodedFrame,
    times: { readonly timestamp: number; readonly queuedAt: number },
  ): ShipmentResult {
    const { ledger, runtime, transport } = this.#options;
    const isImage = plan.form === "image";
    const base64 = this.#viewWantsBase64 || (isImage && this.#options.useBase64());
    const encodedAt = runtime.monotonic();
    const texts = base64 ? coded.buffers.map((bytes) => runtime.toBase64(bytes)) : null;
    const sentAt = runtime.monotonic();
    const base = plan.form === "video" ? this.#lastChunk : ledger.lastIndex;
    // Recorded first, as the receipt may come before send() returns.
    const departure = ledger.send({
      ...times,
      purpose,
      plan,
      width: frame.width,
      height: frame.height,
      sentAt,
      encodingSeconds: coded.encodingSeconds,
      base64Seconds: base64 ? sentAt - encodedAt : undefined,
      bytes: coded.buffers.reduce((sum, { byteLength }) => sum + byteLength, 0),
      codec: codecOf(coded),
      encoder: coded.encoder,
    });
    if (plan.form === "video") this.#lastChunk = departure.index;
    const message = {
      type: "framebufferdata",
      ...coded.fields,
      ...frame.metadata,
      ...(hasBase(plan, coded) ? { base } : {}),
      ...(plan.form === "patches" && purpose === "lossless redraw" ? { refines: true } : {}),
      data_b64: isImage && texts !== null ? dataUrl(coded, texts) : texts,
      index: departure.index,
      timestamp: departure.timestamp,
    } as FrameMessage;
    try {
      transport.send(message, texts === null ? coded.buffers : []);
      return { outcome: "sent", coded };
    } catch (error) {
      ledger.takeBack(departure);
      this.#options.report(error, "send");
      return { outcome: "lost" };
    }
  }
}

/** "jpeg" of "image/jpeg", say. Not always what was planned: an encoder may be missing. */
function codecOf({ fields }: CodedFrame): string {
  return fields.mimetype.slice(fields.mimetype.indexOf("/") + 1);
}

/** A video encoder may make a key chunk, or a delta, where the plan was the other. */
function hasBase(plan: FramePlan, { fields }: CodedFrame): boolean {
  return "chunk" in fields ? fields.chunk === "delta" : needsBase(plan);
}

function dataUrl({ fields }: CodedFrame, [file = ""]: readonly string[]): string {
  return `data:${fields.mimetype};base64,${file}`;
}
