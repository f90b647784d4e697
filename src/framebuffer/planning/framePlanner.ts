import { PlainError } from "../../protocol/errors";
import { VIDEO_CODECS, type VideoCodec } from "../../protocol/messages";
import { CELL_SIZE } from "../changes/bands";
import type { CellMap } from "../changes/cellMap";
import { isCellMap, type Changes } from "../changes/changes";
import { LossyRegion } from "../changes/lossyRegion";
import { growRects, totalArea, type Rect } from "../changes/rects";
import type { ImageFormat } from "../encoders/imageFormat";
import { FlightLimit } from "../pacing/flightLimit";
import type { Departure, LedgerObserver, Receipt } from "../pacing/frameLedger";
import { SCREEN_INTERVAL } from "../pacing/screenInterval";
import type { CodedFrame } from "../sending/codedFrame";
import { chromaSampling, LOSSLESS_QUALITY, type SessionSettings } from "../settings";
import type { RawFrame } from "../source/frame";
import { AdaptiveQuality } from "./adaptive";
import { AtlasPlanner } from "./atlasPlanner";
import { CodecPolicy } from "./codecPolicy";
import {
  blendsBlocks,
  isLossless,
  type FramePlan,
  type ImagePlan,
  type VideoPlan,
} from "./framePlan";
import type { FramePlannerOptions } from "./framePlannerOptions";
import type { QualityLevel } from "./qualityLevel";
import { SettledParts } from "./settledParts";
import { StillParts } from "./stillParts";

/**
 * The codec that "auto" uses for video. VP9 needs half the bytes, and three times the processor
 * time.
 */
const AUTO_CODEC: VideoCodec = "h264";

/** What the next frame needs to know about a planned one. */
interface PlannedFrame {
  readonly plan: FramePlan;
  readonly width: number;
  readonly height: number;
}

/**
 * Decides in which form each frame is sent: whole, as patches or as video, in which quality and
 * size. It knows what the view can show, which frame the next one may build upon, and which part of
 * the picture in the view is lossy.
 */
export class FramePlanner implements LedgerObserver {
  readonly #settings: SessionSettings;
  readonly #options: FramePlannerOptions;
  readonly #lossy: LossyRegion;
  /** Parts that rest while others move. Observes the ledger. */
  readonly settled: SettledParts;
  readonly #stills: StillParts;
  readonly #atlases: AtlasPlanner;
  /** How the lossy part, or some of it, was last to be sent. */
  #stillPlan: FramePlan | undefined;
  readonly #adaptive: AdaptiveQuality;
  readonly #codecPolicy: CodecPolicy;
  readonly #flight: FlightLimit;
  /** The view's abilities; undefined before its hello. */
  #accepts: ReadonlySet<string> | undefined;
  /** Codecs whose lack in this view was reported. */
  readonly #unsupported = new Set<string>();
  /** Whether the frame that is being planned would be video if the encoder were ready. */
  #wantsVideo = false;
  /** The frame before, if the view has it or will have it. */
  #before: PlannedFrame | undefined;
  /** The last of these that was video: a decoder ignores what is sent between two chunks. */
  #chunkBefore: PlannedFrame | undefined;

