import { PlainError } from "../../../protocol/errors";
import type { VideoCodec } from "../../../protocol/messages";
import type { RateLimit, VideoDevice, VideoEncoder } from "../videoEncoder";
import { loadNodeAv } from "./videoModule";
import { NodeAvVideoEncoder } from "./videoNodeAv";
import type { NodeAvPlace } from "./videoPlace";
import { videoSettings } from "./videoSettings";

/**
 * Loads node-av into this process and makes an encoder with it.
 *
 * @throws PlainError (as a rejection) when node-av doesn't load or has no such encoder
 */
export async function openVideoEncoder(
  codec: VideoCodec,
  device: VideoDevice,
  place: NodeAvPlace,
  limit?: RateLimit,
): Promise<VideoEncoder> {
  const settings = videoSettings(codec, device);
  const av = await loadNodeAv(place);
  // The declared names are those of all platforms; this build may lack some.
  const avCodec = av.lib.Codec.findEncoderByName(settings.encoder as never);
  if (!avCodec) {
    throw new PlainError(
      `this build of node-av ${place.version} has no encoder ${settings.encoder}`,
    );
  }
  const limited =
    limit === undefined
      ? settings
      : { ...settings, options: { ...settings.options, ...settings.limitOptions(limit) } };
  return new NodeAvVideoEncoder(av, avCodec, codec, limited, encoderName(codec, device, place));
}

/** The encoder in words: "libx264 (node-av 6.1.1)". */
export function encoderName(codec: VideoCodec, device: VideoDevice, place: NodeAvPlace): string {
  return `${videoSettings(codec, device).encoder} (node-av ${place.version})`;
}
