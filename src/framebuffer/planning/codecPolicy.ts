import type { LinkEstimate } from "./linkEstimate";
import { relativeBytes, type QualityLevel } from "./qualityLevel";

/**
 * The fewest pixels that may go as video. Smaller images take a few packets, and depend on no other
 * frame.
 */
export const MIN_VIDEO_AREA = 640 * 360;

/**
 * Frames in a row that change everywhere before video starts: it costs a keyframe and a new
 * decoder.
 */
export const FRAMES_TO_VIDEO = 8;

/**
 * Frames in a row that change in parts before images start: their patches are smaller, and exact.
 */
export const FRAMES_TO_PATCHES = 3;

/** Frames in a row for which images would be fast enough before images start: about a second. */
export const FRAMES_TO_IMAGES = 30;

/** Frames from one choice that depends on the link to the next: about two seconds. */
const SETTLED_FRAMES = 60;

/** Video that starts again within so many frames shows that images were the wrong choice. */
const PROVEN_FRAMES = 300;

/**
 * By how much more than {@link FRAMES_TO_IMAGES} images must have been fast enough at most. The
 * factor doubles with each wrong choice.
 */
const MAX_PATIENCE = 16;

/**
 * Frames of video until the size of an image is measured, at first. The time doubles while images
 * would be too slow.
 */
export const FRAMES_TO_PROBE = 60;

/** The most frames from one measurement of an image to the next. */
export const MAX_PROBE_PAUSE = 480;

/** How often images must have been found fast enough, at least, before they start. */
const PROBES_TO_IMAGES = 2;

/** Chunks over which sizes are averaged. */
const AVERAGED_CHUNKS = 8;

/** Images are measured sooner when chunks have shrunk to this share: the picture may be lighter. */
const SHRUNK_SHARE = 0.5;

/**
 * Images are fast enough when their transfer takes less than this share of the wanted interval.
 * Video starts when it takes the whole interval.
 */
const QUICK_SHARE = 0.5;

/** What a {@link CodecPolicy} needs. */
export interface CodecPolicyOptions {
  /** The user's setting, 1..100: the quality of the images that video is compared with. */
  quality(): number;
  /** Frames per second to aim at, > 0. */
  targetFps(): number;
}

/** What is known about the frame to be sent. */
export interface CodecInput {
  /** In pixels, like height. */
  readonly width: number;
  readonly height: number;
  /** Whether it must be sent whole. */
  readonly changedEverywhere: boolean;
  readonly link: LinkEstimate;
  /**
   * Whether view and kernel both have a video codec ready. Called only when video would win, as it
   * may load one.
   */
  readonly hasVideo: () => boolean;
}

/** A whole frame that was encoded as a lossy image. */
export interface MeasuredImage extends QualityLevel {
  /** Bytes of the file. */
  readonly bytes: number;
  /** Of the frame, in pixels, like height. */
  readonly width: number;
  readonly height: number;
}

/** A frame that was sent as video. */
export interface SentChunk extends QualityLevel {
  readonly bytes: number;
}

/**
 * Chooses between images and video for codec "auto".
 *
 * Video takes about an eighth of the bytes, but needs a decoder, a chain of frames and a secure
 * page, and shows small text worse. So it is used for large frames that change everywhere several
 * times in a row, while images at the user's quality would take longer than the wanted interval to
 * transfer.
 *
 * Chunks of video hardly show what an image would take: a heavy picture that moves little has small
 * ones. So during video a frame is encoded as an image as well from time to time, only to measure
 * it (see {@link wantsProbe}).
 *
 * A short processor never starts video.
 */
export class CodecPolicy {
  readonly #options: CodecPolicyOptions;
  #choice: "image" | "video" = "image";
  #width = 0;
  #height = 0;
  /** Bytes for each pixel at quality 80 and scale 1; undefined before the first image. */
  #bytesPerPixel: number | undefined;
  /** Whether that is from a measurement that {@link choose} has not judged yet. */
  #isNews = false;
  #everywhere = 0;
  #partly = 0;
  #quick = 0;
  /** Frames for which images were too slow, less two for each for which they were not. */
  #slow = 0;
  /** Frames until the choice may depend on the link again. */
  #settling = 0;
  /** Frames since images started because they are fast enough. */
  #sinceImages = Infinity;
  /** How many times {@link FRAMES_TO_IMAGES} images must be fast enough. */
  #patience = 1;
  #sinceProbe = 0;
  #probePause = FRAMES_TO_PROBE;
  /** Bytes of the newest chunks, averaged, and the most that this was since the last probe. */
  #chunk = 0;
  #largestChunk = 0;
  /** In which the newest chunk was sent. At another level chunks have other sizes. */
  #chunkLevel: QualityLevel | undefined;

  constructor(options: CodecPolicyOptions) {
    this.#options = options;
  }

  /** A whole frame in motion was sent as a lossy image; not one sent again. */
  imageSent(image: MeasuredImage): void {
    this.#learn(image);
  }

