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
import { ChangeDetector, type Changes } from "./changes";
import { copyRect } from "./cropFrame";
import { acquireImageEncoders, type ImageEncoders } from "./encoders/imageEncoders";
import type { CreateVideoEncoder } from "./encoders/videoEncoder";
import { createVideoEncoder } from "./encoders/videoEncoders";
import { nodeEnvironment, type SessionEnvironment } from "./environment";
import { copyRawFrame, viewFrame, type RawFrame } from "./frame";
import { FrameCoder, type CodedFrame } from "./frameCoder";
import { needsBase, type FramePlan } from "./framePlan";
import { FramePlanner } from "./framePlanner";
import { FramePool, type KeptFrame } from "./framePool";
import { FrameScheduler } from "./frameScheduler";
import {
  FrameSender,
  type FramePurpose,
  type SendingFrame,
  type SessionActivity,
} from "./frameSender";
import type { FrameSource } from "./frameSource";
import { KeyframeLimit } from "./keyframeLimit";
import { LinkEstimate } from "./linkEstimate";
import { LosslessRedraw } from "./losslessRedraw";
import { PendingSnapshots } from "./pendingSnapshots";
import type { SessionSettings } from "./settings";
import { FrameStatistics, type FrameStats } from "./stats";
import { VideoStreams } from "./videoStreams";

/**
 * Frames that may be with the encoder at once when send_frame() brings more: one that is encoded, and one that can begin when it is
 * done. Of those that come meanwhile the newest waits.
 */
const MAX_ENCODING = 2;

/** What a {@link FramebufferSession} is made of. */
export interface FramebufferSessionOptions {
  readonly source: FrameSource;
  readonly transport: Transport<SessionMessage>;
  readonly settings: SessionSettings;
  /** Shows an error to the user. The session goes on. */
  reportError(error: unknown, during: SessionActivity): void;
  /** Disposed with the session. @defaultValue the best that work here */
  readonly encoders?: ImageEncoders | undefined;
  /** @defaultValue by node-av */
  readonly createVideoEncoder?: CreateVideoEncoder | undefined;
  /** @defaultValue Node's clocks and timers */
  readonly environment?: SessionEnvironment | undefined;
}

/** The newest picture, and what became of it. */
interface NewestFrame {
  readonly frame: KeptFrame;
  /** The file in which a view can get it once more; undefined where none holds all of it. */
  sent: { readonly coded: CodedFrame; readonly plan: FramePlan } | undefined;
  /** Whether it is with the encoder, or was sent: not so for a frame that only a snapshot got. */
  queued: boolean;
  /** How it will be sent, while the encoder has it. */
  underway: FramePlan | undefined;
}

interface Sending extends SendingFrame {
  readonly newest: NewestFrame;
}

/**
 * The producing end of one viewer's conversation: asks a {@link FrameSource} for frames when the view can take them, encodes and
 * sends what changed in them, and hands the view's events to the source. It knows neither Jupyter nor WebSocket.
 *
 * An error of the source, of an encoder or in a message is reported and stops neither later draws nor later events.
 */
export class FramebufferSession implements Disposable {
  readonly #options: FramebufferSessionOptions;
  readonly #environment: SessionEnvironment;
  readonly #scheduler: FrameScheduler;
  readonly #planner: FramePlanner;
  readonly #coder: FrameCoder;
  readonly #sender: FrameSender<Sending>;
  readonly #losslessRedraw: LosslessRedraw;
  readonly #statistics = new FrameStatistics();
  readonly #snapshots: PendingSnapshots;
  readonly #subscription: Disposable;
  readonly #pool = new FramePool();
  readonly #detector = new ChangeDetector();
  readonly #keyframeLimit = new KeyframeLimit();
  #keyframeTimer: Disposable | undefined;
  readonly #link = new LinkEstimate();
  #newest: NewestFrame | undefined;
  /** A frame of send_frame that came while the encoder was busy. */
  #waiting: KeptFrame | undefined;
  /** Whether the last frame that was drawn was equal to the one before. */
  #rests = false;
  #lastResizeEvent: ResizeEvent | undefined;
  /** The frame that an asynchronous get_frame is drawing. */
  #drawing: Promise<RawFrame | null> | undefined;
  #insideGetFrame = false;
  #disposed = false;

