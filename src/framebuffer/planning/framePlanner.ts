import { VIDEO_CODECS, type VideoCodec } from "../../protocol/messages";
import { AdaptiveQuality, type QualityLevel } from "./adaptive";
import type { Changes } from "../changes/changes";
import { CodecPolicy } from "./codecPolicy";
import type { ImageFormat } from "../encoders/imageFormat";
import type { RawFrame } from "../source/frame";
import { isLossless, type FramePlan, type ImagePlan, type VideoPlan } from "./framePlan";
import type { Departure } from "../sending/frameSender";
import type { LinkEstimate } from "./linkEstimate";
import { LossyRegion } from "../changes/lossyRegion";
import type { Rect } from "../changes/rects";
import { chromaSampling, LOSSLESS_QUALITY, type SessionSettings } from "../settings";
import type { VideoStreams } from "../sending/videoStreams";

/** What "auto" takes when video wins. VP9 needs half the bytes, and three times the processor. */
const AUTO_CODEC: VideoCodec = "h264";

/** Most frames in flight that latency is answered with: half a second at 15 frames a second. More would only wait somewhere. */
const MAX_IN_FLIGHT = 8;

/** What a {@link FramePlanner} is made of. */
export interface FramePlannerOptions {
  readonly settings: SessionSettings;
  readonly videos: Pick<VideoStreams, "isReady" | "release" | "breakChain">;
  /** Is told of each frame and receipt by its owner, before the planner. */
  readonly link: LinkEstimate;
  /** The view cannot show what the user wants; something else is sent. Called once for each codec and view. */
  onUnsupported(error: Error): void;
}

/** A frame that was planned, as far as the next one depends on it. */
interface PlannedFrame {
  readonly plan: FramePlan;
  readonly width: number;
  readonly height: number;
}

/**
 * Decides in which form each frame goes to the view: whole, as patches, or as video; how good, and how large. Knows what the view can
 * show, which frame the next one may build upon, and which part of the shown picture is lossy.
 */
export class FramePlanner {
  readonly #settings: SessionSettings;
  readonly #options: FramePlannerOptions;
  readonly #lossy = new LossyRegion();
  readonly #adaptive: AdaptiveQuality;
  readonly #codecPolicy: CodecPolicy;
  /** What the view can show; undefined before its hello. */
  #accepts: ReadonlySet<string> | undefined;
  /** Codecs that were reported as not supported by this view. */
  readonly #unsupported = new Set<string>();
  /** Whether the frame that is being planned would go as video, if its encoder is ready. */
  #wantsVideo = false;
  /** The frame before, when the view has got it, or will. */
  #before: PlannedFrame | undefined;
  /** The last of these that was a chunk of video: what lies between it and the next one does not concern a decoder. */
  #chunkBefore: PlannedFrame | undefined;

