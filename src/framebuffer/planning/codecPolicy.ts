import { relativeBytes, type QualityLevel } from "./adaptive";
import type { LinkEstimate } from "./linkEstimate";

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

/** A whole frame that was sent as a lossy image. */
export interface SentImage extends QualityLevel {
  /** Bytes of the file. */
  readonly bytes: number;
  /** Of the frame, in pixels, like height. */
  readonly width: number;
  readonly height: number;
}

/**
 * Chooses between images and video for codec "auto".
 *
 * Video takes about an eighth of the bytes, but needs a decoder, a chain of frames and a secure
 * page, and shows small text worse. So it is used for large frames that change everywhere several
 * times in a row, while images at the user's quality would take longer than the wanted interval to
 * transfer.
 */
export class CodecPolicy {
  readonly #options: CodecPolicyOptions;
  #choice: "image" | "video" = "image";
  #width = 0;
  #height = 0;
  /** Bytes for each pixel at quality 80 and scale 1; undefined before the first image. */
  #bytesPerPixel: number | undefined;
  #everywhere = 0;
  #partly = 0;
  #quick = 0;
  /** Frames until the choice may depend on the link again. */
  #settling = 0;

  constructor(options: CodecPolicyOptions) {
    this.#options = options;
  }

  /** A whole frame in motion was sent as a lossy image; not one sent again. */
  imageSent({ bytes, width, height, quality, scale }: SentImage): void {
    this.#bytesPerPixel = bytes / relativeBytes(quality, scale) / (width * height);
  }

  /** How to send a frame that was drawn. Call it once for each frame, in their order. */
  choose({ width, height, changedEverywhere, link, hasVideo }: CodecInput): "image" | "video" {
    if (width !== this.#width || height !== this.#height) this.#begin(width, height);
    this.#everywhere = changedEverywhere ? this.#everywhere + 1 : 0;
    this.#partly = changedEverywhere ? 0 : this.#partly + 1;
    this.#settling = Math.max(0, this.#settling - 1);
    // Transfer time of an image in wanted intervals; 0 while the link is no limit.
    const load = this.#transferTime(link) * this.#options.targetFps();
    this.#quick = load < QUICK_SHARE ? this.#quick + 1 : 0;
    if (this.#choice === "image") {
      if (this.#wantsVideo(load) && hasVideo()) this.#turn("video");
    } else if (this.#partly >= FRAMES_TO_PATCHES) {
      this.#choice = "image";
    } else if (this.#quick >= FRAMES_TO_IMAGES && this.#settling === 0) {
      this.#turn("image");
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
    this.#settling = 0;
  }

  #turn(choice: "image" | "video"): void {
    this.#choice = choice;
    this.#quick = 0;
    this.#settling = SETTLED_FRAMES;
  }

  #wantsVideo(load: number): boolean {
    return (
      load > 1 &&
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
