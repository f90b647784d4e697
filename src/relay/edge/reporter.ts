import type { Clock } from "../../framebuffer/node";
import type { Disposable } from "../../protocol/transport";
import type { Broker } from "../broker";
import { MAX_ITEMS, packReport, type Report, type ReportItem } from "../report";
import { reportSubject } from "../subjects";

/** Characters of a report, at most, where the broker allows more. */
const MAX_LENGTH = 200_000;

/** Items that wait for the broker, at most. All viewers are reported again when it is back. */
const MAX_WAITING = 10_000;

/** Seconds in which counts, and viewers that come and leave, are collected. */
const COLLECT = 0.02;

/** What a {@link Reporter} needs. */
export interface ReporterOptions {
  readonly broker: Broker;
  /** The stream's name on the broker. */
  readonly name: string;
  /** The edge's name, for people. */
  readonly edge: string;
  /** Identifies this edge as long as it runs. */
  readonly session: string;
  readonly clock: Pick<Clock, "defer" | "delay">;
  /** The counts of a report. */
  counts(): Pick<Report, "viewers" | "joined" | "watching">;
}

/** Tells the publisher what happens at an edge: all of a turn of the event loop in one message. */
export class Reporter implements Disposable {
  readonly #options: ReporterOptions;
  #items: ReportItem[] = [];
  #seq = 0;
  #pending: Disposable | undefined;
  /** Whether it is sent in this turn of the event loop. */
  #isUrgent = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** Reports something, soon. */
  tell(item: ReportItem): void {
    if (this.#items.length >= MAX_WAITING) {
      if (this.#options.broker.isConnected) this.send();
      else this.#items.shift();
    }
    this.#items.push(item);
    const { kind } = item;
    if (kind === "join" || kind === "leave") this.soon();
    else this.#now();
  }

  /** Tells the counts, soon. */
  soon(): void {
    this.#pending ??= this.#options.clock.delay(COLLECT, () => this.send());
  }

  /** Sends at the end of this turn: a person waits for what an event does. */
  #now(): void {
    if (this.#isUrgent) return;
    this.#isUrgent = true;
    this.#pending?.dispose();
    this.#pending = this.#options.clock.defer(() => this.send());
  }

  /** Forgets what viewers did and was not reported yet: all viewers are reported again. */
  restart(): void {
    this.#items = this.#items.filter(({ kind }) => kind === "keyframe");
  }

  /** Tells everything now. Without a connection, nothing happens. */
  send(): void {
    this.#pending?.dispose();
    this.#pending = undefined;
    this.#isUrgent = false;
    const { broker, name, edge, session } = this.#options;
    if (!broker.isConnected) return;
    const items = this.#items;
    this.#items = [];
    do {
      const text = this.#pack(edge, items);
      broker.publish(reportSubject(name, session), text);
    } while (items.length > 0);
  }

  dispose(): void {
    this.#pending?.dispose();
  }

  /** Takes as many items as fit. */
  #pack(edge: string, items: ReportItem[]): string {
    const { broker } = this.#options;
    const most = Math.min(MAX_LENGTH, broker.maxPayload / 4);
    let length = 0;
    const taken: ReportItem[] = [];
    for (const item of items) {
      length += JSON.stringify(item).length;
      if (taken.length > 0 && (length > most || taken.length >= MAX_ITEMS)) break;
      taken.push(item);
    }
    items.splice(0, taken.length);
    return packReport({ edge, seq: this.#seq++, ...this.#options.counts(), items: taken });
  }
}
