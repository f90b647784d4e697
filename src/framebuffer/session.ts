import type { ResizeEvent, RfbEvent } from "../protocol/events";
import { PROTOCOL_VERSION, type FrameFeedback, type HelloMessage } from "../protocol/messages";
import { parseViewMessage, type ParsedViewMessage } from "../protocol/parseViewMessage";
import type { Disposable } from "../protocol/transport";
import { FrameLedger, type Receipt } from "./pacing/frameLedger";
import { FrameScheduler } from "./pacing/frameScheduler";
import { receiptLimit } from "./pacing/receiptLimit";
import { LinkPace } from "./pacing/linkPace";
import { ReceiptWatch } from "./pacing/receiptWatch";
import { RestTimer } from "./pacing/restTimer";
import { LinkEstimate } from "./planning/linkEstimate";
import { ProcessorEstimate } from "./planning/processorEstimate";
import type { SessionActivity } from "./sending/frameSender";
import { PictureSender } from "./sending/pictureSender";
import type { FramebufferSessionOptions } from "./sessionOptions";
import { otherVersion, unknownReceipt } from "./sessionErrors";
import { viewFrame, type RawFrame } from "./source/frame";
import type { EventCall } from "./source/eventTurns";
import { sharedSource } from "./source/sharedSource";
import { SourceDraws } from "./source/sourceDraws";
import { boundEvent } from "./source/viewSize";
import { StageTimes } from "./stageTimes";
import { FrameStatistics, type FrameStats } from "./stats";

/**
 * The producing end of one viewer's conversation: asks a {@link FrameSource} for frames when the
 * view can take them, encodes and sends what changed in them, and passes the view's events on to
 * the source. It knows neither Jupyter nor WebSocket.
 *
 * Errors of the source, of encoders and in messages are reported. They stop neither later draws nor
 * later events.
 */
export class FramebufferSession implements Disposable {
  readonly #options: FramebufferSessionOptions;
  readonly #statistics = new FrameStatistics();
  readonly #ledger: FrameLedger;
  readonly #scheduler: FrameScheduler;
  readonly #pace: LinkPace;
  readonly #picture: PictureSender;
  readonly #receipts: ReceiptWatch;
  readonly #draws: SourceDraws;
  readonly #subscription: Disposable;
  /** What the picture's way takes at this end. */
  readonly stages: StageTimes;
  #lastResizeEvent: ResizeEvent | undefined;
  /** Whether a view ever said hello. jupyter_rfb's own front end never does. */
  #hasHello = false;
  readonly #rest: RestTimer;
  #isReachable = true;
  #isDisposed = false;

