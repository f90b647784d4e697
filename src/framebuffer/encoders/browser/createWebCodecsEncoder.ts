import { PlainError } from "../../../protocol/errors";
import type { CreateVideoEncoder } from "../videoEncoder";
import { WebCodecsEncoder } from "./webCodecsEncoder";
import { WebCodecsStream } from "./webCodecsStream";

/** A size in pixels that any encoder takes. */
const TRIAL_SIDE = 256;

/**
 * Makes the encoder of one stream by the browser's WebCodecs.
 *
 * @throws PlainError (as a rejection) when the page has no WebCodecs, or the browser doesn't encode
 * the codec
 * @throws RangeError (as a rejection) for another device than "software": the browser picks the
 * device
 */
export const createWebCodecsEncoder: CreateVideoEncoder = async (codec, device, limit) => {
  if (device !== "software") {
    throw new RangeError(`video_device: expected 'software' in a browser, got '${device}'`);
  }
  if (!("VideoEncoder" in globalThis)) {
    throw new PlainError(
      "Cannot encode video: this page has no WebCodecs; open it by https or on localhost, or choose another codec",
    );
  }
  const shape = { codec, width: TRIAL_SIDE, height: TRIAL_SIDE, quality: 80, limit };
  (await WebCodecsStream.open(shape)).dispose();
  return new WebCodecsEncoder(codec, limit);
};
