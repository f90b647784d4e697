import type { Clock } from "../../framebuffer/node";
import type { RenditionMetrics } from "../../hosting/metrics";
import type { ServedViewer } from "../../hosting/servedStream";
import type { StreamSocket } from "../../hosting/streamSocket";
import { unpackEnvelope } from "../../protocol/envelope";
import { parseFrameHeader, parseServerMessage } from "../../protocol/parseServerMessage";
import type { StreamFrameHeader } from "../../protocol/streamMessages";
import type { Disposable } from "../../protocol/transport";
import type { RenditionOffer } from "../announcement";
import type { Broker } from "../broker";
import { splitMessage, type PartKind } from "../frameParts";
import { frameSubject } from "../subjects";
import type { RelayedStream } from "./relayedStream";

/** Seconds between requested frames. A shared video has two keyframes a second at most. */
const KEYFRAME_INTERVAL = 0.55;

/** What a {@link Rendition} needs. */
export interface RenditionOptions {
  readonly broker: Broker;
  readonly stream: RelayedStream;
  /** The stream's name on the broker. */
  readonly name: string;
  readonly offer: RenditionOffer;
  readonly epoch: number;
  /** The number of its first group: higher than those of the epoch before. */
  readonly firstGroup: number;
  readonly clock: Pick<Clock, "delay" | "monotonic">;
}

/**
 * One encoding of a stream, sent to the broker for all its viewers. To the stream it is a viewer
 * that takes each frame once the broker has it, `fps` times a second at most.
 */
export class Rendition implements Disposable {
  readonly #options: RenditionOptions;
  readonly #viewer: ServedViewer;
  readonly #connection: Disposable;
  readonly #subject: string;
  #timer: Disposable | undefined;
  /** Receipts that wait for their turn. */
  readonly #receipts = new Set<Disposable>();
  #config: string | undefined;
  #group: number;
  #hasBegun = false;
  #object = 0;
  /** The number of the group's first frame. */
  #firstSeq = 0;
  /** Whether the group has chunks of a video. A chunk after an image may need one before it. */
  #hasChunks = false;
  /** Whether a frame was asked for that those after it build on. */
  #isWholeDue = false;
  /** When the next receipt is due at the earliest. */
  #nextReceipt = 0;
  #nextKeyframe = 0;
  /** Grows when the frames in flight are given up. */
  #connectionNumber = 0;
  #totals = { frames: 0, bytes: 0, keyframes: 0 };
  #isDisposed = false;

