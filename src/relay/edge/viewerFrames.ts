import type { ViewerMetrics } from "../../hosting/metrics";
import type { StreamSocket } from "../../hosting/streamSocket";
import { ViewerMeasures, type Measured } from "../../hosting/viewerMeasures";
import type { StreamAck } from "../../protocol/streamMessages";
import type { EdgeRendition } from "./edgeRendition";
import { FlightWindow } from "./flightWindow";
import type { Cursor } from "./keptFrames";
import { codecOf, headFor, type RelayedFrame } from "./relayedFrame";

/** Seconds from one time that a viewer gets the picture again to the next. */
const REPLAY_INTERVAL = 0.25;

/** Bytes that wait for a viewer in this process, at most, for it to get another frame. */
const MAX_WAITING_BYTES = 65_536;

/** What {@link ViewerFrames} need. */
export interface ViewerFramesOptions {
  readonly socket: StreamSocket;
  /** Bytes that may wait in the socket. A viewer with more is disconnected. */
  readonly maxBufferedBytes: number;
  /** Seconds from some fixed moment; never decreases. */
  monotonic(): number;
  /** A frame was sent. */
  onSent(): void;
}

/** The frames of a rendition on their way to one viewer, with numbers of its own. */
export class ViewerFrames {
  readonly #options: ViewerFramesOptions;
  readonly #measures: ViewerMeasures;
  readonly #flight = new FlightWindow();
  /** Undefined while the viewer is hidden, and while nothing suits it. */
  #rendition: EdgeRendition | undefined;
  /** Undefined while it waits for a frame that needs no other. */
  #cursor: Cursor | undefined;
  /** The number of its next frame; undefined before the first, which keeps its own. */
  #nextSeq: number | undefined;
  /** The publisher's number of the frame that was sent last; undefined after another rendition. */
  #lastSeq: number | undefined;
  #wasLate = false;
  /** Whether it has begun with an older frame than the newest, and goes on to that. */
  #isCatchingUp = false;
  /** When the viewer asked for the picture last, and the group that it got then. */
  #replayed: { readonly at: number; readonly group: number | undefined } | undefined;
  #isReplayDue = false;
  #codec = "";
  #sent = 0;
  #dropped = 0;
  #acked = 0;

  constructor(options: ViewerFramesOptions) {
    this.#options = options;
    this.#measures = new ViewerMeasures(options.monotonic());
  }

  /** Sends frames of a rendition, from one that needs no other on; undefined for none. */
  follow(rendition: EdgeRendition | undefined): void {
    const isSame = rendition === this.#rendition;
    this.#rendition = rendition;
    if (isSame) {
      this.replay();
      return;
    }
    this.#lastSeq = undefined;
    this.#begin();
    this.send();
  }

  /** The publisher is another one: its frames start again. */
  restart(): void {
    this.#lastSeq = undefined;
    this.#begin();
    this.send();
  }

  /** The frames in flight won't be acknowledged. */
  forgetInFlight(): void {
    this.#flight.forget();
    this.#measures.forgetInFlight();
  }

  /**
   * The viewer lacks the picture: sends it again, a few times a second at most. If it got the same
   * frames before, a new one is requested.
   */
  replay(): void {
    const rendition = this.#rendition;
    const now = this.#options.monotonic();
    this.#isReplayDue = this.#replayed !== undefined && now - this.#replayed.at < REPLAY_INTERVAL;
    if (rendition === undefined || this.#isReplayDue) return;
    const group = rendition.kept.newest?.group;
    const didNotHelp = this.#replayed !== undefined && this.#replayed.group === group;
    this.#replayed = { at: now, group };
    this.#begin();
    if (didNotHelp) rendition.awaitKeyframe(true);
    this.send();
  }

  /** Time has passed: does what was put off, and asks again for what didn't come. */
  beat(): void {
    if (this.#isReplayDue) this.replay();
    else this.send();
  }

  /** Sends what there is, in as few calls of the system as suit. */
  send(): void {
    const rendition = this.#rendition;
    if (rendition === undefined) return;
    const { socket, maxBufferedBytes } = this.#options;
    while (socket.batch(() => this.#sendFrom(rendition))) continue;
    if (socket.bufferedBytes > maxBufferedBytes) socket.terminate();
  }

  /** Whether a receipt is for a frame that was sent, with none after it confirmed. */
  awaits(seq: number): boolean {
    return this.#flight.awaits(seq);
  }

  acknowledge({ seq, decode_queue_size, displayed }: StreamAck): void {
    const confirmed = this.#flight.confirm(seq, this.#options.monotonic());
    this.#acked += confirmed.confirmed.length;
    this.#measures.acknowledged(confirmed, displayed, decode_queue_size);
    this.send();
  }

  /** What was measured. */
  metrics(): Measured &
    Pick<ViewerMetrics, "frames_sent" | "frames_dropped" | "frames_acked" | "codec"> {
    return {
      ...this.#measures.get(this.#options.monotonic()),
      frames_sent: this.#sent,
      frames_dropped: this.#dropped,
      frames_acked: this.#acked,
      codec: this.#codec,
    };
  }

  /** The next frame needs no other. */
  #begin(): void {
    this.#cursor = undefined;
    this.#wasLate = false;
    this.#isCatchingUp = true;
  }

  /**
   * Sends its frames, as far as the viewer can take them.
   *
   * @returns whether more may follow once the system has what was sent here
   */
  #sendFrom(rendition: EdgeRendition): boolean {
    let isAnySent = false;
    // Sending may end the connection.
    while (this.#canSend(rendition)) {
      const frame = rendition.kept.next(this.#cursor);
      if (frame === "lost") {
        this.#cursor = undefined;
        this.#wasLate = true;
        continue;
      }
      if (frame === "none") {
        if (this.#cursor === undefined) rendition.awaitKeyframe(this.#wasLate);
        return false;
      }
      this.#sendFrame(frame);
      isAnySent = true;
    }
    return isAnySent && this.#options.socket.bufferedBytes > MAX_WAITING_BYTES;
  }

  #canSend({ fps, kept }: EdgeRendition): boolean {
    const { socket } = this.#options;
    // What waits in this process would be old when it arrives.
    if (!socket.isOpen || socket.bufferedBytes > MAX_WAITING_BYTES) return false;
    if (this.#cursor !== undefined && kept.behind(this.#cursor) < 1) this.#isCatchingUp = false;
    return this.#flight.hasRoom(fps, this.#isCatchingUp);
  }

  #sendFrame(frame: RelayedFrame): void {
    const { socket } = this.#options;
    const own = frame.header.seq;
    const seq = this.#nextSeq ?? own;
    this.#nextSeq = seq + 1;
    if (this.#lastSeq !== undefined) this.#dropped += Math.max(0, own - this.#lastSeq - 1);
    this.#lastSeq = own;
    this.#cursor = { group: frame.group, object: frame.object + 1 };
    const head = headFor(frame, seq - own);
    const now = this.#options.monotonic();
    socket.sendBinary([head, frame.payload]);
    this.#flight.sent(seq, now);
    this.#sent += 1;
    this.#codec = codecOf(frame);
    const bytes = head.length + frame.payload.length;
    this.#measures.sent({ now, bytes, isKey: frame.object === 0 });
    this.#options.onSent();
  }
}
