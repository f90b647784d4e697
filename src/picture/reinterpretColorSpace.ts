/** Gives decoded pixels another colour space without changing their values. */
import { contextOf } from "./canvas";
import type { PaintingPart } from "./painting";

/**
 * Returns a part's pixels at their target size, with unchanged values in another colour space.
 *
 * Browsers decode an image without a colour profile as sRGB, and drawing it on a canvas of another
 * colour space would convert the values. This function reads the sRGB values back and declares them
 * to be values of `colorSpace`. It passes over all pixels on the CPU.
 *
 * @throws Error when the browser has no 2D context.
 */
export function reinterpretColorSpace(
  { image, source, target }: PaintingPart,
  colorSpace: PredefinedColorSpace,
): ImageData {
  const [, , width, height] = target;
  const scratch = new OffscreenCanvas(width, height);
  const context = contextOf(scratch, { colorSpace: "srgb", willReadFrequently: true });
  context.drawImage(image, ...source, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height, { colorSpace: "srgb" });
  return new ImageData(data, width, height, { colorSpace });
}
