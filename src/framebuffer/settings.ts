/** What the user may change while a session runs. */
import type { ChromaSampling } from "./encoders/encoder";
import type { EncoderChoice } from "./encoders/imageEncoders";
import type { VideoDevice } from "./encoders/videoEncoder";

/** The values of {@link CodecChoice}. */
export const CODEC_CHOICES = ["auto", "jpeg", "png", "webp", "h264", "vp9"] as const;

/** The setting `codec`: how pictures in motion are sent. */
export type CodecChoice = (typeof CODEC_CHOICES)[number];

/** The values of {@link ChromaChoice}. */
export const CHROMA_CHOICES = ["auto", "4:2:0", "4:4:4"] as const;

/** The setting `chroma`: the resolution of colour in lossy images. */
export type ChromaChoice = (typeof CHROMA_CHOICES)[number];

/** From this quality on every frame is sent lossless. */
export const LOSSLESS_QUALITY = 100;

/**
 * From this quality on "auto" keeps the colour of each pixel: at such a quality coloured lines
 * should have no soft edges.
 */
const FULL_CHROMA_QUALITY = 90;

/** Settings that may change while a session runs. They are read at each draw. */
export interface SessionSettings {
  /** 1..100; 100 always sends lossless frames. */
  readonly quality: number;
  /**
   * The most frames in flight, >= 1. There are fewer where these give the full rate. With
   * `adaptive`, or as video, there may be more where latency alone would limit the rate.
   */
  readonly max_buffered_frames: number;
  readonly codec: CodecChoice;
  /** Which library encodes JPEG. */
  readonly encoder: EncoderChoice;
  readonly chroma: ChromaChoice;
  /** Whether frames are compared, so that only what changed is sent. */
  readonly detect_changes: boolean;
  /** Whether quality and size follow the capacity of the link. */
  readonly adaptive: boolean;
  /** Frames per second that `adaptive` aims at. */
  readonly target_fps: number;
  /** What encodes video. */
  readonly video_device: VideoDevice;
  /**
   * Seconds of quiet after which lossy parts are sent again without loss; null for never. Parts
   * that rest while others move are sent too, except as video.
   *
   * @defaultValue 0.3
   */
  readonly still_after?: number | null;
  /** Whether the view scales a picture up that is sent smaller than its size. @defaultValue true */
  readonly may_scale?: boolean;
  /** The share of width and height of frames in motion, without `adaptive`. @defaultValue 1 */
  readonly scale?: number;
  /** Whether frames are sent as binary buffers; false: as base64. The name is jupyter_rfb's. */
  readonly _use_websocket: boolean;
}

/** The default settings. */
export const DEFAULT_SETTINGS: SessionSettings = {
  quality: 80,
  max_buffered_frames: 2,
  codec: "auto",
  encoder: "auto",
  chroma: "auto",
  detect_changes: true,
  adaptive: false,
  target_fps: 30,
  video_device: "software",
  _use_websocket: true,
};

/** The sampling of a choice at a quality. */
export function chromaSampling(choice: ChromaChoice, quality: number): ChromaSampling {
  if (choice !== "auto") return choice;
  return quality >= FULL_CHROMA_QUALITY ? "4:4:4" : "4:2:0";
}
