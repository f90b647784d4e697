import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import decodeJpegFile, { init } from "@jsquash/jpeg/decode.js";
import UPNG from "upng-js";

/** What a decoder read. RGBA, row after row. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Decodes a JPEG file by MozJPEG, a decoder that is not the one of our encoder's package. */
export async function decodeJpeg(file: Uint8Array): Promise<DecodedImage> {
  // The decoder makes its result by the global constructor, which Node lacks.
  Reflect.set(globalThis, "ImageData", NodeImageData);
  const path = createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
  const module = await WebAssembly.compile(readFileSync(path));
  await init({
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance) => void,
    ): WebAssembly.Exports {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  });
  const { data, width, height } = await decodeJpegFile(ownBuffer(file));
  return { width, height, rgba: new Uint8Array(data) };
}

/** Decodes a PNG file by UPNG, a decoder that is not the one of our encoder's package. */
export function decodePng(file: Uint8Array): DecodedImage {
  const image = UPNG.decode(ownBuffer(file));
  const [rgba] = UPNG.toRGBA8(image);
  if (rgba === undefined) throw new Error("Cannot decode: the file holds no picture");
  return { width: image.width, height: image.height, rgba: new Uint8Array(rgba) };
}

/** The colour type that a PNG file says it has: 0 gray, 2 RGB, 6 RGBA. */
export function pngColorType(file: Uint8Array): number | undefined {
  return file[25];
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** As much of the browser's ImageData as the decoder makes. */
class NodeImageData {
  readonly colorSpace = "srgb";
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}
