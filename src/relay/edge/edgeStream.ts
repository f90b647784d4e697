import type { Clock } from "../../framebuffer/node";
import type { Authenticate } from "../../hosting/auth";
import { OK_STATUS } from "../../hosting/changedTexts";
import { addTotals, NO_TOTALS, type ViewerMetrics, type ViewerTotals } from "../../hosting/metrics";
import type { ServedStream, ServedViewer, ViewerRequest } from "../../hosting/servedStream";
import { ProtocolError } from "../../protocol/errors";
import type { StreamRfbEvent } from "../../protocol/parseClientMessage";
import type { StreamRole } from "../../protocol/roleMessages";
import type { StreamStatus } from "../../protocol/streamMessages";
import type { Disposable } from "../../protocol/transport";
import { SILENCE, type Announcement, type RenditionOffer } from "../announcement";
import type { Broker } from "../broker";
import { parseInstruction, type Instruction, type ReportItem } from "../report";
import { edgeSubject } from "../subjects";
import { EdgeRendition } from "./edgeRendition";
import { EdgeViewer, type ViewerStream } from "./edgeViewer";
import { Reporter } from "./reporter";
import { CUT_OFF, SILENT } from "./statusTexts";
import { isWanted, roleIn } from "./viewerRole";

/** Seconds without a publisher after which a stream that nobody watches is forgotten. */
const FORGOTTEN_AFTER = 10;

/** What an {@link EdgeStream} needs. */
export interface EdgeStreamOptions {
  readonly broker: Broker;
  readonly name: string;
  /** The edge's name, for people. */
  readonly edge: string;
  /** Identifies this edge as long as it runs. */
  readonly session: string;
  readonly clock: Clock;
  readonly authenticate: Authenticate | undefined;
  readonly maxViewers: number;
  readonly announcement: Announcement;
  readonly reportError: (error: unknown, during: string) => void;
}

/** A stream at an edge: its viewers, and the renditions that they watch. */
export class EdgeStream implements ServedStream, ViewerStream {
  readonly name: string;
  /** Only the publisher has sent anything to the broker. */
  readonly published = undefined;
  readonly #options: EdgeStreamOptions;
  readonly #reporter: Reporter;
  readonly #instructions: Disposable;
  readonly #renditions = new Map<string, EdgeRendition>();
  readonly #viewers = new Map<string, EdgeViewer>();
  /** Those that were reported to the publisher. */
  readonly #joined = new Set<EdgeViewer>();
  #announcement: Announcement;
  /** When the publisher was heard last. */
  #heardAt: number;
  #shownStatus = OK_STATUS;
  #departed = NO_TOTALS;
  #isClosed = false;

