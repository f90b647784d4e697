import type { SessionMessage } from "../../protocol/messages";
import type { Disposable, Transport } from "../../protocol/transport";
import { ChangeDetector, type Changes } from "../changes/changes";
import { copyRect } from "../changes/cropFrame";
import type { ImageEncoders } from "../encoders/image/imageEncoders";
import type { CreateVideoEncoder } from "../encoders/videoEncoder";
import type { Runtime } from "../runtime";
import type { RawFrame } from "../source/frame";
import type { CodedFrame } from "./codedFrame";
import { FrameCoder } from "./frameCoder";
import { needsBase, type FramePlan } from "../planning/framePlan";
import { FramePlanner } from "../planning/framePlanner";
import { FramePool, isKeptFrame, type KeptFrame } from "../source/framePool";
import type { FrameScheduler } from "../pacing/frameScheduler";
import {
  FrameSender,
  type Departure,
  type FramePurpose,
  type SendingFrame,
  type SessionActivity,
} from "./frameSender";
import { KeyframeLimit } from "../pacing/keyframeLimit";
import { LinkEstimate } from "../planning/linkEstimate";
import { LosslessRedraw } from "../pacing/losslessRedraw";
import type { SessionSettings } from "../settings";
import type { SharedFrames } from "./sharedFrames";
import type { FrameStatistics } from "../stats";
import { VideoStreams } from "./videoStreams";

/**
 * Frames that may be with the encoder at once when {@link PictureSender.push} brings more: one that is encoded, and one that can
 * begin when it is done. Of those that come meanwhile the newest waits.
 */
const MAX_ENCODING = 2;

/** What a {@link PictureSender} is made of. */
export interface PictureSenderOptions {
  readonly transport: Pick<Transport<SessionMessage>, "send">;
  readonly settings: SessionSettings;
  readonly runtime: Runtime;
  readonly scheduler: FrameScheduler;
  readonly statistics: FrameStatistics;
  /** Disposed with this. */
  readonly encoders: ImageEncoders;
  readonly createVideoEncoder: CreateVideoEncoder;
  /** What is done once for all sessions that show the same frames. */
  readonly shared?: SharedFrames | undefined;
  /** A picture that is new to the view goes to the encoder. */
  onPicture(frame: RawFrame): void;
  report(error: unknown, during: SessionActivity): void;
}

/** The newest picture, and what became of it. */
interface NewestFrame {
  readonly frame: KeptFrame;
  /** The file in which a view can get it once more; undefined where none holds all of it. */
  sent: { readonly coded: CodedFrame; readonly plan: FramePlan } | undefined;
  /** Whether it is with the encoder, or was sent: not so for a frame that only a snapshot got. */
  queued: boolean;
  /** Whether it was sent, in whatever form. */
  left: boolean;
  /** How it will be sent, while the encoder has it. */
  underway: FramePlan | undefined;
}

interface Sending extends SendingFrame {
  readonly newest: NewestFrame;
}

/**
 * Sees to it that a view shows the newest picture: sends of each frame what it changes, the whole picture to a view that lacks a frame,
 * and at rest what of it is lossy.
 */
export class PictureSender implements Disposable {
  readonly #options: PictureSenderOptions;
  readonly #link = new LinkEstimate();
  readonly #planner: FramePlanner;
  readonly #coder: FrameCoder;
  readonly #sender: FrameSender<Sending>;
  readonly #losslessRedraw: LosslessRedraw;
  readonly #keyframeLimit = new KeyframeLimit();
  readonly #pool = new FramePool();
  readonly #detector = new ChangeDetector();
  #newest: NewestFrame | undefined;
  /** A pushed frame that came while the encoder was busy. */
  #waiting: KeptFrame | undefined;
  /** Whether the last frame was equal to the one before. */
  #rests = false;
  #keyframeTimer: Disposable | undefined;
  #disposed = false;

