/**
 * The producing end: from a {@link FrameSource} to encoded frames on a transport, and from a
 * viewer's events to the source. This file is the part that runs everywhere; import node/ or
 * browser/, which add the runtime.
 */
export type { ChromaSampling, EncodedImage, EncodeOptions, FrameEncoder } from "./encoders/encoder";
export {
  ENCODER_CHOICES,
  MissingEncoderError,
  type EncoderChoice,
  type ImageEncoders,
} from "./encoders/imageEncoders";
export {
  VIDEO_DEVICES,
  type ChunkOptions,
  type CreateVideoEncoder,
  type EncodedChunk,
  type RateLimit,
  type VideoDevice,
  type VideoEncoder,
} from "./encoders/videoEncoder";
export { scaleFrame } from "./encoders/scaleFrame";
export type { Clock, Memory, RangeDiffers, Runtime } from "./runtime";
export {
  copyRawFrame,
  FRAME_SIDE,
  MAX_FRAME_SIDE,
  toRawFrame,
  viewFrame,
  type ArrayFrame,
  type Frame,
  type FrameBytes,
  type FrameData,
  type ImageDataFrame,
  type NdarrayFrame,
  type PixelOptions,
  type RangedFrame,
  type RawFrame,
} from "./source/frame";
export type { FrameFormat } from "./source/pixelOptions";
export {
  HAS_GET_FRAME,
  misnamedMethod,
  SOURCE_LISTENERS,
  type FrameSource,
  type MaybeFrame,
  type SourceListener,
} from "./source/frameSource";
export { HeldInput } from "./source/heldInput";
export { PictureStatusWatch, type PictureStatus } from "./source/pictureStatus";
export { boundResize, fitSize, FRAME_LIMIT, VIEW_LIMIT, type SizeLimit } from "./source/viewSize";
export { sharedSource, wrapSource } from "./source/sharedSource";
export type { Receipt } from "./pacing/frameLedger";
export { patientDelay } from "./patientDelay";
export { DrawPace, type DrawOutcome } from "./pacing/drawPace";
export { LOSSLESS_DELAY } from "./pacing/losslessRedraw";
export { FramePool, isKeptFrame, type KeptFrame } from "./source/framePool";
export { FramebufferSession } from "./session";
export type { FramebufferSessionOptions } from "./sessionOptions";
export type { SessionActivity } from "./sending/frameSender";
export {
  CHROMA_CHOICES,
  CODEC_CHOICES,
  DEFAULT_SETTINGS,
  LOSSLESS_QUALITY,
  type ChromaChoice,
  type CodecChoice,
  type SessionSettings,
} from "./settings";
export { Recording, type RecordingOptions } from "./recording/recording";
export type {
  RecordedFile,
  RecordedFileOptions,
  RecordedFileSummary,
  RecordingFormat,
} from "./recording/recordedFile";
export { SharedFrames } from "./sending/sharedFrames";
export type { FrameStats } from "./stats";
