import type { RawFrame } from "../../source/frame";
import type { FrameEncoder } from "../encoder";
import { filterRows, pngFile } from "../png";

/**
 * PNG by the browser's CompressionStream: gray frames as grayscale, RGB and RGBA as RGB. Alpha is
 * dropped. A canvas could write PNG too, but not grayscale, and privacy settings of some browsers
 * change the pixels that it returns.
 */
export const compressionStreamPng: FrameEncoder = {
  name: "CompressionStream (browser)",
  mimetype: "image/png",
  lossless: true,
  async encode(frame: RawFrame) {
    const began = performance.now();
    const data = pngFile(frame, await deflate(filterRows(frame)));
    return { mimetype: "image/png", data, encodingSeconds: (performance.now() - began) / 1000 };
  },
};

/** A zlib stream (RFC 1950), which CompressionStream calls "deflate". */
async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const compressed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}