  constructor(options: FramebufferSessionOptions) {
    this.#options = options;
    const { settings } = options;
    const environment = options.environment ?? nodeEnvironment;
    this.#environment = environment;
    this.#losslessRedraw = new LosslessRedraw({
      delay: (seconds, callback) => environment.delay(seconds, callback),
      maySend: () => this.#scheduler.idle,
      send: () => this.#sendStill(),
    });
    this.#scheduler = new FrameScheduler({
      maxInFlight: () => this.#planner.maxInFlight,
      defer: (callback) => environment.defer(callback),
      delay: (seconds, callback) => environment.delay(seconds, callback),
      monotonic: () => environment.monotonic(),
      draw: () => this.#draw(),
      onIdle: () => this.#losslessRedraw.retry(),
      onGivenUp: () => {
        this.#breakChain();
        this.#link.reset();
        this.#statistics.forgetAwaited();
      },
      resend: () => {
        // The lossless redraw, if it waits, shows the same picture better.
        if (!this.#losslessRedraw.retry()) this.#sendNewestAgain();
      },
    });
    const videos = new VideoStreams({
      create: options.createVideoEncoder ?? createVideoEncoder,
      onMissing: (error) => {
        // "auto" does without what is not there.
        if (settings.codec !== "auto") this.#report(error, "encode");
      },
    });
    this.#planner = new FramePlanner({
      settings,
      videos,
      link: this.#link,
      onUnsupported: (error) => this.#report(error, "encode"),
    });
    this.#coder = new FrameCoder({
      encoders: options.encoders ?? acquireImageEncoders(),
      videos,
      encoderChoice: () => settings.encoder,
      onMissing: (error) => this.#report(error, "encode"),
    });
    this.#sender = new FrameSender({
      transport: options.transport,
      coder: this.#coder,
      environment,
      scheduler: this.#scheduler,
      statistics: this.#statistics,
      useBase64: () => !settings._use_websocket,
      onSending: ({ newest, plan, purpose }, coded, departure) => {
        this.#link.frameSent(departure);
        if (purpose === "draw") this.#planner.sent(newest.frame, plan, departure);
        this.#encoderDone(newest, plan);
        if (plan.form === "image" && plan.scale === 1) newest.sent = { coded, plan };
        else if (purpose === "draw") newest.sent = undefined;
        this.#losslessRedraw.frameSent(this.#planner.isExact);
      },
      onLost: ({ newest, plan }) => {
        this.#encoderDone(newest, plan);
        this.#breakChain();
      },
      onDropped: ({ newest, plan }) => {
        this.#encoderDone(newest, plan);
        if (this.#planner.needsWhole) this.#sendNewestAgain();
      },
      onSettled: () => this.#takeWaiting(),
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
    // An animation that does not change is at rest, however often it is drawn.
    if (!this.#rests) this.#losslessRedraw.postpone();
    this.#scheduler.request();
  }

  /**
   * Sends a frame now, whether or not the view keeps up or can be seen: for frames that are drawn asynchronously after get_frame()
   * gave null. Called more often than the view can take, it makes the picture lag. Of the frames that come while the encoder is
   * busy only the newest is sent. Does nothing once the session is disposed, as a frame may well be finished after that.
   *
   * @throws TypeError or RangeError as {@link viewFrame} does.
   */
  sendFrame(frame: unknown): void {
    const pixels = viewFrame(frame);
    if (this.#disposed) return;
    this.#statistics.frameDrawn();
    const { max_buffered_frames } = this.#options.settings;
    if (this.#sender.encoding < Math.max(MAX_ENCODING, max_buffered_frames)) {
      this.#showFrame(pixels);
      return;
    }
    if (this.#waiting === undefined) this.#scheduler.frameQueued();
    else this.#statistics.frameReplaced();
    this.#waiting?.release();
    this.#waiting = this.#pool.keep(pixels);
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
    const now = this.#environment.monotonic();
    this.#link.acknowledged(index, now);
    this.#planner.acknowledged(index, now);
    this.#statistics.framesConfirmed(index, localtime, now);
  }

  /** Does what an event from the view does: resize requests a draw, close lets the last frame go; then handle_event() gets it. */
  emitEvent(event: RfbEvent): void {
    if (this.#disposed) return;
    if (event.event_type === "resize") {
      this.#lastResizeEvent = event;
      this.requestDraw();
    } else if (event.event_type === "close") {
      this.#forgetNewest();
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
    const drawn = this.#insideGetFrame ? null : this.#getFrame((frame) => this.#keep(frame));
    if (drawn instanceof Promise) return this.#snapshots.add(drawn, lastFrame);
    const frame = drawn ?? this.lastFrame;
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
    this.#keyframeTimer?.dispose();
    this.#scheduler.dispose();
    this.#sender.dispose();
    this.#coder.dispose();
    this.#snapshots.rejectAll(new Error("Cannot take a snapshot: the session was disposed"));
    this.#forgetNewest();
    this.#waiting?.release();
    this.#waiting = undefined;
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
    else if (parsed.kind === "request_keyframe") this.#viewLacksFrame();
    else this.emitEvent(parsed.event);
  }

  /** A new view: it knows no frame, and will not acknowledge what an earlier one was sent. */
  #greet({ version, accepts }: HelloMessage): void {
    if (version !== PROTOCOL_VERSION) {
      const problem = `hello.version: expected ${PROTOCOL_VERSION}, got ${version}; install the same version of jupyter-rfb-ts in the kernel and in JupyterLab`;
      this.#report(new ProtocolError(problem), "message");
    }
    this.#scheduler.reset();
    this.#statistics.forgetAwaited();
    this.#link.reset();
    this.#keyframeLimit.reset();
    this.#sender.breakChain();
    this.#planner.newView(accepts);
    if (this.#newest === undefined) this.requestDraw();
    else this.#sendNewestAgain();
  }

  /** The view cannot build upon what it has. The next frame that is drawn is whole; the newest one goes again, if need be later. */
  #viewLacksFrame(): void {
    this.#breakChain();
    if (this.#keyframeTimer !== undefined) return;
    const wait = this.#keyframeLimit.ask(this.#environment.monotonic());
    if (wait === "now") {
      this.#sendNewestAgain();
      return;
    }
    this.#keyframeTimer = this.#environment.delay(wait, () => {
      this.#keyframeTimer = undefined;
      // A frame that was drawn meanwhile was a whole one.
      if (this.#planner.needsWhole) this.#viewLacksFrame();
    });
  }

  #breakChain(): void {
    this.#sender.breakChain();
    this.#planner.breakChain();
  }

  /** The encoder is done with a frame. */
  #encoderDone(newest: NewestFrame, plan: FramePlan): void {
    if (newest.underway === plan) newest.underway = undefined;
  }

  /** Sends the newest frame to a view that has not got it. */
  #sendNewestAgain(): void {
    const newest = this.#newest;
    if (newest === undefined) return;
    const { frame, underway } = newest;
    if (underway !== undefined && !needsBase(underway)) {
      // It goes to the view in its turn.
      this.#planner.planned(frame, underway);
    } else if (newest.sent !== undefined) {
      const { coded, plan } = newest.sent;
      this.#planner.planned(frame, plan);
      this.#sender.sendAgain({ frame, plan, purpose: "repeat", newest }, coded);
    } else {
      this.#queue(newest, this.#planner.planRepeat(), newest.queued ? "repeat" : "draw");
    }
  }

  /** Sends what of the newest frame the view does not show exactly. */
  #sendStill(): void {
    const newest = this.#newest;
    if (newest === undefined) return;
    this.#queue(newest, this.#planner.planStill(newest.frame), "lossless redraw");
  }

  #draw(): void {
    const began = this.#environment.monotonic();
    try {
      const drawn = this.#getFrame((frame) => {
        this.#planner.drew(this.#environment.monotonic() - began);
        return this.#drawn(frame);
      });
      if (drawn instanceof Promise) {
        drawn.catch((error: unknown) => {
          if (!this.#disposed) this.#report(error, "get_frame");
        });
      }
    } catch (error) {
      this.#report(error, "get_frame");
    }
  }

  /** Shows a frame of get_frame(). Returns the newest frame if that is it. */
  #drawn(frame: RawFrame | null): RawFrame | null {
    if (this.#disposed) return null;
    if (frame !== null) {
      this.#statistics.frameDrawn();
      this.#showFrame(frame);
      return this.lastFrame ?? null;
    }
    // A source that draws only what is new gave this frame to a snapshot; the view has not seen it.
    if (this.#newest?.queued === false) {
      this.#queue(this.#newest, this.#planner.planDrawn(this.#newest.frame, "everything"), "draw");
    }
    return null;
  }

  /**
   * Calls get_frame(), and `take` with what it gave, at once, as the pixels may be the user's. No other call begins before that.
   *
   * @returns what `take` returns
   */
  #getFrame(
    take: (frame: RawFrame | null) => RawFrame | null,
  ): RawFrame | null | Promise<RawFrame | null> {
    this.#scheduler.beginDraw();
    this.#insideGetFrame = true;
    let result: unknown;
    try {
      // A user's method may return anything, whatever its type says.
      result = this.#options.source.get_frame();
      if (!isPromiseLike(result)) return take(toFrameOrNull(result));
      this.#scheduler.beginDraw();
      const drawing = Promise.resolve(result)
        .then((frame) => take(toFrameOrNull(frame)))
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

  /** Keeps a frame that only a snapshot asked for. */
  #keep(frame: RawFrame | null): RawFrame | null {
    if (frame === null || this.#disposed) return frame;
    this.#replaceNewest(this.#pool.keep(frame));
    return this.lastFrame ?? null;
  }

  /** Sends what a frame changes, if it changes anything. */
  #showFrame(pixels: RawFrame): void {
    const changes = this.#findChanges(pixels);
    this.#rests = changes === "equal";
    if (changes === "equal") {
      this.#statistics.frameUnchanged();
      this.#scheduler.drawWasUnchanged();
      return;
    }
    const newest = this.#replaceNewest(this.#keepPixels(pixels, changes));
    this.#queue(newest, this.#planner.planDrawn(newest.frame, changes), "draw");
  }

  /** Compared with the frame that the view has got, or will. */
  #findChanges(pixels: RawFrame): Changes {
    const shown = this.#newest;
    if (shown?.queued !== true || this.#planner.needsWhole) return "everything";
    if (!this.#options.settings.detect_changes) return "everything";
    return this.#detector.find(shown.frame, pixels);
  }

  /** Copies a frame's pixels; only those that changed where nobody else looks at the frame before. */
  #keepPixels(pixels: RawFrame, changes: Exclude<Changes, "equal">): KeptFrame {
    const before = this.#newest?.frame;
    if (changes === "everything" || before?.isShared !== false) return this.#pool.keep(pixels);
    for (const rect of changes) copyRect(pixels, before, rect);
    return before.retain();
  }

  #replaceNewest(frame: KeptFrame): NewestFrame {
    this.#forgetNewest();
    const newest: NewestFrame = { frame, sent: undefined, queued: false, underway: undefined };
    this.#newest = newest;
    return newest;
  }

  #forgetNewest(): void {
    this.#newest?.frame.release();
    this.#newest = undefined;
  }

  /** The encoder has room for the frame that waits. */
  #takeWaiting(): void {
    const frame = this.#waiting;
    if (frame === undefined || this.#disposed) return;
    this.#waiting = undefined;
    this.#showFrame(frame);
    frame.release();
    this.#scheduler.frameLost();
  }

  #queue(newest: NewestFrame, plan: FramePlan, purpose: FramePurpose): void {
    const { frame } = newest;
    newest.queued = true;
    newest.underway = plan;
    this.#planner.planned(frame, plan);
    if (purpose === "draw") {
      this.#snapshots.frameSent(frame);
      this.#losslessRedraw.postpone();
    }
    this.#sender.encodeAndSend({ frame, plan, purpose, newest });
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
  return result === null || result === undefined ? null : viewFrame(result);
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