  constructor(options: PictureSenderOptions) {
    this.#options = options;
    const { encoders, runtime, scheduler, settings, statistics, transport } = options;
    const reportEncoder = (error: unknown): void => options.report(error, "encode");
    this.#losslessRedraw = new LosslessRedraw({
      after: () => settings.still_after,
      delay: (seconds, callback) => runtime.delay(seconds, callback),
      maySend: () => scheduler.idle,
      send: () => this.#sendStill(),
    });
    const videos = new VideoStreams({
      create: options.createVideoEncoder,
      onMissing: (error) => {
        // "auto" does without what is not there.
        if (settings.codec !== "auto") reportEncoder(error);
      },
    });
    this.#planner = new FramePlanner({
      settings,
      videos,
      link: this.#link,
      onUnsupported: reportEncoder,
    });
    this.#coder = new FrameCoder({
      encoders,
      videos,
      shared: options.shared,
      encoderChoice: () => settings.encoder,
      onMissing: reportEncoder,
    });
    this.#sender = new FrameSender({
      transport,
      coder: this.#coder,
      runtime,
      scheduler,
      statistics,
      useBase64: () => !settings._use_websocket,
      onSending: (sending, coded, departure) => this.#onSending(sending, coded, departure),
      onLost: (sending) => {
        this.#encoderDone(sending);
        this.#breakChain();
        // What a video encoder cannot take, for its size or for want of memory, an image encoder can.
        if (sending.plan.form === "video" && sending.newest === this.#newest) this.repeat();
      },
      onDropped: (sending) => {
        this.#encoderDone(sending);
        if (this.#planner.needsWhole) this.repeat();
      },
      onSettled: () => this.#showWaiting(),
      report: (error, during) => options.report(error, during),
    });
  }

  /** The newest picture; undefined before the first and after {@link forget}. Not to be changed. */
  get frame(): RawFrame | undefined {
    return this.#newest?.frame;
  }

  /** How many frames may be in flight. */
  get maxInFlight(): number {
    return this.#planner.maxInFlight;
  }

  /** Sends what a frame changes, if it changes anything. Its pixels may be the user's; one that lies in a pool is not copied. */
  show(pixels: RawFrame): void {
    this.#replaceWaiting();
    this.#show(pixels);
  }

  /** As {@link show}, for frames that nothing holds back: of those that come while the encoder is busy only the newest is sent. */
  push(pixels: RawFrame): void {
    const { scheduler, settings } = this.#options;
    if (this.#sender.encoding < Math.max(MAX_ENCODING, settings.max_buffered_frames)) {
      this.show(pixels);
      return;
    }
    this.#replaceWaiting();
    scheduler.frameQueued();
    this.#waiting = this.#keep(pixels);
  }

  /** Takes a frame that the view is not to see yet, as only a snapshot asked for it. */
  keep(pixels: RawFrame): void {
    this.#replaceWaiting();
    this.#replaceNewest(this.#keep(pixels));
  }

  /** Sends what {@link keep} took last, if no other frame came since. */
  showKept(): void {
    const newest = this.#newest;
    if (newest?.queued !== false) return;
    this.#queue(newest, this.#planner.planDrawn(newest.frame, "everything"), "draw");
  }

  /** Sends the newest picture whole, if there is one, to a view that has not got it. */
  repeat(): void {
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
      this.#queue(newest, this.#planner.planRepeat(), newest.left ? "repeat" : "draw");
    }
  }

  /** Sends what is lossy lossless, if its time has come and it could not be sent then. Returns whether it did. */
  retryStill(): boolean {
    return this.#losslessRedraw.retry();
  }

  /** A draw is wanted: the picture does not rest yet. */
  drawRequested(): void {
    // An animation that does not change is at rest, however often it is drawn.
    if (!this.#rests) this.#losslessRedraw.postpone();
  }

  /** Drawing took so many seconds. */
  drew(seconds: number): void {
    this.#planner.drew(seconds);
  }

  /** A receipt came for all frames up to `index`. `now` is in seconds, by the monotonic clock. */
  acknowledged(index: number, now: number): void {
    this.#link.acknowledged(index, now);
    this.#planner.acknowledged(index, now);
  }

  /** A view is there that has no frame yet, and can show this. */
  newView(accepts: readonly string[]): void {
    this.#link.reset();
    this.#keyframeLimit.reset();
    this.#keyframeTimer?.dispose();
    this.#keyframeTimer = undefined;
    this.#sender.breakChain();
    this.#planner.newView(accepts);
    this.repeat();
  }

  /** The view cannot build upon what it has. The next frame that is drawn is whole; the newest one goes again, if need be later. */
  viewLacksFrame(): void {
    this.#breakChain();
    if (this.#keyframeTimer !== undefined) return;
    const { runtime } = this.#options;
    const wait = this.#keyframeLimit.ask(runtime.monotonic());
    if (wait === "now") {
      this.repeat();
      return;
    }
    this.#keyframeTimer = runtime.delay(wait, () => {
      this.#keyframeTimer = undefined;
      // A frame that was drawn meanwhile was a whole one.
      if (this.#planner.needsWhole) this.viewLacksFrame();
    });
  }

  /** What was sent may never have arrived. */
  framesGivenUp(): void {
    this.#breakChain();
    this.#link.reset();
  }

  /** Lets the newest picture go. */
  forget(): void {
    this.#losslessRedraw.cancel();
    this.#dropWaiting();
    this.#forgetNewest();
  }

  /** Sends nothing more, and gives memory and encoders back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#losslessRedraw.dispose();
    this.#keyframeTimer?.dispose();
    this.#sender.dispose();
    this.#coder.dispose();
    this.#dropWaiting();
    this.#forgetNewest();
  }

  #show(pixels: RawFrame): void {
    const changes = this.#findChanges(pixels);
    this.#rests = changes === "equal";
    if (changes === "equal") {
      this.#options.statistics.frameUnchanged();
      this.#options.scheduler.drawWasUnchanged();
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
    const { shared } = this.#options;
    return shared?.changes(shown.frame, pixels) ?? this.#detector.find(shown.frame, pixels);
  }

  #keep(pixels: RawFrame): KeptFrame {
    return isKeptFrame(pixels) ? pixels.retain() : this.#pool.keep(pixels);
  }

  /** Copies a frame's pixels, if they are not kept yet; only those that changed where nobody else looks at the frame before. */
  #keepPixels(pixels: RawFrame, changes: Exclude<Changes, "equal">): KeptFrame {
    const before = this.#newest?.frame;
    if (isKeptFrame(pixels) || changes === "everything" || before?.isShared !== false) {
      return this.#keep(pixels);
    }
    for (const rect of changes) copyRect(pixels, before, rect);
    return before.retain();
  }

  #replaceNewest(frame: KeptFrame): NewestFrame {
    this.#forgetNewest();
    const newest: NewestFrame = {
      frame,
      sent: undefined,
      queued: false,
      left: false,
      underway: undefined,
    };
    this.#newest = newest;
    return newest;
  }

  #forgetNewest(): void {
    this.#newest?.frame.release();
    this.#newest = undefined;
  }

  #queue(newest: NewestFrame, plan: FramePlan, purpose: FramePurpose): void {
    const { frame } = newest;
    newest.queued = true;
    newest.underway = plan;
    this.#planner.planned(frame, plan);
    if (purpose === "draw") {
      this.#options.onPicture(frame);
      this.#losslessRedraw.postpone();
    }
    this.#sender.encodeAndSend({ frame, plan, purpose, newest });
  }

  #onSending(sending: Sending, coded: CodedFrame, departure: Departure): void {
    const { newest, plan, purpose } = sending;
    this.#link.frameSent(departure);
    if (purpose === "draw") this.#planner.sent(newest.frame, plan, departure);
    this.#encoderDone(sending);
    newest.left = true;
    if (plan.form === "image" && plan.scale === 1) newest.sent = { coded, plan };
    this.#losslessRedraw.frameSent(this.#planner.isExact);
  }

  #encoderDone({ newest, plan }: Sending): void {
    if (newest.underway === plan) newest.underway = undefined;
  }

  /** Sends what of the newest picture the view does not show exactly. */
  #sendStill(): void {
    const newest = this.#newest;
    if (newest === undefined) return;
    // The lossy parts are those of the frame before: this one goes first.
    if (!newest.queued) this.showKept();
    else this.#queue(newest, this.#planner.planStill(newest.frame), "lossless redraw");
  }

  /** The encoder has room for the frame that waits. */
  #showWaiting(): void {
    const frame = this.#waiting;
    if (frame === undefined || this.#disposed) return;
    this.#waiting = undefined;
    this.#show(frame);
    frame.release();
    this.#options.scheduler.frameLost();
  }

  /** A newer frame is there. */
  #replaceWaiting(): void {
    if (this.#waiting !== undefined) this.#options.statistics.frameReplaced();
    this.#dropWaiting();
  }

  #dropWaiting(): void {
    if (this.#waiting === undefined) return;
    this.#waiting.release();
    this.#waiting = undefined;
    this.#options.scheduler.frameLost();
  }

  #breakChain(): void {
    this.#sender.breakChain();
    this.#planner.breakChain();
  }
}
