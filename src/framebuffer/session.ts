import { ProtocolError } from "../protocol/errors";
import type { ResizeEvent, RfbEvent } from "../protocol/events";
import {
  PROTOCOL_VERSION,
  type FrameFeedback,
  type HelloMessage,
  type SessionMessage,
} from "../protocol/messages";
import { parseViewMessage, type ParsedViewMessage } from "../protocol/parse";
import type { Disposable, Transport } from "../protocol/transport";
import type { EncodedFrame } from "./encoders/encoder";
import { jpegEncoder } from "./encoders/jpeg";
import { pngEncoder } from "./encoders/png";
import { nodeEnvironment, type SessionEnvironment } from "./environment";
import { copyRawFrame, toRawFrame, type RawFrame } from "./frame";
import { FrameScheduler } from "./frameScheduler";
import {
  FrameSender,
  type SessionActivity,
  type SessionEncoders,
  type SessionSettings,
} from "./frameSender";
import type { FrameSource } from "./frameSource";
import { LosslessRedraw } from "./losslessRedraw";
import { PendingSnapshots } from "./pendingSnapshots";
import { FrameStatistics, type FrameStats } from "./stats";

/** What a {@link FramebufferSession} is made of. */
export interface FramebufferSessionOptions {
  readonly source: FrameSource;
  readonly transport: Transport<SessionMessage>;
  readonly settings: SessionSettings;
  /** Shows an error to the user. The session goes on. */
  reportError(error: unknown, during: SessionActivity): void;
  /** @defaultValue jpeg-js and pngjs */
  readonly encoders?: SessionEncoders | undefined;
  /** @defaultValue Node's clocks and timers */
  readonly environment?: SessionEnvironment | undefined;
}

/** The newest frame, and what became of it. */
interface NewestFrame {
  readonly frame: RawFrame;
  /** What was sent of it last; undefined until something was. */
  sent: { readonly encoded: EncodedFrame; readonly lossless: boolean } | undefined;
  /** Whether it is with the encoder, or was sent: not so for a frame that only a snapshot got. */
  queued: boolean;
}

/**
 * The producing end of one viewer's conversation: asks a {@link FrameSource} for frames when the view can take them, encodes and
 * sends them, and hands the view's events to the source. It knows neither Jupyter nor WebSocket.
 *
 * An error of the source, of an encoder or in a message is reported and stops neither later draws nor later events.
 */
export class FramebufferSession implements Disposable {
  readonly #options: FramebufferSessionOptions;
  readonly #environment: SessionEnvironment;
  readonly #scheduler: FrameScheduler;
  readonly #sender: FrameSender;
  readonly #losslessRedraw: LosslessRedraw;
  readonly #statistics = new FrameStatistics();
  readonly #snapshots: PendingSnapshots;
  readonly #subscription: Disposable;
  #newest: NewestFrame | undefined;
  #lastResizeEvent: ResizeEvent | undefined;
  /** The frame that an asynchronous get_frame is drawing. */
  #drawing: Promise<RawFrame | null> | undefined;
  #insideGetFrame = false;
  #disposed = false;

