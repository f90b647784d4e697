import { VIDEO_CODECS, type VideoCodec } from "../../protocol/messages";
import type { RawFrame } from "../frame";
import { VIDEO_DEVICES, type CreateVideoEncoder, type VideoDevice } from "./videoEncoder";
import { createVideoEncoder } from "./videoEncoders";

/** What became of trying one video encoder. */
export interface VideoEncoderReport {
  readonly codec: VideoCodec;
  readonly device: VideoDevice;
  /** Which encoder it is; undefined where it does not work. */
  readonly name: string | undefined;
  /** Why it does not work; undefined where it works. */
  readonly problem: string | undefined;
}

/** Encoders of graphics devices refuse small pictures. In pixels. */
const TRIAL_SIDE = 256;

/**
 * Tries each video encoder with one frame, in this process: FFmpeg's libraries print what they miss to its stderr. VP9 is tried on
 * the processor alone, as that is all there is. Never rejects.
 */
export async function describeVideoEncoders(
  create: CreateVideoEncoder = createVideoEncoder,
): Promise<readonly VideoEncoderReport[]> {
  const reports: VideoEncoderReport[] = [];
  for (const codec of VIDEO_CODECS) {
    for (const device of codec === "h264" ? VIDEO_DEVICES : (["software"] as const)) {
      try {
        const name = await tryVideo(create, codec, device);
        reports.push({ codec, device, name, problem: undefined });
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        reports.push({ codec, device, name: undefined, problem });
      }
    }
  }
  return reports;
}

async function tryVideo(
  create: CreateVideoEncoder,
  codec: VideoCodec,
  device: VideoDevice,
): Promise<string> {
  const encoder = await create(codec, device);
  try {
    const side = TRIAL_SIDE;
    const data = new Uint8Array(side * side * 3);
    const frame: RawFrame = { data, width: side, height: side, channels: 3 };
    await encoder.encode(frame, { keyframe: true, quality: 80 });
    return encoder.name;
  } finally {
    encoder.dispose();
  }
}
