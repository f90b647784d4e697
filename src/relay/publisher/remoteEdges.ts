import type { Clock } from "../../framebuffer/node";
import { PlainError } from "../../protocol/errors";
import { BEAT, SILENCE } from "../announcement";
import type { Report, ReportItem } from "../report";
import type { RelayedStream, RemoteViewer } from "./relayedStream";

/** Edges of one stream, at most: anything on the broker could make up more. */
const MAX_EDGES = 1000;

/** Viewers of an edge that the publisher knows, at most: an edge could make up any number. */
const MAX_VIEWERS = 20_000;

/** Viewers in an instruction, at most. */
const MAX_PASSIVE = 1000;

/** What {@link RemoteEdges} need. */
export interface RemoteEdgesOptions {
  readonly stream: RelayedStream;
  readonly clock: Pick<Clock, "monotonic">;
  /** Requests that an edge report all its viewers again. */
  resync(session: string): void;
  /** Tells an edge which of its viewers may not drive. */
  tellPassive(session: string, viewers: readonly string[]): void;
  /** A viewer needs a frame that needs no other. */
  requestKeyframe(rendition: string): void;
  /** Who watches what may have changed. */
  onWatching(): void;
}

interface RemoteEdge {
  readonly name: string;
  readonly viewers: Map<string, RemoteViewer>;
  /** While the edge reports its viewers again: those that it has not reported yet. */
  readonly unconfirmed: Set<string>;
  heardAt: number;
  seq: number;
  count: number;
  watching: Readonly<Record<string, number>>;
  /** When it was last asked to report its viewers again. */
  askedAt: number;
}

/** The edges that show a stream, as far as the publisher knows them, and their viewers. */
export class RemoteEdges {
  readonly #options: RemoteEdgesOptions;
  /** By session. */
  readonly #edges = new Map<string, RemoteEdge>();
  #sweptAt: number;

  constructor(options: RemoteEdgesOptions) {
    this.#options = options;
    this.#sweptAt = options.clock.monotonic();
  }