  constructor(options: FramebufferSessionOptions) {
    this.#options = options;
    const environment = options.environment ?? nodeEnvironment;
    this.#environment = environment;
    this.#losslessRedraw = new LosslessRedraw({
      delay: (seconds, callback) => environment.delay(seconds, callback),
      maySend: () => this.#scheduler.idle,
      send: (frame) => this.#sender.encodeAndSend(frame, "lossless redraw"),
    });
    this.#scheduler = new FrameScheduler({
      maxInFlight: () => options.settings.max_buffered_frames,
      defer: (callback) => environment.defer(callback),
      delay: (seconds, callback) => environment.delay(seconds, callback),
      monotonic: () => environment.monotonic(),
      draw: () => this.#draw(),
      onIdle: () => this.#losslessRedraw.retry(),
      onGivenUp: () => this.#statistics.forgetAwaited(),
      resend: () => {
        // The lossless redraw, if it waits, shows the same picture better.
        if (!this.#losslessRedraw.retry()) this.#sendNewestAgain();
      },
    });
    this.#sender = new FrameSender({
      transport: options.transport,
      settings: options.settings,
      encoders: options.encoders ?? { lossy: jpegEncoder, lossless: pngEncoder },
      environment,
      scheduler: this.#scheduler,
      statistics: this.#statistics,
      onSending: (frame, encoded, lossless) => {
        if (this.#newest?.frame === frame) this.#newest.sent = { encoded, lossless };
        this.#losslessRedraw.frameSent(frame, lossless);
      },
      report: (error, during) => this.#report(error, during),
    });
    this.#snapshots = new PendingSnapshots((waits) => this.#scheduler.setSnapshotWaits(waits));
    this.#subscription = options.transport.onMessage((message) => this.#receive(message));
  }

  /** The newest frame, or undefined before the first and after a close event. Not to be changed. */
  get lastFrame(): RawFrame | undefined {
    return this.#newest?.frame;
  }

  /** The newest resize event, from the view or {@link emitEvent}; undefined before the first. */
  get lastResizeEvent(): ResizeEvent | undefined {
    return this.#lastResizeEvent;
  }

  /** Averages since the last {@link resetStats}. */
  get stats(): FrameStats {
    return this.#statistics.get();
  }

  /** Measures anew from the next frame that is sent. */
  resetStats(): void {
    this.#statistics.reset();
  }

  /**
   * Wants a draw: get_frame() is called in a fresh turn of the event loop, once for all requests until then, when a view can be seen
   * or a snapshot waits and fewer than max_buffered_frames are in flight.
   */
  requestDraw(): void {
    if (this.#disposed) return;
    this.#losslessRedraw.postpone();
    this.#scheduler.request();
  }

  /**
   * Sends a frame now, whether or not the view keeps up or can be seen: for frames that are drawn asynchronously after get_frame()
   * gave null. Called more often than the view can take, it makes the picture lag. Does nothing once the session is disposed, as
   * a frame may well be finished after that.
   *
   * @throws TypeError or RangeError as {@link toRawFrame} does.
   */
  sendFrame(frame: unknown): void {
    const raw = toRawFrame(frame);
    if (!this.#disposed) this.#queueNewest({ frame: raw, sent: undefined, queued: false });
  }

  /** Says whether any view of this session can be seen. False at first. */
  setVisible(visible: boolean): void {
    if (!this.#disposed) this.#scheduler.setVisible(visible);
  }

  /** Takes a view's receipt. One for a frame that was never sent is reported and changes nothing. */
  acknowledge(feedback: FrameFeedback): void {
    if (this.#disposed) return;
    const { index, localtime } = feedback;
    if (!this.#scheduler.acknowledge(index)) {
      const problem = `frame feedback.index: expected the index of a frame that was sent, got ${index}`;
      this.#report(new ProtocolError(problem), "message");
      return;
    }
    this.#statistics.framesConfirmed(index, localtime, this.#environment.monotonic());
  }

  /** Does what an event from the view does: resize requests a draw, close lets the last frame go; then handle_event() gets it. */
  emitEvent(event: RfbEvent): void {
    if (this.#disposed) return;
    if (event.event_type === "resize") {
      this.#lastResizeEvent = event;
      this.requestDraw();
    } else if (event.event_type === "close") {
      this.#newest = undefined;
      this.#losslessRedraw.cancel();
    }
    try {
      // A user's handler may return anything, whatever its type says.
      const result: unknown = this.#options.source.handle_event(event);
      if (isPromiseLike(result)) {
        Promise.resolve(result).catch((error: unknown) => this.#report(error, "handle_event"));
      }
    } catch (error) {
      this.#report(error, "handle_event");
    }
  }

  /**
   * Draws a frame for the caller, whatever the view does. It is a copy, and goes to the view only if the next draw gives no newer one.
   *
   * @returns the frame, or a Promise when it takes time: get_frame() gives one, a draw is under way (then it is that frame), or
   * get_frame() gives null and there was no frame yet (then it is the next one that is sent; until then draws are done even
   * if no view can be seen). Rejects when the session is disposed before.
   * @throws what get_frame() throws, TypeError or RangeError for a bad frame, and Error once the session is disposed.
   */
  snapshot(): RawFrame | Promise<RawFrame> {
    if (this.#disposed) throw new Error("Cannot take a snapshot: the session is disposed");
    const lastFrame = () => this.lastFrame;
    if (this.#drawing !== undefined) return this.#snapshots.add(this.#drawing, lastFrame);
    // A snapshot that get_frame() itself takes must not call it again.
    const drawn = this.#insideGetFrame ? null : this.#getFrame();
    if (drawn instanceof Promise) {
      const kept = drawn.then((frame) => this.#keep(frame));
      return this.#snapshots.add(kept, lastFrame);
    }
    const frame = this.#keep(drawn) ?? this.lastFrame;
    return frame === undefined
      ? this.#snapshots.add(Promise.resolve(null), lastFrame)
      : copyRawFrame(frame);
  }

  /** Stops: cancels what is planned, rejects snapshots that wait, ignores what comes later. The statistics stay. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#subscription.dispose();
    this.#losslessRedraw.dispose();
    this.#scheduler.dispose();
    this.#sender.dispose();
    this.#snapshots.rejectAll(new Error("Cannot take a snapshot: the session was disposed"));
    this.#newest = undefined;
  }

  #receive(message: unknown): void {
    if (this.#disposed) return;
    let parsed: ParsedViewMessage;
    try {
      parsed = parseViewMessage(message);
    } catch (error) {
      this.#report(error, "message");
      return;
    }
    if (parsed.kind === "hello") this.#greet(parsed.message);
    else if (parsed.kind === "feedback") this.acknowledge(parsed.message);
    else this.emitEvent(parsed.event);
  }

  /** A new view: it knows no frame, and will not acknowledge what an earlier one was sent. */
  #greet({ version }: HelloMessage): void {
    if (version !== PROTOCOL_VERSION) {
      const problem = `hello.version: expected ${PROTOCOL_VERSION}, got ${version}; install the same version of jupyter-rfb-ts in the kernel and in JupyterLab`;
      this.#report(new ProtocolError(problem), "message");
    }
    this.#scheduler.reset();
    this.#statistics.forgetAwaited();
    if (this.#newest === undefined) this.requestDraw();
    else this.#sendNewestAgain();
  }

  /** Sends the newest frame to a view that has not got it. */
  #sendNewestAgain(): void {
    const newest = this.#newest;
    if (newest === undefined) return;
    if (newest.sent !== undefined) {
      const { encoded, lossless } = newest.sent;
      this.#sender.sendAgain(newest.frame, encoded, lossless);
    } else if (!newest.queued) {
      this.#queueNewest(newest);
    }
    // Else it is with the encoder, and goes to the view in its turn.
  }

  #draw(): void {
    let drawn: RawFrame | null | Promise<RawFrame | null>;
    try {
      drawn = this.#getFrame();
    } catch (error) {
      this.#report(error, "get_frame");
      return;
    }
    if (drawn instanceof Promise) {
      drawn.then(
        (frame) => this.#drawn(frame),
        (error: unknown) => {
          if (!this.#disposed) this.#report(error, "get_frame");
        },
      );
    } else {
      this.#drawn(drawn);
    }
  }

  #drawn(frame: RawFrame | null): void {
    if (this.#disposed) return;
    if (frame !== null) {
      this.#queueNewest({ frame, sent: undefined, queued: false });
    } else if (this.#newest?.queued === false) {
      // A source that draws only what is new gave this frame to a snapshot; the view has not seen it.
      this.#queueNewest(this.#newest);
    }
  }

  /** Calls get_frame(). No other call begins before the result has settled. */
  #getFrame(): RawFrame | null | Promise<RawFrame | null> {
    this.#scheduler.beginDraw();
    this.#insideGetFrame = true;
    try {
      // A user's method may return anything, whatever its type says.
      const result: unknown = this.#options.source.get_frame();
      if (!isPromiseLike(result)) return toFrameOrNull(result);
      this.#scheduler.beginDraw();
      const drawing = Promise.resolve(result)
        .then(toFrameOrNull)
        .finally(() => {
          this.#drawing = undefined;
          this.#scheduler.endDraw();
        });
      this.#drawing = drawing;
      return drawing;
    } finally {
      this.#insideGetFrame = false;
      this.#scheduler.endDraw();
    }
  }

  #keep(frame: RawFrame | null): RawFrame | null {
    if (frame !== null && !this.#disposed) {
      this.#newest = { frame, sent: undefined, queued: false };
    }
    return frame;
  }

  #queueNewest(newest: NewestFrame): void {
    newest.queued = true;
    this.#newest = newest;
    this.#snapshots.frameSent(newest.frame);
    this.#losslessRedraw.postpone();
    this.#sender.encodeAndSend(newest.frame, "draw");
  }

  #report(error: unknown, during: SessionActivity): void {
    try {
      this.#options.reportError(error, during);
    } catch {
      // A reporter that fails leaves nowhere to report to, and must not stop the loop.
    }
  }
}

function toFrameOrNull(result: unknown): RawFrame | null {
  return result === null || result === undefined ? null : toRawFrame(result);
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
