import type { Clock } from "../../framebuffer/node";
import { RateMeter } from "../../hosting/rateMeter";
import { unpackEnvelope } from "../../protocol/envelope";
import { ProtocolError } from "../../protocol/errors";
import { parseFrameHeader, parseServerMessage } from "../../protocol/parseServerMessage";
import type { StreamConfig } from "../../protocol/streamMessages";
import type { Disposable } from "../../protocol/transport";
import type { RenditionOffer } from "../announcement";
import type { Broker } from "../broker";
import { PartJoiner, type WholeMessage } from "../frameParts";
import { frameSubject } from "../subjects";
import { KeptFrames } from "./keptFrames";
import type { RelayedFrame } from "./relayedFrame";

/** Seconds from one request for a keyframe to the next, for viewers that join. */
const JOIN_INTERVAL = 0.25;

/** The same for viewers that are late: a keyframe for them goes to all. */
const LATE_INTERVAL = 2;

/** A viewer, as its rendition sees it. */
export interface FrameTaker {
  /** How frames travel from now on. */
  takeConfig(config: StreamConfig): void;
  /** There is a new frame. */
  frameCame(): void;
}

/** What an {@link EdgeRendition} needs. */
export interface EdgeRenditionOptions {
  readonly broker: Broker;
  /** The stream's name on the broker. */
  readonly name: string;
  readonly offer: RenditionOffer;
  readonly clock: Pick<Clock, "delay" | "monotonic">;
  /** The epoch of the publisher that counts. */
  epoch(): number;
  /** Asks the publisher for a frame that needs no other. */
  requestKeyframe(): void;
  readonly reportError: (error: unknown) => void;
}

/** One encoding of a stream at an edge: its newest frames, and who gets them. */
export class EdgeRendition implements Disposable {
  readonly offer: RenditionOffer;
  readonly kept = new KeptFrames();
  readonly #options: EdgeRenditionOptions;
  readonly #subscription: Disposable;
  readonly #takers = new Set<FrameTaker>();
  readonly #parts = new PartJoiner();
  readonly #rate: RateMeter;
  #config: StreamConfig | undefined;
  #configText = "";
  #askedAt = -Infinity;
  /** A request that waits for its turn, and when that is. */
  #request: { readonly due: number; readonly timer: Disposable } | undefined;

  constructor(options: EdgeRenditionOptions) {
    this.#options = options;
    const { broker, name, offer, clock, reportError } = options;
    this.offer = offer;
    this.#rate = new RateMeter(clock.monotonic());
    this.#subscription = broker.subscribe(frameSubject(name, offer.id), (part) => {
      try {
        this.#take(part);
      } catch (error) {
        reportError(error);
      }
    });
  }

  /** How many viewers get it. */
  get takers(): number {
    return this.#takers.size;
  }

  /** Frames a second, over the last two. */
  get fps(): number {
    return this.#rate.perSecond(this.#options.clock.monotonic());
  }

  /** Sends it to one more viewer. */
  add(taker: FrameTaker): void {
    this.#takers.add(taker);
    if (this.#config !== undefined) taker.takeConfig(this.#config);
  }

  remove(taker: FrameTaker): void {
    this.#takers.delete(taker);
  }

  /** A viewer waits for a frame that needs no other. It is requested now, or when it is time. */
  awaitKeyframe(isLate: boolean): void {
    const { clock } = this.#options;
    const now = clock.monotonic();
    const due = this.#askedAt + (isLate ? LATE_INTERVAL : JOIN_INTERVAL);
    if (due <= now) {
      this.#ask();
      return;
    }
    if (this.#request !== undefined && this.#request.due <= due) return;
    this.#cancelRequest();
    this.#request = { due, timer: clock.delay(due - now, () => this.#ask()) };
  }

  /** The publisher is another one: what came from the one before can't be continued. */
  restart(): void {
    this.#cancelRequest();
    this.kept.clear();
    this.#askedAt = -Infinity;
  }

  #ask(): void {
    this.#cancelRequest();
    this.#askedAt = this.#options.clock.monotonic();
    this.#options.requestKeyframe();
  }

  #cancelRequest(): void {
    this.#request?.timer.dispose();
    this.#request = undefined;
  }

  dispose(): void {
    this.#cancelRequest();
    this.#subscription.dispose();
    this.#takers.clear();
    this.kept.clear();
  }

  #take(part: Uint8Array): void {
    const message = this.#parts.take(part);
    if (message === undefined || message.epoch !== this.#options.epoch()) return;
    if (message.kind === "config") {
      this.#takeConfig(message.content);
      return;
    }
    const frame = readFrame(message);
    if (frame.object === 0) this.#cancelRequest();
    this.kept.add(frame);
    this.#rate.add(1, this.#options.clock.monotonic());
    this.#forEach((taker) => taker.frameCame());
  }

  /** One viewer that fails doesn't keep the frame from the others. */
  #forEach(act: (taker: FrameTaker) => void): void {
    for (const taker of this.#takers) {
      try {
        act(taker);
      } catch (error) {
        this.#options.reportError(error);
      }
    }
  }

  #takeConfig(content: Uint8Array): void {
    const text = Buffer.from(content).toString("utf8");
    // It precedes each group, and rarely says anything new.
    if (text === this.#configText) return;
    const config = parseServerMessage(text);
    if (config?.type !== "config") throw new ProtocolError("config: expected a config message");
    this.#config = config;
    this.#configText = text;
    this.#forEach((taker) => taker.takeConfig(config));
  }
}

function readFrame({ group, object, content }: WholeMessage): RelayedFrame {
  const { header, payload } = unpackEnvelope(content);
  return { group, object, header: parseFrameHeader(header), rawHeader: header as object, payload };
}
