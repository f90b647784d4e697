import type { Disposable } from "../../protocol/transport";
import type { Changes } from "../changes/changes";
import type { FramePurpose } from "../pacing/frameLedger";
import { KeyframeLimit } from "../pacing/keyframeLimit";
import { LatencyProbe } from "../pacing/latencyProbe";
import { LOSSLESS_DELAY, LosslessRedraw } from "../pacing/losslessRedraw";
import { needsBase, type FramePlan } from "../planning/framePlan";
import { FramePlanner } from "../planning/framePlanner";
import type { RawFrame } from "../source/frame";
import type { KeptFrame } from "../source/framePool";
import { FrameCoder } from "./frameCoder";
import { FrameSender, type Shipment, type ShipmentResult } from "./frameSender";
import { ImageProbe } from "./imageProbe";
import { newPicture, packPicture, type NewestPicture } from "./newestPicture";
import { PictureMemory } from "./pictureMemory";
import type { PictureSenderOptions } from "./pictureSenderOptions";
import { VideoStreams } from "./videoStreams";
import { MAX_ENCODING, WaitingFrame } from "./waitingFrame";

/**
 * Makes the view show the newest picture: sends what each frame changes, the whole picture to a
 * view that lacks a frame, and its lossy parts again, without loss, when it rests.
 */
export class PictureSender implements Disposable {
  readonly #options: PictureSenderOptions;
  readonly #planner: FramePlanner;
  readonly #coder: FrameCoder;
  readonly #sender: FrameSender;
  readonly #probe: ImageProbe;
  readonly #memory: PictureMemory;
  readonly #losslessRedraw: LosslessRedraw;
  readonly #keyframeLimit: KeyframeLimit;
  readonly #waiting: WaitingFrame;
  readonly #latency: LatencyProbe;
  readonly #reportEncoder = (error: unknown): void => this.#options.report(error, "encode");
  #newest: NewestPicture | undefined;
  /** Whether the last frame was equal to the one before. */
  #rests = false;
  #isDisposed = false;