  constructor(options: FramebufferSessionOptions) {
    this.#options = options;
    const { runtime, settings, transport } = options;
    this.#rest = new RestTimer(runtime, () => this.#picture.rest());
    const link = new LinkEstimate(new ProcessorEstimate(runtime));
    const ledger = (this.#ledger = new FrameLedger({
      maxInFlight: () => this.#picture.maxInFlight,
      onChange: () => this.#scheduler.update(),
    }));
    this.stages = new StageTimes(runtime);
    const onFree = (): void => this.#scheduler.update();
    this.#pace = new LinkPace({ clock: runtime, ledger, link, onFree });
    const observers = [this.stages, this.#statistics, link, this.#pace];
    for (const observer of observers) ledger.observe(observer);
    this.#scheduler = new FrameScheduler({
      clock: runtime,
      hasRoom: () => ledger.hasRoom && !this.#pace.isFull(),
      isEncoding: () => ledger.encoding > 0,
      draw: () => this.#draws.draw(),
      onIdle: () => this.#picture.retryStill(),
      onChange: () => this.#receipts.update(),
    });
    this.#draws = new SourceDraws({
      source: options.source,
      clock: runtime,
      lastFrame: () => this.lastFrame,
      onBegin: () => this.#scheduler.beginDraw(),
      onEnd: () => this.#scheduler.endDraw(),
      onDrawn: (frame, seconds) => this.#show(frame, seconds),
      onSnapshotDrawn: (frame) => this.#keep(frame),
      onSnapshotWaits: (waits) => this.#scheduler.setSnapshotWaits(waits),
      reportError: (error) => {
        this.#scheduler.recordOutcome("failed");
        this.#report(error, "get_frame");
      },
      reportSlow: (error) => this.#report(error, "get_frame"),
    });
    this.#picture = new PictureSender({
      ...{ transport, settings, runtime, ledger, link },
      statistics: this.#statistics,
      encoders: options.encoders ?? runtime.acquireImageEncoders(),
      createVideoEncoder: options.createVideoEncoder ?? runtime.createVideoEncoder,
      shared: options.shared,
      isDrawWanted: () => this.#scheduler.isRequested,
      maySendStill: () => this.#scheduler.isIdle,
      onPicture: (frame) => {
        this.#draws.frameSent(frame);
        this.#rest.restart();
      },
      report: (error, during) => this.#report(error, during),
    });
    this.#receipts = new ReceiptWatch({
      clock: runtime,
      ledger,
      limit: (missed) =>
        transport.isReliable
          ? undefined
          : receiptLimit({ link, bytesAwaited: ledger.bytesAwaited, missed }),
      isHeldUp: () => this.#scheduler.isHeldUp,
      mayResend: () => this.#scheduler.isQuiet,
      onGivenUp: () => {
        transport.framesLost?.();
        this.#picture.breakChain();
      },
      resend: () => {
        // A lossless redraw that waits shows the same picture better.
        if (!this.#picture.retryStill()) this.#picture.repeat();
      },
    });
    ledger.observe(this.#receipts);
    this.#subscription = transport.onMessage((message) => this.#receive(message));
  }

  /** The newest frame, or undefined before the first and after a close event. Not to be changed. */
  get lastFrame(): RawFrame | undefined {
    return this.#picture.frame;
  }

  /** The newest resize event, from the view or {@link emitEvent}; undefined before the first. */
  get lastResizeEvent(): ResizeEvent | undefined {
    return this.#lastResizeEvent;
  }

  /** Whether a snapshot waits for the next frame. */
  get isSnapshotWaiting(): boolean {
    return this.#draws.isSnapshotWaiting;
  }

  /** How many frames may be in flight. */
  get maxInFlight(): number {
    return this.#picture.maxInFlight;
  }

  /** Averages since the last {@link resetStats}. */
  get stats(): FrameStats {
    return this.#statistics.get();
  }

  /** Starts to measure again, with the next frame that is sent. */
  resetStats(): void {
    this.#statistics.reset();
  }

  /**
   * Requests a draw. get_frame() is called in a fresh turn of the event loop, once for all requests
   * until then, when a view is visible or a snapshot waits and few enough frames are in flight.
   */
  requestDraw(): void {
    if (this.#isDisposed) return;
    this.#picture.drawRequested();
    this.#scheduler.request();
  }

  /**
   * Sends a frame now, whether or not the view keeps up or is visible: for frames that are drawn
   * asynchronously after get_frame() returned null. More frames than the view can take make the
   * picture lag. Of the frames that come while the encoder is busy only the newest is sent. Does
   * nothing once the session is disposed, as a frame may be finished after that.
   *
   * @throws TypeError or RangeError as {@link viewFrame} does.
   */
  sendFrame(frame: unknown): void {
    const pixels = viewFrame(frame);
    if (this.#isDisposed) return;
    this.#statistics.frameDrawn();
    if (!this.#isReachable) this.#keep(pixels);
    else if (!this.#picture.push(pixels)) this.#scheduler.recordOutcome("unchanged");
  }

  /** Sets whether any view of this session is visible. False at first. */
  setVisible(visible: boolean): void {
    if (this.#isDisposed) return;
    if (visible && !this.#scheduler.isVisible) this.#helpViewWithoutHello();
    this.#rest.setVisible(visible);
    this.#scheduler.setVisible(visible);
  }

  /**
   * Sets whether views can get frames at all. If not, the newest frame is kept for the next view,
   * and memory and encoders are freed at once. True at first.
   */
  setReachable(reachable: boolean): void {
    if (this.#isDisposed) return;
    this.#isReachable = reachable;
    if (reachable) return;
    this.setVisible(false);
    this.#ledger.forget();
    this.#rest.restNow();
  }

  /**
   * A new page has asked for the state of its models. One that says no hello gets the whole picture
   * now: it acknowledges nothing that an earlier page got.
   */
  stateRequested(): void {
    if (this.#isDisposed || this.#hasHello) return;
    this.#ledger.forget();
    this.#helpViewWithoutHello();
  }

  /**
   * Takes a view's receipt. One for a frame that was never sent is reported and changes nothing.
   *
   * @returns the frames that it confirms; undefined for a frame that was never sent
   */
  acknowledge(feedback: Omit<FrameFeedback, "timestamp">): Receipt | undefined {
    if (this.#isDisposed) return undefined;
    const receipt = this.#ledger.confirm(feedback, this.#options.runtime.monotonic());
    if (receipt === undefined) this.#report(unknownReceipt(feedback.index), "message");
    return receipt;
  }

  /**
   * Acts as if the view had sent an event: "resize" requests a draw, "close" releases the last
   * frame; then handle_event() gets it, after the events before.
   *
   * @param isUrgent - true doesn't wait for an asynchronous handle_event() that is under way
   */
  emitEvent(event: RfbEvent, isUrgent = false): void {
    if (this.#isDisposed) return;
    const { source } = this.#options;
    if (event.event_type === "resize") {
      this.#lastResizeEvent = sharedSource(source).lastResize = event;
      this.requestDraw();
    } else if (event.event_type === "close") {
      this.#picture.forget();
    }
    const call: EventCall = {
      type: event.event_type,
      clock: this.#options.runtime,
      handle: () => source.handle_event(event),
      reportError: (error) => this.#report(error, "handle_event"),
    };
    const { events } = sharedSource(source);
    if (isUrgent) events.takeNow(call);
    else events.take(call);
  }

  /**
   * Draws a frame for the caller, whatever the view does. The frame is a copy. The view gets it
   * only if the next draw gives no newer one.
   *
   * @returns the frame, or a Promise of it where get_frame() returns a Promise, where a draw is
   *   running (then it is the frame of that draw), or where get_frame() returns null and there was
   *   no frame yet (then it is the next one that is sent; until then draws are done even if no view
   *   is visible). The Promise rejects when the session is disposed.
   * @throws what get_frame() throws, TypeError or RangeError for a bad frame, and Error once the
   *   session is disposed.
   */
  snapshot(): RawFrame | Promise<RawFrame> {
    return this.#draws.snapshot();
  }

  /**
   * Stops: cancels what is planned, rejects waiting snapshots, ignores later calls and messages.
   * The statistics stay.
   */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#subscription.dispose();
    this.#scheduler.dispose();
    this.#pace.dispose();
    this.#receipts.dispose();
    this.#picture.dispose();
    this.#draws.dispose();
    this.#rest.dispose();
  }

  /** Keeps a frame for the next view, and gives it to the snapshots that wait for one. */
  #keep(pixels: RawFrame): void {
    this.#picture.keep(pixels);
    this.#rest.restart();
    if (this.lastFrame !== undefined) this.#draws.frameSent(this.lastFrame);
  }

  #receive(message: unknown): void {
    if (this.#isDisposed) return;
    let parsed: ParsedViewMessage;
    try {
      parsed = parseViewMessage(message);
    } catch (error) {
      this.#report(error, "message");
      return;
    }
    if (parsed.kind === "hello") this.#greet(parsed.message);
    else if (parsed.kind === "feedback") this.acknowledge(parsed.message);
    else if (parsed.kind === "pong") this.#picture.pingAnswered(parsed.message.id);
    else if (parsed.kind === "request_keyframe") this.#picture.viewLacksFrame();
    else if (parsed.kind === "event") {
      this.#statistics.namesIgnored(parsed.unknownModifiers ?? 0);
      const event = boundEvent(parsed.event);
      this.stages.eventCame(event.timestamp);
      // A new view sends its size first.
      if (event.event_type === "resize") this.#helpViewWithoutHello();
      this.emitEvent(event);
    } else if (parsed.kind === "unknown") this.#statistics.namesIgnored(1);
  }

  /** Sends the whole picture to a view that may be new, if it won't say so itself. */
  #helpViewWithoutHello(): void {
    if (!this.#hasHello && this.lastFrame !== undefined) this.#picture.viewLacksFrame();
  }

  /** A new view has no frame, and will not acknowledge the frames of an earlier one. */
  #greet({ version, accepts, base64 }: HelloMessage): void {
    if (version !== PROTOCOL_VERSION) this.#report(otherVersion(version), "message");
    this.#hasHello = true;
    this.#ledger.forget();
    this.#receipts.reset();
    this.#picture.newView(accepts, base64);
    if (this.lastFrame === undefined) this.requestDraw();
  }

  #show(frame: RawFrame | null, seconds: number): void {
    this.stages.drew(seconds);
    this.#picture.drew(seconds);
    if (frame === null) {
      // A source that only draws what is new gave its newest frame to a snapshot: the view lacks
      // it.
      this.#picture.showKept();
      this.#scheduler.recordOutcome("nothing");
      return;
    }
    this.#statistics.frameDrawn();
    if (!this.#isReachable) this.#keep(frame);
    else this.#scheduler.recordOutcome(this.#picture.show(frame) ? "changed" : "unchanged");
  }

  #report(error: unknown, during: SessionActivity): void {
    try {
      this.#options.reportError(error, during);
    } catch {
      // There is nowhere to report that the reporter failed, and it must not stop the loop.
    }
  }
}
