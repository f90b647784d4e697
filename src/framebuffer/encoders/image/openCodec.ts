import type { EncodeImage, ImageCodec } from "./imageCodec";
import { encodeByJpegJs } from "./jpegJs";
import { openJpegTurbo } from "./jpegTurbo";
import { encodePngSync } from "./pngZlib";
import { openSharp } from "./sharp";

/**
 * Loads the library that encodes a kind of file.
 *
 * @throws Error when a native module cannot be loaded
 */
export function openCodec(codec: ImageCodec): EncodeImage {
  switch (codec.library) {
    case "jpeg-js":
      return encodeByJpegJs;
    case "zlib":
      return encodePngSync;
    case "jpeg-turbo":
      return openJpegTurbo(codec.modulePath);
    case "sharp":
      return openSharp(codec.modulePath, codec.format, codec.lossless);
  }
}