  constructor(options: PictureSenderOptions) {
    this.#options = options;
    const { encoders, isDrawWanted, ledger, link, runtime, settings, shared, transport } = options;
    const reportEncoder = this.#reportEncoder;
    const videos = new VideoStreams({
      create: options.createVideoEncoder,
      clock: runtime,
      onFailed: reportEncoder,
      onMissing: (error) => {
        // "auto" does without what is not there.
        if (settings.codec !== "auto") reportEncoder(error);
      },
    });
    this.#memory = new PictureMemory(runtime, shared);
    this.#waiting = new WaitingFrame(ledger, options.statistics);
    this.#planner = new FramePlanner({
      ...{ settings, videos, encoders, link, isDrawWanted, onUnsupported: reportEncoder },
      clock: runtime,
    });
    ledger.observe(this.#planner);
    ledger.observe(this.#planner.settled);
    this.#latency = new LatencyProbe({ clock: runtime, link, transport });
    ledger.observe(this.#latency);
    this.#coder = new FrameCoder({
      ...{ encoders, videos, shared, memory: runtime },
      encoderChoice: () => settings.encoder,
      onMissing: reportEncoder,
    });
    this.#sender = new FrameSender({
      transport,
      coder: this.#coder,
      runtime,
      ledger,
      useBase64: () => !settings._use_websocket,
      report: (error, during) => options.report(error, during),
    });
    this.#probe = new ImageProbe({ planner: this.#planner, coder: this.#coder });
    this.#losslessRedraw = new LosslessRedraw({
      after: () => settings.still_after,
      delay: (seconds, callback) => runtime.delay(seconds, callback),
      maySend: () => options.maySendStill() && this.#planner.maySendStill(ledger.bytesAwaited),
      send: () => this.#sendStill(),
    });
    this.#keyframeLimit = new KeyframeLimit({
      clock: runtime,
      send: () => {
        this.breakChain();
        return this.repeat();
      },
    });
  }

  /** The newest picture; undefined before the first and after {@link forget}. Not to be changed. */
  get frame(): RawFrame | undefined {
    return this.#newest?.frame;
  }

  /** How many frames may be in flight. Settled parts take no frame's place. */
  get maxInFlight(): number {
    return this.#planner.maxInFlight + (this.#planner.settled.isUnderWay ? 1 : 0);
  }

  /**
   * Sends what a frame changes. Its pixels may be the user's; one that lies in a pool is not
   * copied.
   *
   * @returns whether it changes anything
   */
  show(pixels: RawFrame): boolean {
    this.#waiting.replace();
    return this.#show(pixels);
  }

  /**
   * As {@link show}, for frames that nothing holds back: of those that come while the encoder is
   * busy only the newest is sent.
   *
   * @returns false where it is known to change nothing
   */
  push(pixels: RawFrame): boolean {
    const { max_buffered_frames } = this.#options.settings;
    const isBusy = this.#sender.encoding >= Math.max(MAX_ENCODING, max_buffered_frames);
    if (!isBusy) return this.show(pixels);
    this.#waiting.put(this.#memory.keep(pixels));
    return true;
  }

  /** Takes a frame that is not sent yet, as only a snapshot requested it. */
  keep(pixels: RawFrame): void {
    this.#waiting.replace();
    this.#replaceNewest(this.#memory.keep(pixels));
  }

  /** Sends what {@link keep} took last, unless another frame came since. */
  showKept(): void {
    const newest = this.#newest;
    if (newest?.isQueued !== false) return;
    this.#queue(newest, this.#planner.planDrawn(newest.frame, "everything"), "draw");
  }

  /**
   * Sends the newest picture whole to a view that has not got it.
   *
   * @returns whether there is one
   */
  repeat(): boolean {
    const newest = this.#newest;
    if (newest === undefined) return false;
    const { file, frame, underway } = newest;
    if (underway !== undefined && !needsBase(underway)) {
      // It is sent in its turn.
      this.#planner.recordPlan(frame, underway);
    } else if (file !== undefined) {
      this.#planner.recordPlan(frame, file.plan);
      const shipment = { frame, plan: file.plan, purpose: "repeat" } as const;
      this.#finish(newest, shipment, this.#sender.sendAgain(shipment, file.coded));
    } else {
      this.#queue(newest, this.#planner.planRepeat(), newest.isSent ? "repeat" : "draw");
    }
    return true;
  }

  /** Sends lossy parts without loss, if some are due. Returns whether it did. */
  retryStill(): boolean {
    return this.#losslessRedraw.retry() || this.#sendSettled();
  }

  /** A draw is requested: the picture does not rest yet. */
  drawRequested(): void {
    // An animation that does not change is at rest, however often it is drawn.
    if (!this.#rests) this.#losslessRedraw.postpone();
  }

  /** Drawing took so many seconds. */
  drew(seconds: number): void {
    this.#planner.drew(seconds);
  }

  /**
   * A view is there that has no frame yet, and can show what is in `accepts`. It gets the newest
   * one, later if one was sent on request a moment ago. `base64`: whether it wants that.
   */
  newView(accepts: readonly string[], base64 = false): void {
    this.#options.link.reset();
    this.#latency.reset(accepts.includes("ping"));
    this.#planner.newView(accepts);
    this.#sender.newView(base64);
    this.#keyframeLimit.request();
  }

  /** The view has answered a ping. */
  pingAnswered(id: number): void {
    this.#latency.answered(id);
  }

  /**
   * The view cannot build upon what it has: the newest frame is sent again, whole; later if the
   * view got one a moment ago.
   */
  viewLacksFrame(): void {
    this.#keyframeLimit.request();
  }

  /** What was sent may never have arrived: the next frame depends on none of it. */
  breakChain(): void {
    this.#sender.breakChain();
    this.#planner.breakChain();
  }

  /**
   * Nobody looks: frees what can be had again, packs what may be asked for.
   *
   * @returns false if a frame is on its way, which cannot be packed yet
   */
  rest(): boolean {
    this.#coder.rest();
    this.#memory.trim();
    return this.#newest === undefined || packPicture(this.#newest, this.#reportEncoder);
  }

  /** Releases the newest picture. */
  forget(): void {
    this.#losslessRedraw.cancel();
    this.#waiting.drop();
    this.#forgetNewest();
  }

  /** Sends nothing more, and releases memory and encoders. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.forget();
    this.#losslessRedraw.dispose();
    this.#keyframeLimit.dispose();
    this.#probe.dispose();
    this.#options.link.processor.dispose();
    this.#sender.dispose();
    this.#coder.dispose();
  }

  #show(pixels: RawFrame): boolean {
    const changes = this.#findChanges(pixels);
    this.#rests = changes === "equal";
    if (changes === "equal") {
      this.#options.statistics.frameUnchanged();
      return false;
    }
    const before = this.#newest?.frame;
    const newest = this.#replaceNewest(this.#memory.keepChanges(before, pixels, changes));
    this.#queue(newest, this.#planner.planDrawn(newest.frame, changes), "draw");
    return true;
  }

  /** Compares with the frame that the view has, or will have. */
  #findChanges(pixels: RawFrame): Changes {
    const shown = this.#newest;
    if (shown?.isQueued !== true || this.#planner.needsWhole) return "everything";
    if (!this.#options.settings.detect_changes) return "everything";
    return this.#memory.changes(shown.frame, pixels, this.#planner.cellChooser(pixels));
  }

  #replaceNewest(frame: KeptFrame): NewestPicture {
    this.#forgetNewest();
    return (this.#newest = newPicture(frame));
  }

  #forgetNewest(): void {
    this.#newest?.frame.release();
    this.#newest = undefined;
  }

  #queue(newest: NewestPicture, plan: FramePlan, purpose: FramePurpose): void {
    const { frame } = newest;
    newest.isQueued = true;
    newest.underway = plan;
    this.#planner.recordPlan(frame, plan);
    if (purpose === "draw") {
      this.#options.onPicture(frame);
      this.#losslessRedraw.postpone();
    }
    const shipment = { frame, plan, purpose };
    if (!needsBase(plan)) this.#keyframeLimit.wholeFrameSent();
    const sending = this.#sender.encodeAndSend(shipment);
    if (plan.form === "video") void this.#probe.follow(frame, sending);
    sending
      .then((result) => {
        this.#finish(newest, shipment, result);
        this.#showWaiting();
        this.#sendSettled();
      })
      .catch((error: unknown) => this.#options.report(error, "send"));
  }

  /** A frame was sent, or was not. */
  #finish(newest: NewestPicture, { plan, purpose }: Shipment, result: ShipmentResult): void {
    if (newest.underway === plan) newest.underway = undefined;
    if (this.#isDisposed) return;
    if (result.outcome === "sent") {
      newest.isSent = true;
      if (plan.form === "image" && plan.scale === 1) newest.file = { coded: result.coded, plan };
      const isPart = purpose === "lossless redraw";
      // After settled parts, other parts still move.
      if (isPart && this.#losslessRedraw.isWaiting && !this.#planner.isExact) return;
      this.#losslessRedraw.frameSent(this.#planner.isExact, isPart);
    } else if (result.outcome === "dropped") {
      if (this.#planner.needsWhole) this.repeat();
    } else {
      this.breakChain();
      // An image encoder takes what is too large for a video encoder, or for its memory.
      if (plan.form === "video" && newest === this.#newest) this.repeat();
      // Only a draw, so that a transport that stays closed ends it.
      else if (purpose === "draw") this.#losslessRedraw.frameSent(false);
    }
  }

  /** Sends the lossy parts of the newest picture again, without loss. */
  #sendStill(): void {
    const newest = this.#newest;
    if (newest === undefined) return;
    // The lossy parts are those of the frame before: this one goes first.
    if (!newest.isQueued) this.showKept();
    else this.#queue(newest, this.#planner.planStill(newest.frame), "lossless redraw");
  }

  /**
   * Sends lossy parts of the newest picture that rest while others move, without loss, if the view
   * keeps up. Returns whether it did.
   */
  #sendSettled(): boolean {
    const { ledger, settings } = this.#options;
    const newest = this.#newest;
    if (!this.#losslessRedraw.isWaiting || newest?.isQueued !== true) return false;
    if (this.#sender.encoding > 0 || ledger.inFlight > this.#planner.maxInFlight) return false;
    const plan = this.#planner.planSettled(settings.still_after ?? LOSSLESS_DELAY);
    if (plan === undefined) return false;
    this.#queue(newest, plan, "lossless redraw");
    return true;
  }

  /** The encoder has room for the frame that waits. */
  #showWaiting(): void {
    const frame = this.#waiting.take();
    if (frame === undefined) return;
    this.#show(frame);
    frame.release();
  }
}
