/** The forms in which a frame is sent. */
import type { VideoCodec } from "../../protocol/messages";
import type { CellMap } from "../changes/cellMap";
import { totalArea, type Rect } from "../changes/rects";
import type { ChromaSampling } from "../encoders/encoder";
import type { ImageFormat } from "../encoders/imageFormat";

/** The whole frame as an image. */
export interface ImagePlan {
  readonly form: "image";
  readonly format: ImageFormat;
  readonly lossless: boolean;
  readonly quality: number;
  readonly chroma: ChromaSampling;
  /** The share of width and height in which it is sent, above 0 and up to 1. */
  readonly scale: number;
}

/** Parts of the frame as images, over the frame before it. */
export interface PatchPlan extends Omit<ImagePlan, "form"> {
  readonly form: "patches";
  readonly rects: readonly Rect[];
  readonly scale: 1;
}

/** Cells scattered over the frame, packed into one image, over the frame before it. */
export interface AtlasPlan extends Omit<ImagePlan, "form"> {
  readonly form: "atlas";
  readonly cells: CellMap;
  /**
   * Never "4:2:0" in a lossy file: a decoder would blend the edges of cells that aren't neighbours.
   */
  readonly chroma: ChromaSampling;
  readonly scale: 1;
}

/** The whole frame as a chunk of a video. */
export interface VideoPlan {
  readonly form: "video";
  readonly codec: VideoCodec;
  readonly quality: number;
  readonly scale: number;
  /** Whether the chunk must depend on no other. */
  readonly keyframe: boolean;
}

/** The form in which a frame is sent. */
export type FramePlan = ImagePlan | PatchPlan | AtlasPlan | VideoPlan;

/** A plan whose parts of the frame are copied before they are encoded. */
export function isInParts(plan: FramePlan): plan is PatchPlan | AtlasPlan {
  return plan.form === "patches" || plan.form === "atlas";
}

/** Whether the view needs the frame before to show this one. */
export function needsBase(plan: FramePlan): boolean {
  return isInParts(plan) || (plan.form === "video" && !plan.keyframe);
}

/** Whether the part that is sent is exactly what was drawn. */
export function isLossless(plan: FramePlan): boolean {
  return plan.form !== "video" && plan.lossless && plan.scale === 1;
}

/**
 * Whether a decoder blends the edges of neighbouring blocks. Then the pixels around a changed block
 * show some of its old colour, and have to be sent as well.
 */
export function blendsBlocks(
  { format, chroma }: Pick<ImagePlan, "format" | "chroma">,
  { channels }: { readonly channels: number },
): boolean {
  if (format === "webp") return true;
  return format === "jpeg" && chroma === "4:2:0" && channels > 1;
}

/** The pixels that a frame of this size sends. */
export function sentArea(plan: FramePlan, width: number, height: number): number {
  if (plan.form === "patches") return totalArea(plan.rects);
  return plan.form === "atlas" ? plan.cells.area : width * height * plan.scale * plan.scale;
}

/** A scaled size in whole pixels, at least 1. */
export function scaledSize(
  { width, height }: { readonly width: number; readonly height: number },
  scale: number,
): { width: number; height: number } {
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}
