/** The producing end: from a {@link FrameSource} to encoded frames on a transport, and back from events to the source. */
export type { ChromaSampling, EncodedImage, EncodeOptions, FrameEncoder } from "./encoders/encoder";
export {
  acquireImageEncoders,
  ENCODER_CHOICES,
  type EncoderChoice,
  type ImageEncoders,
} from "./encoders/imageEncoders";
export { encodePngSync } from "./encoders/pngZlib";
export { VIDEO_DEVICES, type VideoDevice } from "./encoders/videoEncoder";
export { nodeEnvironment, type SessionEnvironment } from "./environment";
export {
  copyRawFrame,
  MAX_FRAME_PIXELS,
  MAX_FRAME_SIDE,
  toRawFrame,
  type ArrayFrame,
  type Frame,
  type FrameBytes,
  type ImageDataFrame,
  type NdarrayFrame,
  type RawFrame,
} from "./frame";
export type { FrameSource, MaybeFrame } from "./frameSource";
export { LOSSLESS_DELAY } from "./losslessRedraw";
export { FramebufferSession, type FramebufferSessionOptions } from "./session";
export type { SessionActivity } from "./frameSender";
export {
  CHROMA_CHOICES,
  CODEC_CHOICES,
  DEFAULT_SETTINGS,
  type ChromaChoice,
  type CodecChoice,
  type SessionSettings,
} from "./settings";
export type { FrameStats } from "./stats";
