import type { RawFrame } from "../../source/frame";
import type { EncodeOptions } from "../encoder";
import type { ImageFormat } from "../imageFormat";

/** The libraries that encode images; "zlib" is Node's own, with our PNG around it. */
export type ImageLibrary = "jpeg-turbo" | "sharp" | "jpeg-js" | "zlib";

/** What native libraries encode. */
export type NativeFormat = Exclude<ImageFormat, "png">;

/** A library that may be missing, or may not work on this machine. */
export type NativeLibrary = Extract<ImageLibrary, "jpeg-turbo" | "sharp">;

/** One kind of file by a native library. */
export interface NativeCodec {
  readonly library: NativeLibrary;
  /** Absolute path of the module's main file. */
  readonly modulePath: string;
  readonly format: NativeFormat;
  readonly lossless: boolean;
}

/** One kind of file by one library. */
export type ImageCodec =
  | NativeCodec
  | { readonly library: "jpeg-js"; readonly format: "jpeg"; readonly lossless: false }
  | { readonly library: "zlib"; readonly format: "png"; readonly lossless: true };

/** Encodes a frame on the calling thread. The pixels must not change until it has settled. */
export type EncodeImage = (
  frame: RawFrame,
  options: EncodeOptions,
) => Uint8Array | Promise<Uint8Array>;
