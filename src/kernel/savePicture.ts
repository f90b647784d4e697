import { positive } from "../protocol/checks";

/** Device pixels per CSS pixel. */
export const RATIO = positive(100);

/** How to save a picture. */
export interface SavePictureOptions {
  /** Device pixels per CSS pixel, above 0 and up to 100. @defaultValue the view's */
  readonly pixel_ratio?: number;
  /** Of JPEG, and of lossy WebP, 1..100. WebP is lossless at 100. @defaultValue 90 */
  readonly quality?: number;
}