  /** A frame in motion was sent as video. */
  videoSent({ bytes, quality, scale }: SentChunk): void {
    this.#sinceProbe += 1;
    if (this.#chunkLevel?.quality !== quality || this.#chunkLevel.scale !== scale) {
      this.#chunkLevel = { quality, scale };
      this.#chunk = this.#largestChunk = bytes;
    }
    this.#chunk += (bytes - this.#chunk) / AVERAGED_CHUNKS;
    this.#largestChunk = Math.max(this.#largestChunk, this.#chunk);
  }

  /**
   * Whether a frame that goes as video should be encoded as an image too, to measure it. If so,
   * {@link imageMeasured} should follow; it may come late or never.
   */
  wantsProbe(): boolean {
    if (this.#choice === "image") return false;
    const isLighter = this.#chunk < SHRUNK_SHARE * this.#largestChunk;
    const pause = isLighter ? Math.min(this.#probePause, FRAMES_TO_PROBE) : this.#probePause;
    if (this.#sinceProbe < pause) return false;
    this.#sinceProbe = 0;
    this.#largestChunk = this.#chunk;
    return true;
  }

  /** A frame was encoded as an image because {@link wantsProbe} returned true. */
  imageMeasured(image: MeasuredImage): void {
    this.#learn(image);
    this.#isNews = true;
  }

  /** How to send a frame that was drawn. Call it once for each frame, in their order. */
  choose({ width, height, changedEverywhere, link, hasVideo }: CodecInput): "image" | "video" {
    if (width !== this.#width || height !== this.#height) this.#begin(width, height);
    this.#everywhere = changedEverywhere ? this.#everywhere + 1 : 0;
    this.#partly = changedEverywhere ? 0 : this.#partly + 1;
    this.#settling = Math.max(0, this.#settling - 1);
    this.#sinceImages += 1;
    // Transfer time of an image in wanted intervals; 0 while the link is no limit.
    const load = this.#transferTime(link) * this.#options.targetFps();
    const { isShort } = link.processor;
    // Video takes the processor twice the time of images: what the link can carry may go as images.
    const isQuick = load < (isShort ? 1 : QUICK_SHARE);
    this.#quick = isQuick ? this.#quick + 1 : 0;
    this.#slow = load > 1 ? Math.min(this.#slow + 1, FRAMES_TO_VIDEO) : Math.max(0, this.#slow - 2);
    if (this.#isNews) this.#judgeProbe(isQuick);
    if (this.#choice === "image") {
      if (!isShort && this.#wantsVideo() && hasVideo()) this.#startVideo();
    } else if (this.#partly >= FRAMES_TO_PATCHES) {
      this.#choice = "image";
    } else if (this.#quick >= this.#patience * FRAMES_TO_IMAGES && this.#settling === 0) {
      this.#turn("image");
      this.#sinceImages = 0;
    } else if (!hasVideo()) {
      this.#choice = "image";
    }
    return this.#choice;
  }

  /** Another view is there: starts with images. What they took is remembered. */
  reset(): void {
    this.#begin(0, 0);
  }

  #begin(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#choice = "image";
    this.#everywhere = 0;
    this.#partly = 0;
    this.#quick = 0;
    this.#slow = 0;
    this.#settling = 0;
    this.#sinceImages = Infinity;
    this.#patience = 1;
  }

  #startVideo(): void {
    const wasWrong = this.#sinceImages < PROVEN_FRAMES;
    this.#patience = wasWrong ? Math.min(2 * this.#patience, MAX_PATIENCE) : 1;
    this.#sinceProbe = 0;
    this.#probePause = FRAMES_TO_PROBE;
    this.#chunkLevel = undefined;
    this.#turn("video");
  }

  /** Measures often while images seem to be fast enough, and ever more seldom while they do not. */
  #judgeProbe(isQuick: boolean): void {
    this.#isNews = false;
    this.#probePause = isQuick
      ? (this.#patience * FRAMES_TO_IMAGES) / PROBES_TO_IMAGES
      : Math.min(2 * Math.max(this.#probePause, FRAMES_TO_PROBE), MAX_PROBE_PAUSE);
  }

  #learn({ bytes, width, height, quality, scale }: MeasuredImage): void {
    this.#bytesPerPixel = bytes / relativeBytes(quality, scale) / (width * height);
  }

  #turn(choice: "image" | "video"): void {
    this.#choice = choice;
    this.#quick = 0;
    this.#settling = SETTLED_FRAMES;
  }

  #wantsVideo(): boolean {
    return (
      this.#slow >= FRAMES_TO_VIDEO &&
      this.#everywhere >= FRAMES_TO_VIDEO &&
      this.#settling === 0 &&
      this.#width * this.#height >= MIN_VIDEO_AREA
    );
  }

  /** Seconds that the transfer of an image at the user's quality would take. */
  #transferTime(link: LinkEstimate): number {
    const bytes = (this.#bytesPerPixel ?? 0) * this.#width * this.#height;
    return link.transferTime(bytes * relativeBytes(this.#options.quality(), 1));
  }
}
