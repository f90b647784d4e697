/**
 * The child process that tries a video encoder. It exits with 0 when it has encoded a small frame.
 */
import { openVideoEncoder } from "../video/videoOpen";
import { runTrial } from "./runTrial";
import type { VideoProbe } from "./videoProbe";

/** In pixels. Graphics devices reject much smaller pictures. */
const SIDE = 256;

runTrial(async () => {
  const { codec, device, place } = JSON.parse(process.argv[2] ?? "") as VideoProbe;
  const encoder = await openVideoEncoder(codec, device, place);
  const data = new Uint8Array(SIDE * SIDE * 3).map((_, at) => at);
  const frame = { data, width: SIDE, height: SIDE, channels: 3 } as const;
  const { chunk } = await encoder.encode(frame, { keyframe: true, quality: 80 });
  if (chunk !== "key") throw new Error(`${encoder.name} produced no keyframe`);
  encoder.dispose();
});