  constructor(options: FramePlannerOptions) {
    this.#options = options;
    const { clock, encoders, link, settings } = options;
    this.#settings = settings;
    this.#lossy = new LossyRegion(clock);
    this.#stills = new StillParts(link, () => this.#flight.atRest);
    this.#atlases = new AtlasPlanner({ link, hasFullChroma: encoders?.hasFullChroma ?? true });
    this.settled = new SettledParts({ clock, link, region: this.#lossy, stills: this.#stills });
    this.#adaptive = new AdaptiveQuality({
      link,
      maxQuality: () => settings.quality,
      targetFps: () => settings.target_fps,
      maxInFlight: () => this.#flight.current,
      maxInFlightAtTarget: () => this.#flight.at(1 / settings.target_fps),
    });
    this.#flight = new FlightLimit({
      link,
      usual: () => settings.max_buffered_frames,
      areFramesSmall: () => settings.adaptive || this.#before?.plan.form === "video",
      isDrawWanted: () => options.isDrawWanted(),
      interval: () => Math.max(SCREEN_INTERVAL, settings.adaptive ? 1 / settings.target_fps : 0),
    });
    this.#codecPolicy = new CodecPolicy({
      quality: () => settings.quality,
      targetFps: () => settings.target_fps,
    });
  }

  /** How many frames may be in flight. */
  get maxInFlight(): number {
    return this.#stills.isUnderWay ? this.#flight.atRest : this.#flight.current;
  }

  /** Whether the next frame must depend on no other. True at first. */
  get needsWhole(): boolean {
    return this.#before === undefined;
  }

  /** Whether the view shows exactly what was drawn, or will. */
  get isExact(): boolean {
    return this.#lossy.isEmpty;
  }

  /** There is a new view, with these abilities. */
  newView(accepts: readonly string[]): void {
    this.#accepts = new Set(accepts);
    this.#unsupported.clear();
    this.settled.reset();
    this.#adaptive.reset();
    this.#flight.reset();
    this.#codecPolicy.reset();
  }

  /** The view lacks a frame: the next one must depend on no other. */
  breakChain(): void {
    this.#before = undefined;
    this.#chunkBefore = undefined;
    this.settled.reset();
    this.#options.videos.breakChain();
  }

  /** Chooses which cells to send, of those that changed; undefined where none can be sent. */
  cellChooser(frame: RawFrame): ((changed: CellMap) => CellMap | undefined) | undefined {
    if (!this.#canPack || this.#before?.plan.form === "video") return undefined;
    return (changed) => this.#atlases.choose(frame, changed, this.#drawnImage());
  }

  /** How to send a frame that was drawn. */
  planDrawn(frame: RawFrame, changes: Exclude<Changes, "equal">): FramePlan {
    const image = this.#drawnImage();
    this.#wantsVideo = false;
    const video = image.lossless ? undefined : this.#videoCodec(frame, changes);
    if (video !== undefined) return this.#video(video, frame, image);
    // The next video frame may be far off, and the encoder holds memory and threads.
    if (!this.#wantsVideo) this.#options.videos.release();
    if (changes === "everything") return image;
    if (isCellMap(changes)) return this.#atlases.plan(image, changes);
    const isBlended = !image.lossless && blendsBlocks(image, frame);
    return this.#patches(image, isBlended ? growRects(changes, CELL_SIZE, frame) : changes);
  }

  /** How to send the newest frame to a view that has none: as a whole image. */
  planRepeat(): FramePlan {
    return this.#drawnImage(false);
  }

  /**
   * How to send the lossy part of the picture in the view, or on a slow link some of it: then
   * {@link isExact} stays false.
   */
  planStill(frame: RawFrame): FramePlan {
    const image = this.#image(true, LOSSLESS_QUALITY);
    const rects = this.#canPatch ? this.#stills.next(this.#lossy.rects()) : this.#lossy.rects();
    const isWhole = rects.length === 0 || totalArea(rects) === frame.width * frame.height;
    if (!isWhole) return (this.#stillPlan = this.#patches(image, rects));
    const atlas = this.#canPack ? this.#atlases.planStill(frame, this.#lossy, image) : undefined;
    return (this.#stillPlan = atlas ?? image);
  }

  /** Whether a still, or more of one, may go while so many bytes are under way. */
  maySendStill(bytesAwaited: number): boolean {
    return this.#stills.mayFollow(bytesAwaited);
  }

  /**
   * How to send parts that rest while others move, without loss, after so many seconds of rest;
   * undefined where none may be sent now. Between two chunks of video they wouldn't be seen.
   */
  planSettled(after: number): FramePlan | undefined {
    if (!this.#canPatch || this.#before?.plan.form === "video") return undefined;
    const rects = this.settled.next(after);
    if (rects.length === 0) return undefined;
    const plan = this.#patches(this.#image(true, LOSSLESS_QUALITY), rects);
    this.settled.begin(plan);
    return plan;
  }

  /** A frame goes to the encoder in this form. */
  recordPlan(frame: RawFrame, plan: FramePlan): void {
    const { width, height } = frame;
    this.#atlases.recordPlan(frame, plan);
    if (plan !== this.#stillPlan) this.#stills.forget();
    this.#before = { plan, width, height };
    if (plan.form === "video") this.#chunkBefore = this.#before;
    if (plan.form === "patches") {
      if (plan.lossless) this.#lossy.clearRects(plan.rects);
      else this.#lossy.mark(plan.rects);
    } else if (plan.form === "atlas") {
      this.#lossy.setCells(plan.cells, !plan.lossless);
    } else if (isLossless(plan)) {
      this.#lossy.clear(width, height);
    } else {
      this.#lossy.markWhole(width, height);
    }
  }

  recordSend(departure: Departure): void {
    this.#stills.recordSend(departure);
    this.#atlases.recordSend(departure);
    this.#flight.recordSend(departure);
    const { bytes, height, plan, purpose, width } = departure;
    if (purpose !== "draw" || isLossless(plan)) return;
    const sent = { bytes, width, height, quality: plan.quality, scale: plan.scale };
    if (plan.form === "video") this.#codecPolicy.videoSent(sent);
    if (plan.form === "image") this.#codecPolicy.imageSent(sent);
  }

  /** As which image a frame that goes as video is to be measured; undefined for most frames. */
  planProbe(): ImagePlan | undefined {
    return this.#codecPolicy.wantsProbe() ? this.#image(false, this.#settings.quality) : undefined;
  }

  /** A frame was encoded as {@link planProbe} returned. */
  recordProbe({ width, height }: RawFrame, { quality, scale }: ImagePlan, coded: CodedFrame): void {
    const bytes = coded.buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.#codecPolicy.imageMeasured({ bytes, width, height, quality, scale });
  }

  /** get_frame() took so many seconds. */
  drew(seconds: number): void {
    this.#adaptive.frameDrawn(seconds);
    this.#flight.drew(seconds);
    this.#options.link.processor.frameDrawn(seconds);
  }

  recordReceipt(receipt: Receipt): void {
    if (this.#settings.adaptive) this.#adaptive.recordReceipt(receipt);
    this.#flight.recordReceipt(receipt);
  }

  #level(): QualityLevel {
    const { current } = this.#adaptive;
    return this.#settings.may_scale === false ? { ...current, scale: 1 } : current;
  }

  /** Whether frames in motion are lossless. */
  #wantsLossless(): boolean {
    const { codec, quality } = this.#settings;
    return quality >= LOSSLESS_QUALITY || codec === "png";
  }

  /** Whether a video encoder can take this frame now. Makes it if it is not there. */
  #ensureReady(codec: VideoCodec, frame: RawFrame): boolean {
    this.#wantsVideo = true;
    return this.#options.videos.ensureReady(codec, this.#settings.video_device, frame);
  }

  /** How a drawn frame would be sent as a whole image. @param adapts - to the link */
  #drawnImage(adapts = this.#settings.adaptive): ImagePlan {
    const { quality, scale = 1 } = this.#settings;
    if (this.#wantsLossless()) return this.#image(true, quality);
    const level = adapts ? this.#level() : { quality, scale };
    return this.#image(false, level.quality, level.scale);
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

  get #canPatch(): boolean {
    return !this.needsWhole && this.#canShow("patches") && this.#settings._use_websocket;
  }

  get #canPack(): boolean {
    return this.#canPatch && this.#canShow("atlas");
  }

  /** Only these parts, if the view can build upon the frame before; else the whole image. */
  #patches(image: ImagePlan, rects: readonly Rect[]): FramePlan {
    if (!this.#canPatch) return image;
    return { ...image, form: "patches", scale: 1, rects };
  }

  #format(lossless: boolean): ImageFormat {
    if (this.#settings.codec === "webp" && this.#supports("webp")) return "webp";
    return lossless ? "png" : "jpeg";
  }

  /** The video codec of this frame; undefined for an image. */
  #videoCodec(frame: RawFrame, changes: Changes): VideoCodec | undefined {
    const { width, height } = frame;
    const { codec, _use_websocket } = this.#settings;
    if (!_use_websocket) return undefined;
    if (codec === "auto") {
      const choice = this.#codecPolicy.choose({
        width,
        height,
        changedEverywhere: changes === "everything" || isCellMap(changes),
        link: this.#options.link,
        hasVideo: () => this.#canShow(AUTO_CODEC) && this.#ensureReady(AUTO_CODEC, frame),
      });
      return choice === "video" ? AUTO_CODEC : undefined;
    }
    const wanted = VIDEO_CODECS.find((one) => one === codec);
    if (wanted === undefined || !this.#supports(wanted)) return undefined;
    return this.#ensureReady(wanted, frame) ? wanted : undefined;
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

  /** Whether the view can show the user's codec. Reports it if not. */
  #supports(codec: VideoCodec | "webp"): boolean {
    if (this.#accepts === undefined || this.#canShow(codec)) return this.#canShow(codec);
    if (!this.#unsupported.has(codec)) {
      this.#unsupported.add(codec);
      const reason =
        codec === "webp"
          ? ""
          : "; browsers decode video only on https or localhost, and not every browser supports every codec";
      const problem = `codec: the view cannot show ${codec}, frames are sent as JPEG${reason}`;
      this.#options.onUnsupported(new PlainError(problem));
    }
    return false;
  }
}
