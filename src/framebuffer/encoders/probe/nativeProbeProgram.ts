/**
 * The child process that tries a native encoder. It exits with 0 when it has encoded a small frame.
 */
import type { RawFrame } from "../../source/frame";
import type { NativeCodec } from "../image/imageCodec";
import { openCodec } from "../image/openCodec";
import { checkImageFile, mimetypeOf } from "../imageFormat";
import { runTrial } from "./runTrial";

runTrial(async () => {
  const codec = JSON.parse(process.argv[2] ?? "") as NativeCodec;
  const encode = openCodec(codec);
  const side = 16;
  const frame: RawFrame = {
    data: new Uint8Array(side * side * 3).map((_, at) => at),
    width: side,
    height: side,
    channels: 3,
  };
  const data = await encode(frame, { quality: 80, chroma: "4:2:0" });
  checkImageFile({ mimetype: mimetypeOf(codec.format), data });
});
