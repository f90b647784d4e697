import { CELL_SIZE } from "../changes/bands";
import type { CellMap } from "../changes/cellMap";
import type { Departure } from "../pacing/frameLedger";
import type { ImagePlan } from "./framePlan";
import type { LinkEstimate } from "./linkEstimate";
import { relativeBytes } from "./qualityLevel";

/** Seconds of encoding and decoding a pixel of a lossy image, both ends together. */
const LOSSY_PIXEL = 10e-9;

/** The same of a lossless image. */
const LOSSLESS_PIXEL = 40e-9;

/** Seconds of copying a pixel into the atlas: memory that is in no cache limits it. */
const PACKED_PIXEL = 6e-9;

/** Seconds of comparing a pixel of the picture, which frames that go whole mostly skip. */
const COMPARED_PIXEL = 3e-9;

/** Seconds of painting a run of cells in the view. */
const DRAWN_RUN = 8e-6;

/** Atlases begin below this share of the whole picture's cost, and end at 1. */
const STARTING_SHARE = 0.9;

/** Bytes for each pixel before an image was sent: a scene as JPEG of quality 80. */
const USUAL_BYTES = 0.15;

/**
 * Atlases in a row after which a frame goes whole, to learn what a whole picture takes now: a few
 * seconds of motion.
 */
export const ATLASES_TO_WHOLE = 256;

/**
 * Refusals in a row after which what an atlas took is forgotten: the picture may be another one.
 * Each time an atlas then turns out to be dearer, it takes twice as many, up to
 * {@link MOST_REFUSALS}. While cells are of no use few frames are compared, so these take some
 * seconds.
 */
export const REFUSALS_TO_FORGET = 8;

/** See {@link REFUSALS_TO_FORGET}. */
export const MOST_REFUSALS = 64;

/** Atlases in a row that show that they are of use. */
const USEFUL_ATLASES = 8;

/** A frame that may go as an atlas. */
export interface AtlasChoice {
  /** Of the picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The cells to be sent. */
  readonly cells: Pick<CellMap, "count" | "runs">;
  /** How the whole picture would be sent. */
  readonly image: Pick<ImagePlan, "lossless" | "quality" | "scale">;
}

/** What the policy reads of the link. */
type Link = Pick<LinkEstimate, "wayTime">;

/** Bytes that were learned for frames of one kind, lossy ones or lossless ones. */
class Learned {
  /** Bytes for each pixel of a whole picture, at quality 80 and scale 1. */
  wholeBytes: number | undefined;
  /** The newest atlas: its cells' share of the picture, and its bytes relative to a whole's. */
  atlas: { readonly share: number; readonly bytes: number } | undefined;

  /**
   * The bytes of an atlas relative to a whole picture's.
   *
   * @param share - its cells' share of the picture
   */
  atlasBytes(share: number): number {
    // At first halfway between the cells' share and all bytes: changed cells hold more detail than
    // the empty parts.
    if (this.atlas === undefined) return (1 + share) / 2;
    const known = this.atlas;
    if (share <= known.share) return known.bytes * (share / known.share);
    // From there to the whole picture in a straight line: further cells hold less.
    return known.bytes + (1 - known.bytes) * ((share - known.share) / (1 - known.share));
  }
}

/**
 * Decides whether cells scattered over a picture are sent as an atlas, or the whole picture: by the
 * seconds that each takes at both ends and on the link.
 *
 * It begins to use atlases when they are clearly cheaper, and ends when they are no longer cheaper,
 * so that it doesn't flap. Whole pictures in between, and forgetting what an atlas took, keep it
 * from being stuck with what it learned of another picture.
 */
export class AtlasPolicy {
  readonly #link: Link;
  readonly #lossy = new Learned();
  readonly #lossless = new Learned();
  /** Atlases in a row. */
  #atlases = 0;
  /** Refusals in a row. */
  #refusals = 0;
  #refusalsToForget = REFUSALS_TO_FORGET;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Whether an atlas is cheaper than the whole picture. Call it once for each frame. */
  choose(choice: AtlasChoice): boolean {
    if (this.#atlases >= ATLASES_TO_WHOLE) {
      this.#atlases = 0;
      return false;
    }
    const learned = this.#learned(choice.image);
    const { atlas, whole } = this.#costs(choice, learned);
    const isCheaper = atlas < whole * (this.#atlases > 0 ? 1 : STARTING_SHARE);
    if (isCheaper) {
      this.#atlases += 1;
      this.#refusals = 0;
      if (this.#atlases >= USEFUL_ATLASES) this.#refusalsToForget = REFUSALS_TO_FORGET;
      return true;
    }
    const wasTrial = this.#atlases > 0 && this.#atlases < USEFUL_ATLASES;
    if (wasTrial) this.#refusalsToForget = Math.min(2 * this.#refusalsToForget, MOST_REFUSALS);
    this.#atlases = 0;
    this.#refusals += 1;
    if (this.#refusals >= this.#refusalsToForget) {
      this.#refusals = 0;
      learned.atlas = undefined;
    }
    return false;
  }

  /** A frame is sent: learns what it took. */
  recordSend({ bytes, height, plan, width }: Departure): void {
    if (plan.form !== "image" && plan.form !== "atlas") return;
    const learned = this.#learned(plan);
    const atFull = bytes / factorOf(plan);
    if (plan.form === "image") {
      learned.wholeBytes = atFull / (width * height);
    } else {
      const whole = (learned.wholeBytes ?? USUAL_BYTES) * width * height;
      const share = Math.min(1, plan.cells.area / (width * height));
      if (share > 0) learned.atlas = { share, bytes: atFull / whole };
    }
  }

  #learned({ lossless }: Pick<ImagePlan, "lossless">): Learned {
    return lossless ? this.#lossless : this.#lossy;
  }

  #costs(
    { cells, height, image, width }: AtlasChoice,
    learned: Learned,
  ): { atlas: number; whole: number } {
    const area = width * height;
    const packed = cells.count * CELL_SIZE * CELL_SIZE;
    const pixel = image.lossless ? LOSSLESS_PIXEL : LOSSY_PIXEL;
    const bytes = (learned.wholeBytes ?? USUAL_BYTES) * area;
    const packedBytes = bytes * learned.atlasBytes(Math.min(1, packed / area));
    const scaled = image.scale * image.scale;
    return {
      whole: area * scaled * pixel + this.#link.wayTime(bytes * factorOf(image)),
      atlas:
        area * COMPARED_PIXEL +
        packed * (pixel + PACKED_PIXEL) +
        cells.runs * DRAWN_RUN +
        this.#link.wayTime(packedBytes * factorOf({ ...image, scale: 1 })),
    };
  }
}

/** Bytes at a quality and scale, relative to those at quality 80 and scale 1. */
function factorOf({ lossless, quality, scale }: AtlasChoice["image"]): number {
  return lossless ? 1 : relativeBytes(quality, scale);
}
