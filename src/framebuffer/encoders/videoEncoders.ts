import type { VideoCodec } from "../../protocol/messages";
import type { CreateVideoEncoder, VideoDevice } from "./videoEncoder";
import { loadNodeAv } from "./videoModule";
import { NodeAvVideoEncoder } from "./videoNodeAv";
import { videoSettings } from "./videoSettings";

/** Makes the encoder of one stream: libx264 or libvpx, or a graphics device's where one is asked for, all by node-av. */
export const createVideoEncoder: CreateVideoEncoder = async (
  codec: VideoCodec,
  device: VideoDevice,
) => {
  const settings = videoSettings(codec, device);
  const av = await loadNodeAv();
  const avCodec = av.lib.Codec.findEncoderByName(settings.encoder as never);
  if (!avCodec) {
    throw new Error(
      `Cannot encode ${codec} with the device '${device}': this node-av has no ${settings.encoder}; choose another video_device`,
    );
  }
  return new NodeAvVideoEncoder(av, avCodec, codec, settings, `${settings.encoder} (node-av)`);
};
