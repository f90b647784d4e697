/** In which form a frame goes to the view. */
import type { VideoCodec } from "../../protocol/messages";
import type { ChromaSampling } from "../encoders/encoder";
import type { ImageFormat } from "../encoders/imageFormat";
import type { Rect } from "../changes/rects";

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
  /** Whether the chunk must need no other. */
  readonly keyframe: boolean;
}

/** In which form a frame goes to the view. */
export type FramePlan = ImagePlan | PatchPlan | VideoPlan;

/** Whether a view needs the frame before it to show this one. */
export function needsBase(plan: FramePlan): boolean {
  return plan.form === "patches" || (plan.form === "video" && !plan.keyframe);
}

/** Whether the view then shows exactly what was drawn, in the part that is sent. */
export function isLossless(plan: FramePlan): boolean {
  return plan.form !== "video" && plan.lossless && plan.scale === 1;
}

/** A scaled size: whole, and at least 1. */
export function scaledSize(
  { width, height }: { readonly width: number; readonly height: number },
  scale: number,
): { width: number; height: number } {
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}
