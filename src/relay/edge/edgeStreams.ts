import { randomBytes } from "node:crypto";
import type { Clock } from "../../framebuffer/node";
import type { Authenticate } from "../../hosting/auth";
import { checkStreamName } from "../../hosting/streamPath";
import { ProtocolError } from "../../protocol/errors";
import type { Disposable } from "../../protocol/transport";
import { BEAT, parseAnnouncement } from "../announcement";
import type { Broker } from "../broker";
import { ALL_ANNOUNCEMENTS, streamOfSubject } from "../subjects";
import { EdgeStream } from "./edgeStream";
import { reportable } from "./reportable";

/** Streams at an edge, at most: anything on the broker could make up more. */
const MAX_STREAMS = 10_000;

/** What {@link EdgeStreams} need. */
export interface EdgeStreamsOptions {
  readonly broker: Broker;
  /** The edge's name, for people. */
  readonly edge: string;
  readonly clock: Clock;
  readonly authenticate: Authenticate | undefined;
  /** Viewers of each stream, at most. */
  readonly maxViewers: number;
  /** Whole seconds from one message with measurements to the next; null for none. */
  readonly statsInterval: number | null;
  readonly reportError: (error: unknown, during: string) => void;
}

/** The streams that an edge serves: all that publishers announce. One timer serves all of them. */
export class EdgeStreams implements Disposable {
  /** By name. */
  readonly all = new Map<string, EdgeStream>();
  readonly #options: EdgeStreamsOptions;
  readonly #session = randomBytes(9).toString("hex");
  readonly #authenticate: Authenticate | undefined;
  readonly #listening: readonly Disposable[];
  #timer: Disposable | undefined;
  #beats = 0;

  constructor(options: EdgeStreamsOptions) {
    this.#options = options;
    this.#authenticate = reportable(options.authenticate);
    const { broker } = options;
    this.#listening = [
      broker.subscribe(ALL_ANNOUNCEMENTS, (payload, subject) => {
        try {
          this.#announced(streamOfSubject(subject), payload);
        } catch (error) {
          options.reportError(error, "message");
        }
      }),
      broker.onConnection((isConnected) => {
        for (const stream of this.all.values()) stream.connectionChanged(isConnected);
      }),
    ];
    this.#beat();
  }

  /** Ends all of them. */
  dispose(): void {
    this.#timer?.dispose();
    for (const one of this.#listening) one.dispose();
    for (const stream of [...this.all.values()]) this.#end(stream);
  }

  #announced(name: string | undefined, payload: Uint8Array): void {
    const announcement = parseAnnouncement(payload);
    const known = this.all.get(name ?? "");
    if (announcement.isClosed) {
      if (known !== undefined && announcement.epoch >= known.epoch) this.#end(known);
      return;
    }
    if (known !== undefined) {
      known.announced(announcement);
      return;
    }
    checkName(name);
    if (this.all.size >= MAX_STREAMS) {
      throw new Error(`Cannot serve more than ${MAX_STREAMS} streams: "${name}" is ignored`);
    }
    const { broker, edge, clock, maxViewers, reportError } = this.#options;
    const authenticate = this.#authenticate;
    const stream = new EdgeStream({
      ...{ broker, name, edge, clock, authenticate, maxViewers, announcement },
      session: this.#session,
      reportError: (error, during) => reportError(error, `${during} of ${name}`),
    });
    this.all.set(name, stream);
  }

  #end(stream: EdgeStream): void {
    this.all.delete(stream.name);
    stream.end().catch((error: unknown) => this.#options.reportError(error, "close"));
  }

  #beat(): void {
    const { clock, statsInterval, reportError } = this.#options;
    const due = clock.monotonic() + BEAT;
    this.#timer = clock.delay(BEAT, () => {
      // First, so that it goes on whatever fails.
      this.#beat();
      this.#beats += 1;
      const withStats = statsInterval !== null && this.#beats % statsInterval === 0;
      const missed = Math.max(0, clock.monotonic() - due);
      for (const stream of [...this.all.values()]) {
        try {
          if (stream.isForgotten) this.#end(stream);
          else stream.beat(withStats, missed);
        } catch (error) {
          reportError(error, "beat");
        }
      }
    });
  }
}

function checkName(name: string | undefined): asserts name is string {
  try {
    checkStreamName(name);
  } catch (error) {
    throw new ProtocolError((error as Error).message);
  }
}