  constructor(options: FramePlannerOptions) {
    this.#options = options;
    const { link, settings } = options;
    this.#settings = settings;
    this.#adaptive = new AdaptiveQuality({
      link,
      maxQuality: () => settings.quality,
      targetFps: () => settings.target_fps,
      maxInFlight: () => this.maxInFlight,
    });
    this.#codecPolicy = new CodecPolicy({
      quality: () => settings.quality,
      targetFps: () => settings.target_fps,
    });
  }

  /**
   * How many frames may be in flight. While `adaptive` is on, or the picture travels as video, as many as it takes for the wanted rate
   * at this latency: with two the rate is two in a round trip, however small they are.
   */
  get maxInFlight(): number {
    const { adaptive, max_buffered_frames, target_fps } = this.#settings;
    const latency = this.#options.link.baseLatency;
    const isSmall = adaptive || this.#before?.plan.form === "video";
    if (!isSmall || latency === undefined) return max_buffered_frames;
    const needed = Math.ceil(latency * target_fps) + 1;
    return Math.max(max_buffered_frames, Math.min(needed, MAX_IN_FLIGHT));
  }

  /** Whether the next frame must need no other. So at first. */
  get needsWhole(): boolean {
    return this.#before === undefined;
  }

  /** Whether the view shows, or will show, exactly what was drawn. */
  get isExact(): boolean {
    return this.#lossy.isEmpty;
  }

  /** A view is there that has no frame yet, and can show this. */
  newView(accepts: readonly string[]): void {
    this.#accepts = new Set(accepts);
    this.#unsupported.clear();
    this.#adaptive.reset();
    this.#codecPolicy.reset();
    this.breakChain();
  }

  /** The view lacks a frame: the next one must need no other. */
  breakChain(): void {
    this.#before = undefined;
    this.#chunkBefore = undefined;
    this.#options.videos.breakChain();
  }

  /** How to send a frame that was drawn. */
  planDrawn(frame: RawFrame, changes: Exclude<Changes, "equal">): FramePlan {
    const { adaptive, quality } = this.#settings;
    const lossless = this.#wantsLossless();
    const level = adaptive ? this.#level() : { quality, scale: 1 };
    this.#wantsVideo = false;
    const video = lossless ? undefined : this.#videoCodec(frame, changes);
    if (video !== undefined) return this.#video(video, frame, level);
    // Whoever comes back to images may be long in needing the encoder again.
    if (!this.#wantsVideo) this.#options.videos.release();
    const image = lossless
      ? this.#image(true, quality)
      : this.#image(false, level.quality, level.scale);
    return this.#patchesOf(changes, image);
  }

  /** How to send the newest frame to a view that has none: whole, as an image. */
  planRepeat(): FramePlan {
    return this.#image(this.#wantsLossless(), this.#settings.quality);
  }

  /** How to send what of the shown picture is lossy. */
  planStill({ width, height }: RawFrame): FramePlan {
    const image = this.#image(true, LOSSLESS_QUALITY);
    const rects = this.#lossy.rects();
    const [first] = rects;
    const isWhole = first === undefined || (first.width === width && first.height === height);
    return isWhole ? image : this.#patches(image, rects);
  }

  /** The frame goes to the encoder in this form. */
  planned({ width, height }: RawFrame, plan: FramePlan): void {
    this.#before = { plan, width, height };
    if (plan.form === "video") this.#chunkBefore = this.#before;
    if (plan.form === "patches") {
      if (plan.lossless) this.#lossy.clearRects(plan.rects);
      else this.#lossy.mark(plan.rects);
    } else if (isLossless(plan)) {
      this.#lossy.clear(width, height);
    } else {
      this.#lossy.markWhole(width, height);
    }
  }

  /** A frame that was drawn leaves as planned. */
  sent({ width, height }: RawFrame, plan: FramePlan, departure: Departure): void {
    const { quality, scale } = plan;
    if (this.#settings.adaptive) this.#adaptive.frameSent({ ...departure, quality, scale });
    if (plan.form === "image" && !plan.lossless) {
      const { bytes } = departure;
      this.#codecPolicy.imageSent({ bytes, width, height, quality, scale });
    }
  }

  /** get_frame() took so many seconds. */
  drew(seconds: number): void {
    this.#adaptive.frameDrawn(seconds);
  }

  /**
   * A receipt came for all frames up to `index`.
   *
   * @param now - seconds, by the monotonic clock
   */
  acknowledged(index: number, now: number): void {
    if (this.#settings.adaptive) this.#adaptive.acknowledged(index, now);
  }

  #level(): QualityLevel {
    const { current } = this.#adaptive;
    return this.#settings.may_scale === false ? { ...current, scale: 1 } : current;
  }

  /** Whether frames in motion are lossless too. */
  #wantsLossless(): boolean {
    const { codec, quality } = this.#settings;
    return quality >= LOSSLESS_QUALITY || codec === "png";
  }

  /** Whether a video encoder can take this frame now. It is made if it is not there. */
  #isReady(codec: VideoCodec, frame: RawFrame): boolean {
    this.#wantsVideo = true;
    return this.#options.videos.isReady(codec, this.#settings.video_device, frame);
  }

  #image(lossless: boolean, quality: number, scale = 1): ImagePlan {
    return {
      form: "image",
      format: this.#format(lossless),
      lossless,
      quality,
      chroma: chromaSampling(this.#settings.chroma, quality),
      scale,
    };
  }

  #patchesOf(changes: Exclude<Changes, "equal">, image: ImagePlan): FramePlan {
    return changes === "everything" ? image : this.#patches(image, changes);
  }

  /** Only these parts, if the view can build upon the frame before. */
  #patches(image: ImagePlan, rects: readonly Rect[]): FramePlan {
    const mayPatch = this.#canShow("patches") && this.#settings._use_websocket;
    if (this.needsWhole || !mayPatch) return image;
    return { ...image, form: "patches", scale: 1, rects };
  }

  #format(lossless: boolean): ImageFormat {
    if (this.#settings.codec === "webp" && this.#supports("webp")) return "webp";
    return lossless ? "png" : "jpeg";
  }

  /** The video codec to use now, if it is one. */
  #videoCodec(frame: RawFrame, changes: Changes): VideoCodec | undefined {
    const { width, height } = frame;
    const { codec, _use_websocket } = this.#settings;
    if (!_use_websocket) return undefined;
    if (codec === "auto") {
      const choice = this.#codecPolicy.choose({
        width,
        height,
        changedEverywhere: changes === "everything",
        link: this.#options.link,
        hasVideo: () => this.#canShow(AUTO_CODEC) && this.#isReady(AUTO_CODEC, frame),
      });
      return choice === "video" ? AUTO_CODEC : undefined;
    }
    const wanted = VIDEO_CODECS.find((one) => one === codec);
    if (wanted === undefined || !this.#supports(wanted)) return undefined;
    return this.#isReady(wanted, frame) ? wanted : undefined;
  }

  #video(
    codec: VideoCodec,
    { width, height }: RawFrame,
    { quality, scale }: QualityLevel,
  ): VideoPlan {
    const before = this.#chunkBefore;
    const continues =
      before?.plan.form === "video" &&
      before.plan.codec === codec &&
      before.plan.scale === scale &&
      before.width === width &&
      before.height === height;
    return { form: "video", codec, quality, scale, keyframe: !continues };
  }

  #canShow(ability: string): boolean {
    return this.#accepts?.has(ability) === true;
  }

  /** Whether the view shows what the user asked for by name. If not, the user is told. */
  #supports(codec: VideoCodec | "webp"): boolean {
    if (this.#accepts === undefined || this.#canShow(codec)) return this.#canShow(codec);
    if (!this.#unsupported.has(codec)) {
      this.#unsupported.add(codec);
      const reason =
        codec === "webp"
          ? ""
          : "; browsers decode video only on pages from https or localhost, and not each browser each codec";
      this.#options.onUnsupported(
        new Error(`codec: the view cannot show ${codec}, frames go as JPEG${reason}`),
      );
    }
    return false;
  }
}
