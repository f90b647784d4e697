import type { FramePlan } from "../planning/framePlan";
import type { KeptFrame } from "../source/framePool";
import type { CodedFrame } from "./codedFrame";

/** The newest picture, and what became of it. */
export interface NewestPicture {
  readonly frame: KeptFrame;
  /** How it will be sent, while the encoder has it. */
  underway: FramePlan | undefined;
  /** The file that shows all of it to a view that has nothing; undefined where there is none. */
  file: { readonly coded: CodedFrame; readonly plan: FramePlan } | undefined;
  /** Whether it went to the encoder. False for a frame that only a snapshot got. */
  isQueued: boolean;
  /** Whether it was sent, in whatever form. */
  isSent: boolean;
}

/** A picture of which nothing was done yet. */
export function newPicture(frame: KeptFrame): NewestPicture {
  return { frame, underway: undefined, file: undefined, isQueued: false, isSent: false };
}

/**
 * Compresses the pixels, and drops the file that can be had from them again.
 *
 * @returns false while the picture is on its way, and can't be compressed
 */
export function packPicture(picture: NewestPicture, onError: (error: unknown) => void): boolean {
  if (picture.underway !== undefined) return false;
  picture.file = undefined;
  picture.frame.pack().catch(onError);
  return true;
}