  constructor(options: EdgeStreamOptions) {
    this.#options = options;
    const { broker, name, clock, session, announcement, edge } = options;
    this.name = name;
    this.#announcement = announcement;
    this.#heardAt = clock.monotonic();
    this.#reporter = new Reporter({
      ...{ broker, name, edge, session, clock },
      counts: () => this.#counts(),
    });
    this.#instructions = broker.subscribe(edgeSubject(name, session), (payload) => {
      this.#guard(() => this.#follow(parseInstruction(payload)));
    });
  }

  get size(): { readonly width: number; readonly height: number } {
    return this.#announcement.size;
  }

  get fps(): number {
    return this.#announcement.fps;
  }

  get viewerCount(): number {
    return this.#viewers.size;
  }

  get authenticate(): Authenticate | undefined {
    return this.#options.authenticate;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isFull(): boolean {
    return this.#viewers.size >= this.#options.maxViewers;
  }

  get edge(): string {
    return this.#options.edge;
  }

  /** Only the publisher records events. */
  get recorded(): readonly StreamRfbEvent[] {
    return [];
  }

  get departed(): ViewerTotals {
    return this.#departed;
  }

  /** The epoch of the publisher that counts. */
  get epoch(): number {
    return this.#announcement.epoch;
  }

  /** Whether the publisher is gone, and nobody waits for it. */
  get isForgotten(): boolean {
    return this.#viewers.size === 0 && this.#silence > FORGOTTEN_AFTER;
  }

  get status(): StreamStatus {
    if (!this.#options.broker.isConnected) return CUT_OFF;
    if (this.#silence > SILENCE) return SILENT;
    return { type: "status", ...this.#announcement.status };
  }

  metrics(): ViewerMetrics[] {
    return [...this.#viewers.values()].map((viewer) => viewer.metrics());
  }

  clearRecorded(): void {
    // There are none.
  }

  open(request: ViewerRequest): ServedViewer {
    const viewer = new EdgeViewer({ stream: this, ...request });
    this.#viewers.set(viewer.id, viewer);
    if (this.#announcement.roles.mode === "one") this.#join(viewer);
    this.#reporter.soon();
    return viewer;
  }

  reportError(error: unknown, during: string): void {
    this.#options.reportError(error, during);
  }

  end(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    for (const viewer of [...this.#viewers.values()]) viewer.end();
    this.#reporter.send();
    this.#reporter.dispose();
    this.#instructions.dispose();
    for (const rendition of this.#renditions.values()) rendition.dispose();
    this.#renditions.clear();
    return Promise.resolve();
  }

  /** Takes what the publisher says about the stream. */
  announced(announcement: Announcement): void {
    const before = this.#announcement;
    // One that was cut off, and has been replaced, may go on for a moment.
    if (announcement.epoch < before.epoch && this.#silence <= SILENCE) return;
    this.#announcement = announcement;
    this.#heardAt = this.#options.clock.monotonic();
    if (announcement.epoch !== before.epoch) this.#restart();
    else if (JSON.stringify(announcement.roles) !== JSON.stringify(before.roles)) {
      if (announcement.roles.mode === "one") this.#joinAll();
      for (const viewer of this.#viewers.values()) viewer.showRole();
    }
    this.#showStatus();
  }

  /** The connection to the broker is lost, or there again. */
  connectionChanged(isConnected: boolean): void {
    this.#showStatus();
    if (!isConnected) return;
    // What came meanwhile is lost.
    for (const rendition of this.#renditions.values()) rendition.restart();
    for (const viewer of [...this.#viewers.values()]) this.#guard(() => viewer.restart());
    this.#tellAll();
  }

  /**
   * Time has passed.
   *
   * @param missed - seconds for which this process was busy: what was announced is read after this
   */
  beat(withStats: boolean, missed: number): void {
    const now = this.#options.clock.monotonic();
    this.#heardAt = Math.min(now, this.#heardAt + missed);
    this.#showStatus();
    for (const viewer of this.#viewers.values()) {
      this.#guard(() => viewer.beat(now));
      if (withStats) viewer.sendStats();
    }
    this.#reporter.send();
  }

  monotonic(): number {
    return this.#options.clock.monotonic();
  }

  renditionFor(supported: readonly string[], isSmall: boolean): EdgeRendition {
    const offers = this.#announcement.renditions;
    const offer = offers.find(({ needs }) => needs.every((one) => supported.includes(one)));
    if (offer === undefined) {
      throw new ProtocolError(
        "hello.supported: expected image/jpeg and image/png, which every stream has, got others",
      );
    }
    const small = offers.find(({ id }) => id === offer.small);
    return this.#rendition(isSmall && small !== undefined ? small : offer);
  }

  release(rendition: EdgeRendition): void {
    if (rendition.takers === 0) {
      rendition.dispose();
      this.#renditions.delete(rendition.offer.id);
    }
    this.#reporter.soon();
  }

  roleOf({ id, mayDrive }: EdgeViewer): StreamRole | undefined {
    return roleIn(this.#announcement.roles, id, mayDrive);
  }

  wants({ id }: EdgeViewer, event: StreamRfbEvent): boolean {
    return isWanted(this.#announcement.roles, id, event);
  }

  tell(viewer: EdgeViewer, item: ReportItem): void {
    this.#join(viewer);
    this.#reporter.tell(item);
  }

  remove(viewer: EdgeViewer): void {
    this.#viewers.delete(viewer.id);
    this.#departed = addTotals(this.#departed, viewer.metrics());
    if (this.#joined.delete(viewer)) this.#reporter.tell({ kind: "leave", viewer: viewer.id });
    this.#reporter.soon();
  }

  #rendition(offer: RenditionOffer): EdgeRendition {
    const known = this.#renditions.get(offer.id);
    if (known !== undefined) return known;
    const { broker, clock } = this.#options;
    const rendition = new EdgeRendition({
      ...{ broker, name: this.name, offer, clock },
      epoch: () => this.epoch,
      requestKeyframe: () => this.#reporter.tell({ kind: "keyframe", rendition: offer.id }),
      reportError: (error) => this.reportError(error, "message"),
    });
    this.#renditions.set(offer.id, rendition);
    this.#reporter.soon();
    return rendition;
  }

  /** Seconds since the publisher was heard. */
  get #silence(): number {
    return this.#options.clock.monotonic() - this.#heardAt;
  }

  /** The publisher is another one. */
  #restart(): void {
    for (const rendition of this.#renditions.values()) rendition.restart();
    for (const viewer of [...this.#viewers.values()]) {
      viewer.mayDrive = true;
      this.#guard(() => viewer.restart());
      viewer.showRole();
    }
    this.#tellAll();
  }

  /** Reports all viewers again. */
  #tellAll(): void {
    const isForAll = this.#announcement.roles.mode === "one";
    const told = isForAll ? [...this.#viewers.values()] : [...this.#joined];
    this.#joined.clear();
    this.#reporter.restart();
    this.#reporter.tell({ kind: "reset" });
    for (const viewer of told) this.#join(viewer);
    this.#reporter.tell({ kind: "complete" });
  }

  #joinAll(): void {
    for (const viewer of this.#viewers.values()) this.#join(viewer);
  }

  #join(viewer: EdgeViewer): void {
    if (this.#joined.has(viewer)) return;
    this.#joined.add(viewer);
    const { id, principal } = viewer;
    this.#reporter.tell({ kind: "join", viewer: id, principal: principal ?? null });
  }

  #follow(instruction: Instruction | undefined): void {
    if (instruction?.kind === "resync") this.#tellAll();
    if (instruction?.kind !== "passive") return;
    for (const id of instruction.viewers) {
      const viewer = this.#viewers.get(id);
      if (viewer === undefined) continue;
      viewer.mayDrive = false;
      viewer.showRole();
    }
  }

  #showStatus(): void {
    const { status } = this;
    const isSame = status.kind === this.#shownStatus.kind && status.text === this.#shownStatus.text;
    if (isSame) return;
    this.#shownStatus = status;
    for (const viewer of this.#viewers.values()) viewer.showStatus();
  }

  #counts(): {
    readonly viewers: number;
    readonly joined: number;
    readonly watching: Readonly<Record<string, number>>;
  } {
    return {
      viewers: this.#viewers.size,
      joined: this.#joined.size,
      watching: Object.fromEntries([...this.#renditions].map(([id, { takers }]) => [id, takers])),
    };
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.reportError(error, "message");
    }
  }
}
