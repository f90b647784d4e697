import type { EncodeImage, ImageCodec } from "./imageFormat";
import { encodeByJpegJs } from "./jpegJs";
import { openJpegTurbo } from "./jpegTurbo";
import { encodePngSync } from "./pngZlib";
import { openSharp } from "./sharp";

/**
 * Loads what encodes a kind of file.
 *
 * @throws Error when a native module cannot be loaded
 */
export function openCodec({ library, modulePath = "", format, lossless }: ImageCodec): EncodeImage {
  switch (library) {
    case "jpeg-js":
      return encodeByJpegJs;
    case "zlib":
      return encodePngSync;
    case "jpeg-turbo":
      return openJpegTurbo(modulePath);
    case "sharp":
      return openSharp(modulePath, format === "png" ? "webp" : format, lossless);
  }
}
