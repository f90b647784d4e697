import { errorMessage, PlainError } from "../../../protocol/errors";
import { VIDEO_CODECS, type VideoCodec } from "../../../protocol/messages";
import { probeVideo } from "../probe/videoProbe";
import { type CreateVideoEncoder, VIDEO_DEVICES, type VideoDevice } from "../videoEncoder";
import { encoderName, openVideoEncoder } from "./videoOpen";
import { findNodeAv, type NodeAvPlace } from "./videoPlace";
import { videoSettings } from "./videoSettings";

/**
 * Makes the encoder of one stream by node-av: libx264 or libvpx, or a graphics device's encoder.
 * Each is tried in a child process first, until it has worked once.
 *
 * @throws PlainError (as a rejection) when node-av is missing, with the command that installs it,
 * or doesn't work here, with the reason
 * @throws RangeError (as a rejection) when the device doesn't encode the codec
 */
export const createVideoEncoder: CreateVideoEncoder = async (codec, device, limit) => {
  videoSettings(codec, device);
  const place = findNodeAv();
  const problem = await probeVideo({ codec, device, place });
  if (problem !== undefined) {
    throw new PlainError(
      `Cannot encode '${codec}' with the video device '${device}', ${encoderName(codec, device, place)}: ${problem}; ${remedy(device)}`,
    );
  }
  return openVideoEncoder(codec, device, place, limit);
};

function remedy(device: VideoDevice): string {
  return device === "software"
    ? "npm install node-av again, or choose another codec"
    : "see that the device and its driver are there, or choose the video device 'software'";
}

/** The result of trying one video encoder. */
export interface VideoEncoderReport {
  readonly codec: VideoCodec;
  readonly device: VideoDevice;
  /** The encoder in words; undefined when node-av is missing. */
  readonly name: string | undefined;
  /** Why it doesn't work; undefined when it has encoded a frame. */
  readonly problem: string | undefined;
}

/** Encodes one small frame with each video encoder, in child processes. */
export async function probeVideoEncoders(): Promise<readonly VideoEncoderReport[]> {
  let place: NodeAvPlace;
  try {
    place = findNodeAv();
  } catch (error) {
    const problem = errorMessage(error);
    return VIDEO_CODECS.map((codec) => ({ codec, device: "software", name: undefined, problem }));
  }
  const reports: VideoEncoderReport[] = [];
  for (const codec of VIDEO_CODECS) {
    for (const device of codec === "h264" ? VIDEO_DEVICES : (["software"] as const)) {
      const problem = await probeVideo({ codec, device, place });
      reports.push({ codec, device, name: encoderName(codec, device, place), problem });
    }
  }
  return reports;
}
