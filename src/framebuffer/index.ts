/** The producing end: from a {@link FrameSource} to encoded frames on a transport, and back from events to the source. */
export type { EncodedFrame, EncodeOptions, FrameEncoder } from "./encoders/encoder";
export { jpegEncoder } from "./encoders/jpeg";
export { encodePngSync, pngEncoder } from "./encoders/png";
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
export type { SessionActivity, SessionEncoders, SessionSettings } from "./frameSender";
export type { FrameStats } from "./stats";