  constructor(options: RenditionOptions) {
    this.#options = options;
    const { broker, stream, offer, name } = options;
    this.#subject = frameSubject(name, offer.id);
    this.#group = options.firstGroup;
    // First, because it may fail.
    this.#viewer = stream.openRendition(offer, this.#socket());
    this.#connection = broker.onConnection((isConnected) => {
      this.#connectionNumber += 1;
      // What was in flight is lost. The next frame needs no other.
      if (!isConnected) return;
      this.#isWholeDue = true;
      this.#viewer.take({ type: "decoder_reset" });
    });
  }

  /** What was sent so far. */
  get totals(): Omit<RenditionMetrics, "viewers"> {
    return this.#totals;
  }

  /** The number that the next group will have. */
  get nextGroup(): number {
    return this.#group + 1;
  }

  /** Sends a frame that needs no other, twice a second at most, for viewers that join. */
  requestKeyframe(): void {
    const now = this.#options.clock.monotonic();
    if (this.#isDisposed || this.#timer !== undefined) return;
    const left = this.#nextKeyframe - now;
    if (left > 0) {
      this.#timer = this.#options.clock.delay(left, () => this.#askNow());
      return;
    }
    this.#askNow();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#timer?.dispose();
    for (const receipt of this.#receipts) receipt.dispose();
    this.#connection.dispose();
    this.#viewer.dispose();
  }

  #askNow(): void {
    this.#timer = undefined;
    this.#nextKeyframe = this.#options.clock.monotonic() + KEYFRAME_INTERVAL;
    this.#isWholeDue = true;
    this.#viewer.take({ type: "request_keyframe", reason: "a viewer joins" });
  }

  #socket(): StreamSocket {
    const isOpen = (): boolean => !this.#isDisposed;
    return {
      get isOpen() {
        return isOpen();
      },
      bufferedBytes: 0,
      sendText: (text) => this.#sendText(text),
      sendBinary: (parts) => this.#sendFrame(parts),
      batch: (send) => send(),
      ping: () => undefined,
      // Only a stream that has ended closes it, and its publisher disposes of this.
      close: () => undefined,
      terminate: () => undefined,
    };
  }

  /** Edges tell their viewers the rest in words of their own. */
  #sendText(text: string): void {
    if (parseServerMessage(text)?.type !== "config") return;
    this.#config = text;
    this.#publish("config", [Buffer.from(text)]);
  }

  #sendFrame(parts: readonly Uint8Array[]): void {
    const [head] = parts;
    if (head === undefined) return;
    const header = parseFrameHeader(unpackEnvelope(head).header);
    const isKey = this.#place(header);
    // A viewer that joins with this frame needs it, too.
    if (isKey && this.#config !== undefined) {
      this.#publish("config", [Buffer.from(this.#config)]);
    }
    this.#publish("frame", parts);
    this.#object += 1;
    this.#totals = {
      frames: this.#totals.frames + 1,
      bytes: this.#totals.bytes + parts.reduce((sum, { length }) => sum + length, 0),
      keyframes: this.#totals.keyframes + (isKey ? 1 : 0),
    };
    this.#awaitBroker(header.seq);
  }

  /** Finds out where a frame belongs. Returns whether it begins a group. */
  #place(header: StreamFrameHeader): boolean {
    const isChunk = header.type === "video_chunk";
    const isWhole = isChunk ? header.keyframe : header.type === "image_frame";
    const isFirst =
      !this.#hasBegun || (isWhole && (isChunk || !this.#hasChunks || this.#isWholeDue));
    if (isFirst) {
      if (this.#hasBegun) this.#group += 1;
      this.#hasBegun = true;
      this.#object = 0;
      this.#firstSeq = header.seq;
      this.#hasChunks = false;
      this.#isWholeDue = false;
    } else if ("base" in header && header.base !== undefined && header.base < this.#firstSeq) {
      // A gap, so that edges ask for a frame that needs no other.
      this.#object += 1;
    }
    this.#hasChunks ||= isChunk;
    return isFirst;
  }

  #publish(kind: PartKind, content: readonly Uint8Array[]): void {
    const { broker, epoch, stream } = this.#options;
    const position = { kind, epoch, group: this.#group, object: this.#object };
    try {
      for (const part of splitMessage(position, content, broker.maxPayload)) {
        broker.publish(this.#subject, part);
      }
    } catch (error) {
      stream.reportError(error, "publish");
    }
  }

  /** Acknowledges a frame once the broker has it, and not before its turn. */
  #awaitBroker(seq: number): void {
    const { broker, clock, stream } = this.#options;
    const number = this.#connectionNumber;
    broker.flush().then(
      () => {
        const now = clock.monotonic();
        const due = Math.max(now, this.#nextReceipt);
        this.#nextReceipt = due + 1 / stream.fps;
        const acknowledge = (): void => {
          if (this.#isDisposed || number !== this.#connectionNumber) return;
          this.#viewer.take({ type: "ack", seq, decode_queue_size: 0, displayed: true });
        };
        if (this.#isDisposed || due - now < 1e-3) {
          acknowledge();
          return;
        }
        const receipt = clock.delay(due - now, () => {
          this.#receipts.delete(receipt);
          acknowledge();
        });
        this.#receipts.add(receipt);
      },
      // The connection is lost. When it is back, frames go on.
      () => undefined,
    );
  }
}
