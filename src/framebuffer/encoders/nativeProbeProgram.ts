/** The program of the child process that tries a native encoder: ends with 0 when a small frame could be encoded. */
import type { RawFrame } from "../frame";
import type { ImageCodec } from "./imageFormat";
import { openCodec } from "./openCodec";

/** What a file of each format begins with. */
const MAGIC = {
  jpeg: [0xff, 0xd8, 0xff],
  png: [0x89, 0x50, 0x4e, 0x47],
  webp: [0x52, 0x49, 0x46, 0x46],
};

async function main(): Promise<void> {
  const codec = JSON.parse(process.argv[2] ?? "") as ImageCodec;
  const encode = openCodec(codec);
  const side = 16;
  const frame: RawFrame = {
    data: new Uint8Array(side * side * 3).map((_, at) => at),
    width: side,
    height: side,
    channels: 3,
  };
  const file = await encode(frame, { quality: 80, chroma: "4:2:0" });
  if (!MAGIC[codec.format].every((byte, at) => file[at] === byte)) {
    throw new Error(`it encodes no ${codec.format}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