  /** How many viewers each edge has, by the names of the edges. */
  get viewers(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { name, count } of this.#edges.values()) {
      counts.set(name, (counts.get(name) ?? 0) + count);
    }
    return counts;
  }

  /** How many viewers see a rendition. */
  watching(rendition: string): number {
    return [...this.#edges.values()].reduce(
      (sum, { watching }) => sum + (watching[rendition] ?? 0),
      0,
    );
  }

  /** Takes a report. */
  take(session: string, report: Report): void {
    const now = this.#options.clock.monotonic();
    const edge = this.#edges.get(session) ?? this.#add(session, report, now);
    if (edge === undefined) return;
    // A key_up may be among what is lost.
    if (report.seq !== edge.seq + 1) this.#releaseInput(edge);
    edge.heardAt = now;
    edge.seq = report.seq;
    edge.count = report.viewers;
    edge.watching = report.watching;
    this.#applyItems(session, edge, report.items);
    const isSettled = report.items.length === 0;
    if (isSettled && edge.viewers.size !== report.joined && now - edge.askedAt > BEAT) {
      edge.askedAt = now;
      this.#options.resync(session);
    }
    this.#changed();
  }

  /** Counts out edges that are silent. To be called once in each {@link BEAT}. */
  sweep(): void {
    const now = this.#options.clock.monotonic();
    // This process was busy: what edges said meanwhile is read after this.
    const missed = Math.max(0, now - this.#sweptAt - BEAT);
    this.#sweptAt = now;
    let isChanged = false;
    for (const [session, edge] of this.#edges) {
      edge.heardAt = Math.min(now, edge.heardAt + missed);
      if (now - edge.heardAt < SILENCE) continue;
      this.#edges.delete(session);
      this.#forgetViewers(edge);
      isChanged = true;
    }
    if (isChanged) this.#changed();
  }

  /** Forgets all edges. */
  clear(): void {
    for (const edge of this.#edges.values()) this.#forgetViewers(edge);
    this.#edges.clear();
  }

  #add(session: string, { edge, seq }: Report, now: number): RemoteEdge | undefined {
    if (this.#edges.size >= MAX_EDGES) {
      this.#options.stream.reportError(
        new PlainError(`Cannot count more than ${MAX_EDGES} edges: others are ignored`),
        "relay",
      );
      return undefined;
    }
    const added: RemoteEdge = {
      name: edge,
      viewers: new Map(),
      unconfirmed: new Set(),
      heardAt: now,
      seq: seq - 1,
      count: 0,
      watching: {},
      askedAt: -Infinity,
    };
    this.#edges.set(session, added);
    return added;
  }

  #applyItems(session: string, edge: RemoteEdge, items: readonly ReportItem[]): void {
    const passive: string[] = [];
    for (const item of items) {
      if (item.kind === "keyframe") this.#options.requestKeyframe(item.rendition);
      else if (item.kind === "reset")
        for (const id of edge.viewers.keys()) edge.unconfirmed.add(id);
      else if (item.kind === "complete") this.#dropUnconfirmed(edge);
      else if (item.kind === "join") {
        if (!this.#join(edge, item.viewer, item.principal)) passive.push(item.viewer);
      } else this.#applyToViewer(edge, item);
    }
    for (let at = 0; at < passive.length; at += MAX_PASSIVE) {
      this.#options.tellPassive(session, passive.slice(at, at + MAX_PASSIVE));
    }
  }

  #applyToViewer(
    edge: RemoteEdge,
    item: Exclude<ReportItem, { readonly kind: "keyframe" | "reset" | "complete" | "join" }>,
  ): void {
    const { stream } = this.#options;
    const viewer = edge.viewers.get(item.viewer);
    // An edge speaks only for viewers that it has reported.
    if (viewer === undefined) return;
    switch (item.kind) {
      case "leave":
        edge.viewers.delete(item.viewer);
        stream.leave(viewer);
        break;
      case "event":
        stream.takeEvent(viewer, item.event);
        break;
      case "ask":
        stream.ask(viewer);
        break;
      case "hand_over":
        stream.handOver(viewer, item.to);
        break;
      case "silent":
        stream.becameSilent(viewer);
        break;
    }
  }

  /** @returns whether the viewer may drive */
  #join(edge: RemoteEdge, id: string, principal: unknown): boolean {
    const { stream } = this.#options;
    const known = edge.viewers.get(id);
    if (known === undefined && stream.isKnown(id)) {
      stream.reportError(
        new PlainError(`Edge "${edge.name}" speaks for a viewer that isn't its own: ignored`),
        "relay",
      );
      return false;
    }
    if (known === undefined && edge.viewers.size >= MAX_VIEWERS) {
      const what = `Cannot know more than ${MAX_VIEWERS} viewers of edge "${edge.name}"`;
      stream.reportError(new PlainError(`${what}: others can't drive`), "relay");
      return false;
    }
    const viewer = known ?? { client_id: id, principal, edge: edge.name };
    edge.viewers.set(id, viewer);
    edge.unconfirmed.delete(id);
    return stream.join(viewer);
  }

  #dropUnconfirmed(edge: RemoteEdge): void {
    for (const id of edge.unconfirmed) this.#applyToViewer(edge, { kind: "leave", viewer: id });
    edge.unconfirmed.clear();
  }

  #releaseInput({ viewers }: RemoteEdge): void {
    for (const viewer of viewers.values()) this.#options.stream.releaseInput(viewer);
  }

  #forgetViewers(edge: RemoteEdge): void {
    for (const viewer of edge.viewers.values()) this.#options.stream.leave(viewer);
    edge.viewers.clear();
  }

  #changed(): void {
    const counts = [...this.#edges.values()].map(({ count }) => count);
    this.#options.stream.setRemoteViewers(counts.reduce((sum, count) => sum + count, 0));
    this.#options.onWatching();
  }
}
