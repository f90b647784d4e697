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
const JOIN_INTERVAL = 0.5;

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
  readonly clock: Pick<Clock, "monotonic">;
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
  #askedAt = -Infinity;

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

  /** A viewer waits for a frame that needs no other. */
  awaitKeyframe(isLate: boolean): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#askedAt < (isLate ? LATE_INTERVAL : JOIN_INTERVAL)) return;
    this.#askedAt = now;
    this.#options.requestKeyframe();
  }

  /** The publisher is another one: what came from the one before can't be continued. */
  restart(): void {
    this.kept.clear();
    this.#askedAt = -Infinity;
  }

  dispose(): void {
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
    this.kept.add(readFrame(message));
    this.#rate.add(1, this.#options.clock.monotonic());
    for (const taker of this.#takers) taker.frameCame();
  }

  #takeConfig(content: Uint8Array): void {
    const config = parseServerMessage(Buffer.from(content).toString("utf8"));
    if (config?.type !== "config") throw new ProtocolError("config: expected a config message");
    this.#config = config;
    for (const taker of this.#takers) taker.takeConfig(config);
  }
}

function readFrame({ group, object, content }: WholeMessage): RelayedFrame {
  const { header, payload } = unpackEnvelope(content);
  return { group, object, header: parseFrameHeader(header), rawHeader: header as object, payload };
}
