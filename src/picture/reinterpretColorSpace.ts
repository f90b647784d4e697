/** Pictures whose numbers mean colours of another space than the browser's decoders take them for. */
import type { PaintingPart } from "./painting";

/**
 * A part's pixels, in the size in which they are shown, with the same numbers and another meaning. Decoders give sRGB where a file
 * says nothing of its colours, and drawing would convert that. It costs a pass over all pixels by the processor.
 *
 * @throws Error when the browser gives no 2D context.
 */
export function reinterpretColorSpace(
  { image, source, target }: PaintingPart,
  colorSpace: PredefinedColorSpace,
): ImageData {
  const [, , width, height] = target;
  const scratch = new OffscreenCanvas(width, height);
  const context = scratch.getContext("2d", { colorSpace: "srgb", willReadFrequently: true });
  if (context === null) throw new Error("Cannot paint frames: the browser gives no 2D canvas");
  context.drawImage(image, ...source, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height, { colorSpace: "srgb" });
  return new ImageData(data, width, height, { colorSpace });
}
