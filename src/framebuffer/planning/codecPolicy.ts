import { relativeBytes, type QualityLevel } from "./adaptive";
import type { LinkEstimate } from "./linkEstimate";

/** Pixels from which on video may be worth it. Of smaller frames an image is a packet or a few, and needs no chain. */
export const MIN_VIDEO_AREA = 640 * 360;

/** Frames in a row that change everywhere before video begins: a keyframe and a new decoder for less would not pay. */
export const FRAMES_TO_VIDEO = 8;

/** Frames in a row that change only in parts, before images begin: of such frames patches are smaller and exact. */
export const FRAMES_TO_PATCHES = 3;

/** Frames in a row for which images would be quick enough, before they begin. About a second of smooth motion. */
export const FRAMES_TO_IMAGES = 30;

/** Frames after a choice that the link made, before it may make the other. About two seconds of smooth motion. */
const SETTLED_FRAMES = 60;

/** The share of the wanted interval below which the transfer of an image no longer needs video. Video begins at 1. */
const QUICK_SHARE = 0.5;

/** What a {@link CodecPolicy} needs. */
export interface CodecPolicyOptions {
  /** What the user wants, 1..100: images are compared at that quality. */
  quality(): number;
  /** Frames per second to aim at, > 0. */
  targetFps(): number;
}

/** What is known of a frame that is to be sent. */
export interface CodecInput {
  /** Pixels, as height. */
  readonly width: number;
  readonly height: number;
  /** Whether no part of it can be left out. */
  readonly changedEverywhere: boolean;
  readonly link: LinkEstimate;
  /** Whether view and kernel both have a video codec, ready to use. Asked only when video would win, as it may begin to load one. */
  readonly hasVideo: () => boolean;
}

/** A whole frame that was sent as a lossy image. */
export interface SentImage extends QualityLevel {
  /** Bytes of the file. */
  readonly bytes: number;
  /** Pixels of the frame, as height. */
  readonly width: number;
  readonly height: number;
}

/**
 * Chooses between images and video for codec "auto". Video takes about an eighth of the bytes, but needs a decoder, a chain of frames
 * and a secure page, and shows small text worse. So it is for large frames that change everywhere for several frames in a row, while
 * images at the quality that the user wants would take longer than the wanted interval to go through the link.
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
  /** Frames until the link may turn the choice again. */
  #settling = 0;

  constructor(options: CodecPolicyOptions) {
    this.#options = options;
  }

  /** A whole frame in motion left as a lossy image; not one sent again. */
  imageSent({ bytes, width, height, quality, scale }: SentImage): void {
    this.#bytesPerPixel = bytes / relativeBytes(quality, scale) / (width * height);
  }

  /** How to send a frame that was drawn. To be asked once for each frame that is sent, in their order. */
  choose({ width, height, changedEverywhere, link, hasVideo }: CodecInput): "image" | "video" {
    if (width !== this.#width || height !== this.#height) this.#begin(width, height);
    this.#everywhere = changedEverywhere ? this.#everywhere + 1 : 0;
    this.#partly = changedEverywhere ? 0 : this.#partly + 1;
    this.#settling = Math.max(0, this.#settling - 1);
    // In images' wanted intervals; 0 while the link is no limit.
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

  /** Another view: begins with images. What they take is kept. */
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

  /** Seconds that an image of the frame at the user's quality would take to go through. */
  #transferTime(link: LinkEstimate): number {
    const bytes = (this.#bytesPerPixel ?? 0) * this.#width * this.#height;
    return link.transferTime(bytes * relativeBytes(this.#options.quality(), 1));
  }
}
