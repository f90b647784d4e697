import { MAX_CHANGED_SHARE } from "../changes/changes";
import type { CellMap } from "../changes/cellMap";
import type { LossyRegion } from "../changes/lossyRegion";
import type { Departure } from "../pacing/frameLedger";
import type { RawFrame } from "../source/frame";
import { AtlasPolicy } from "./atlasPolicy";
import { BlendedCells } from "./blendedCells";
import type { AtlasPlan, FramePlan, ImagePlan } from "./framePlan";
import type { LinkEstimate } from "./linkEstimate";

/** What an {@link AtlasPlanner} needs. */
export interface AtlasPlannerOptions {
  readonly link: LinkEstimate;
  /** Whether JPEG can keep the colour of each pixel. Without it, cells would have seams. */
  readonly hasFullChroma: boolean;
}

/** Plans frames as an atlas: cells that are scattered over the picture, in one image. */
export class AtlasPlanner {
  readonly #options: AtlasPlannerOptions;
  readonly #policy: AtlasPolicy;
  /** The same for lossless redraws, which come between the frames in motion. */
  readonly #stillPolicy: AtlasPolicy;
  readonly #blended = new BlendedCells();

  constructor(options: AtlasPlannerOptions) {
    this.#options = options;
    this.#policy = new AtlasPolicy(options.link);
    this.#stillPolicy = new AtlasPolicy(options.link);
  }

  /**
   * The cells to send of those that changed.
   *
   * @param image - how the whole picture would be sent
   * @returns undefined where the whole picture is to be sent
   */
  choose({ width, height }: RawFrame, changed: CellMap, image: ImagePlan): CellMap | undefined {
    if (!this.#canPack(image)) return undefined;
    const cells = this.#blended.around(changed);
    if (cells.count > cells.marks.length * MAX_CHANGED_SHARE) return undefined;
    return this.#policy.choose({ width, height, cells, image }) ? cells : undefined;
  }

  /** How to send these cells. @param image - how the whole picture would be sent */
  plan(image: ImagePlan, cells: CellMap): AtlasPlan {
    return { ...image, form: "atlas", chroma: "4:4:4", scale: 1, cells };
  }

  /** How to send all lossy cells without loss; undefined where the whole picture is cheaper. */
  planStill(
    { width, height }: RawFrame,
    lossy: LossyRegion,
    image: ImagePlan,
  ): AtlasPlan | undefined {
    const cells = lossy.cells();
    if (cells.count === 0 || cells.count > cells.marks.length * MAX_CHANGED_SHARE) return undefined;
    if (!this.#stillPolicy.choose({ width, height, cells, image })) return undefined;
    return this.plan(image, cells);
  }

  /** A frame goes to the encoder in this form. */
  recordPlan(frame: RawFrame, plan: FramePlan): void {
    this.#blended.record(frame, plan);
  }

  recordSend(departure: Departure): void {
    this.#policy.recordSend(departure);
    this.#stillPolicy.recordSend(departure);
  }

  /** Whether such an image can hold cells that decoders don't blend. */
  #canPack({ format, lossless }: ImagePlan): boolean {
    if (lossless) return true;
    return format === "jpeg" && this.#options.hasFullChroma;
  }
}
