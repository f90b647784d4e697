/**
 * The child process that tries a native encoder. It exits with 0 when it has encoded a small frame.
 */
import { errorMessage } from "../../../protocol/errors";
import type { RawFrame } from "../../source/frame";
import type { NativeCodec } from "../image/imageCodec";
import { openCodec } from "../image/openCodec";

/** The first bytes of a JPEG file. */
const MAGIC = [0xff, 0xd8, 0xff];

async function main(): Promise<void> {
  const codec = JSON.parse(process.argv[2] ?? "") as NativeCodec;
  const encode = openCodec(codec);
  const side = 16;
  const frame: RawFrame = {
    data: new Uint8Array(side * side * 3).map((_, at) => at),
    width: side,
    height: side,
    channels: 3,
  };
  const file = await encode(frame, { quality: 80, chroma: "4:2:0" });
  if (!MAGIC.every((byte, at) => file[at] === byte)) throw new Error("it encodes no jpeg");
}

main().catch((error: unknown) => {
  console.error(errorMessage(error));
  process.exitCode = 1;
});
