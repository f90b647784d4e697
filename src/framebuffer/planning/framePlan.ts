/** The forms in which a frame is sent. */
import type { VideoCodec } from "../../protocol/messages";
import type { Rect } from "../changes/rects";
import type { ChromaSampling } from "../encoders/encoder";
import type { ImageFormat } from "../encoders/imageFormat";
import type { RawFrame } from "../source/frame";

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
export type FramePlan = ImagePlan | PatchPlan | VideoPlan;

/** Whether the view needs the frame before to show this one. */
export function needsBase(plan: FramePlan): boolean {
  return plan.form === "patches" || (plan.form === "video" && !plan.keyframe);
}

/** Whether the part that is sent is exactly what was drawn. */
export function isLossless(plan: FramePlan): boolean {
  return plan.form !== "video" && plan.lossless && plan.scale === 1;
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

/**
 * Whether a decoder blends the edges of neighbouring blocks. Then the pixels around a changed block
 * show some of its old colour, and have to be sent as well.
 */
export function blendsBlocks({ format, chroma }: ImagePlan, { channels }: RawFrame): boolean {
  if (format === "webp") return true;
  return format === "jpeg" && chroma === "4:2:0" && channels > 1;
}
