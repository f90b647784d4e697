import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import decodeJpegFile, { init as initJpeg } from "@jsquash/jpeg/decode.js";
import decodeWebpFile, { init as initWebp } from "@jsquash/webp/decode.js";
import UPNG from "upng-js";

/** What a decoder read. RGBA, row after row. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Decodes a JPEG file by MozJPEG, a decoder that is not the one of our encoder's package. */
export async function decodeJpeg(file: Uint8Array): Promise<DecodedImage> {
  await initJpeg(wasmOptions("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"));
  const { data, width, height } = await decodeJpegFile(ownBuffer(file));
  return { width, height, rgba: new Uint8Array(data) };
}

/** Decodes a WebP file by libwebp as WebAssembly. */
export async function decodeWebp(file: Uint8Array): Promise<DecodedImage> {
  await initWebp(wasmOptions("@jsquash/webp/codec/dec/webp_dec.wasm"));
  const { data, width, height } = await decodeWebpFile(ownBuffer(file));
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

/** Lets a decoder of @jsquash find its WebAssembly, which it would fetch in a browser. */
function wasmOptions(path: string) {
  // The decoder makes its result by the global constructor, which Node lacks.
  Reflect.set(globalThis, "ImageData", NodeImageData);
  const module = new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve(path)));
  return {
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance) => void,
    ): WebAssembly.Exports {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  };
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
