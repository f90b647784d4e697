/** What the user may change while a session runs. */
import type { ChromaSampling } from "./encoders/encoder";
import type { EncoderChoice } from "./encoders/image/imageEncoders";
import type { VideoDevice } from "./encoders/videoEncoder";

/** How pictures in motion may travel. */
export const CODEC_CHOICES = ["auto", "jpeg", "png", "webp", "h264", "vp9"] as const;

/** One of {@link CODEC_CHOICES}. */
export type CodecChoice = (typeof CODEC_CHOICES)[number];

/** How finely lossy images keep colour. */
export const CHROMA_CHOICES = ["auto", "4:2:0", "4:4:4"] as const;

/** One of {@link CHROMA_CHOICES}. */
export type ChromaChoice = (typeof CHROMA_CHOICES)[number];

/** From this quality on every frame is sent lossless. */
export const LOSSLESS_QUALITY = 100;

/** From this quality on "auto" keeps the colour of each pixel: who asks for that much wants no soft edges on coloured lines. */
const FULL_CHROMA_QUALITY = 90;

/** What the user may change while a session runs. Read at each draw. */
export interface SessionSettings {
  /** 1..100; 100 always sends lossless frames. */
  readonly quality: number;
  /** How many frames may be in flight, >= 1. With adaptive, or as video, more where latency alone would limit the rate. */
  readonly max_buffered_frames: number;
  readonly codec: CodecChoice;
  /** Which library encodes JPEG. */
  readonly encoder: EncoderChoice;
  readonly chroma: ChromaChoice;
  /** Whether frames are compared, so that only what changed is sent. */
  readonly detect_changes: boolean;
  /** Whether quality and size follow what the link can carry. */
  readonly adaptive: boolean;
  /** Frames per second that `adaptive` aims at. */
  readonly target_fps: number;
  /** What encodes video. */
  readonly video_device: VideoDevice;
  /** Seconds of quiet after which what is lossy is sent once more, lossless; null for never. @defaultValue 0.3 */
  readonly still_after?: number | null;
  /** Whether the view can show a picture smaller than it says. @defaultValue true */
  readonly may_scale?: boolean;
  /** Whether bytes travel as they are; false: as base64. The name is jupyter_rfb's. */
  readonly _use_websocket: boolean;
}

/** The settings of a session whose user chose none. */
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

/** The sampling that a choice means at this quality. */
export function chromaSampling(choice: ChromaChoice, quality: number): ChromaSampling {
  if (choice !== "auto") return choice;
  return quality >= FULL_CHROMA_QUALITY ? "4:4:4" : "4:2:0";
}
