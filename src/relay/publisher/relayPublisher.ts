import type { Clock } from "../../framebuffer/node";
import type { PublisherMetrics, RenditionMetrics } from "../../hosting/metrics";
import { ProtocolError } from "../../protocol/errors";
import type { Disposable } from "../../protocol/transport";
import { BEAT, packAnnouncement } from "../announcement";
import type { Broker } from "../broker";
import { packInstruction, parseReport } from "../report";
import { allReportsSubject, announcementSubject, edgeSubject, lastToken } from "../subjects";
import { NameClaim } from "./nameClaim";
import type { RelayedStream } from "./relayedStream";
import { RemoteEdges } from "./remoteEdges";
import { Rendition } from "./rendition";

/** Seconds in which changes are collected for one announcement. */
const COLLECT = 0.02;

/** Seconds for which a rendition goes on without viewers: one that reconnects comes back. */
const LINGER = 2;

/** What a {@link RelayPublisher} is made of. */
export interface RelayPublisherOptions {
  readonly broker: Broker;
  readonly stream: RelayedStream;
  /** The stream's name on the broker. */
  readonly name: string;
  /** Whether to take the name from another publisher. */
  readonly takeover: boolean;
  readonly clock: Clock;
  /** Another publisher has taken the name. */
  onLost(): void;
}

type Totals = Omit<RenditionMetrics, "viewers">;

const NOTHING: Totals = { frames: 0, bytes: 0, keyframes: 0 };

/**
 * Publishes a stream to a broker: each rendition once, however many viewers see it, and only while
 * one does.
 */
export class RelayPublisher implements Disposable {
  readonly #options: RelayPublisherOptions;
  readonly #claim: NameClaim;
  readonly #edges: RemoteEdges;
  readonly #renditions = new Map<string, Rendition>();
  /** The number of the next group of each: an edge may still have those before. */
  readonly #nextGroups = new Map<string, number>();
  /** What renditions had sent that are not encoded any more. */
  readonly #departed = new Map<string, Totals>();
  /** When each rendition lost its last viewer. */
  readonly #unwatchedSince = new Map<string, number>();
  readonly #listening: readonly Disposable[];
  #beat: Disposable | undefined;
  #pending: Disposable | undefined;
  #isDisposed = false;

  private constructor(options: RelayPublisherOptions, claim: NameClaim) {
    this.#options = options;
    this.#claim = claim;
    const { broker, stream, name, clock } = options;
    this.#edges = new RemoteEdges({
      stream,
      clock,
      resync: (session) => {
        broker.publish(edgeSubject(name, session), packInstruction({ kind: "resync" }));
      },
      tellPassive: (session, viewers) => {
        broker.publish(edgeSubject(name, session), packInstruction({ kind: "passive", viewers }));
      },
      requestKeyframe: (id) => this.#renditions.get(id)?.requestKeyframe(),
      onWatching: () => this.#encodeWhatIsWatched(),
    });
    claim.onLost(() => {
      this.dispose();
      options.onLost();
    });
    this.#listening = [
      broker.subscribe(allReportsSubject(name), (payload, subject) => {
        this.#guard(() => this.#edges.take(lastToken(subject), parseReport(payload)));
      }),
      broker.onConnection((isConnected) => {
        if (isConnected) this.#announce();
      }),
      stream.onChange(() => this.#announceSoon()),
    ];
    this.#tick();
  }

  /**
   * Begins to publish.
   *
   * @throws Error (as a rejection) if another publisher has the name
   */
  static async start(options: RelayPublisherOptions): Promise<RelayPublisher> {
    const { broker, name, takeover, clock, stream } = options;
    const reportError = (error: unknown): void => stream.reportError(error, "relay");
    const claim = await NameClaim.acquire({ broker, name, takeover, clock, reportError });
    return new RelayPublisher(options, claim);
  }

  /** What it is measured by. */
  get metrics(): PublisherMetrics {
    const ids = new Set([...this.#departed.keys(), ...this.#renditions.keys()]);
    const totalsOf = (id: string): RenditionMetrics => ({
      ...sum(this.#departed.get(id) ?? NOTHING, this.#renditions.get(id)?.totals ?? NOTHING),
      viewers: this.#edges.watching(id),
    });
    return {
      name: this.#options.name,
      edges: this.#edges.viewers,
      renditions: new Map([...ids].map((id) => [id, totalsOf(id)])),
    };
  }

  /** Says that the stream has ended, so that edges need not wait for it. */
  end(): void {
    if (!this.#isDisposed) this.#announce(true);
    this.dispose();
  }

  /** Stops, and leaves the name to others. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#beat?.dispose();
    this.#pending?.dispose();
    this.#claim.dispose();
    for (const one of this.#listening) one.dispose();
    this.#edges.clear();
    for (const rendition of this.#renditions.values()) rendition.dispose();
    this.#renditions.clear();
    this.#options.stream.setRemoteViewers(0);
  }

  #tick(): void {
    // First, so that it goes on whatever fails.
    this.#beat = this.#options.clock.delay(BEAT, () => this.#tick());
    this.#announce();
    this.#claim.repeat();
    this.#edges.sweep();
    this.#encodeWhatIsWatched();
  }

  #announceSoon(): void {
    if (this.#isDisposed) return;
    this.#pending ??= this.#options.clock.delay(COLLECT, () => {
      this.#pending = undefined;
      this.#announce();
    });
  }

  #announce(isClosed = false): void {
    const { broker, stream, name } = this.#options;
    const { size, fps, status, roles, renditions } = stream;
    const { id: publisher, epoch } = this.#claim;
    broker.publish(
      announcementSubject(name),
      packAnnouncement({ publisher, epoch, isClosed, size, fps, status, roles, renditions }),
    );
  }

  /** Starts and ends renditions. */
  #encodeWhatIsWatched(): void {
    if (this.#isDisposed) return;
    const { stream, clock } = this.#options;
    const now = clock.monotonic();
    for (const offer of stream.renditions) {
      const { id } = offer;
      const rendition = this.#renditions.get(id);
      if (this.#edges.watching(id) > 0) {
        this.#unwatchedSince.delete(id);
        if (rendition === undefined) this.#guard(() => this.#open(id));
        continue;
      }
      if (rendition === undefined) continue;
      const since = this.#unwatchedSince.get(id) ?? now;
      this.#unwatchedSince.set(id, since);
      if (now - since >= LINGER) this.#close(id, rendition);
    }
  }

  #open(id: string): void {
    const { broker, stream, name, clock } = this.#options;
    const offer = stream.renditions.find((one) => one.id === id);
    if (offer === undefined) return;
    const { epoch } = this.#claim;
    const firstGroup = this.#nextGroups.get(id) ?? 0;
    const rendition = new Rendition({ broker, stream, name, offer, epoch, firstGroup, clock });
    this.#renditions.set(id, rendition);
  }

  #close(id: string, rendition: Rendition): void {
    this.#unwatchedSince.delete(id);
    this.#renditions.delete(id);
    this.#nextGroups.set(id, rendition.nextGroup);
    this.#departed.set(id, sum(this.#departed.get(id) ?? NOTHING, rendition.totals));
    rendition.dispose();
  }

  /** A bad message, or a viewer that can't be shown anything, ends nothing. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      const during = error instanceof ProtocolError ? "message" : "relay";
      this.#options.stream.reportError(error, during);
    }
  }
}

function sum(one: Totals, other: Totals): Totals {
  return {
    frames: one.frames + other.frames,
    bytes: one.bytes + other.bytes,
    keyframes: one.keyframes + other.keyframes,
  };
}
