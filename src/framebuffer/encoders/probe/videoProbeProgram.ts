/** The program of the child process that tries a video encoder: ends with 0 when a small frame could be encoded. */
import { openVideoEncoder } from "../video/videoOpen";
import type { VideoProbe } from "./videoProbe";

/** Graphics devices encode nothing much smaller. */
const SIDE = 256;

async function main(): Promise<void> {
  const { codec, device, place } = JSON.parse(process.argv[2] ?? "") as VideoProbe;
  const encoder = await openVideoEncoder(codec, device, place);
  const data = new Uint8Array(SIDE * SIDE * 3).map((_, at) => at);
  const frame = { data, width: SIDE, height: SIDE, channels: 3 } as const;
  const { chunk } = await encoder.encode(frame, { keyframe: true, quality: 80 });
  if (chunk !== "key") throw new Error(`${encoder.name} gave no keyframe`);
  encoder.dispose();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
