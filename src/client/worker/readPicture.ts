/** Reads the picture that shows. */
import type { CanvasPainter } from "../../picture/canvasPainter";
import type { CaptureFormat } from "../types";

/**
 * The pixels of a canvas as they are when this is called, in the canvas's colour space; or a PNG file of them.
 *
 * @param painter - That of a worker's canvas, with a picture.
 */
export async function readPicture(
  painter: CanvasPainter,
  format: CaptureFormat,
): Promise<ImageData | Blob> {
  const canvas = painter.canvas as OffscreenCanvas;
  if (format === "blob") return canvas.convertToBlob({ type: "image/png" });
  return painter.context().getImageData(0, 0, canvas.width, canvas.height);
}
