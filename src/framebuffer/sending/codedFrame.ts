import type { FrameMetadata } from "../../protocol/frameMetadata";
import type {
  AtlasFrameMessage,
  ImageFrameMessage,
  PatchFrameMessage,
  VideoFrameMessage,
} from "../../protocol/messages";

/** What the sender adds to an encoded frame. */
type SenderFields = "type" | "data_b64" | "index" | "timestamp" | "base" | keyof FrameMetadata;

/** The fields of its message that an encoded frame determines. */
export type CodedFields =
  | Omit<ImageFrameMessage, SenderFields>
  | Omit<PatchFrameMessage, SenderFields>
  | Omit<AtlasFrameMessage, SenderFields>
  | Omit<VideoFrameMessage, SenderFields>;

/** A frame that is ready to be sent. */
export interface CodedFrame {
  readonly fields: CodedFields;
  readonly buffers: readonly Uint8Array[];
  /** How long the encoders worked on it, in seconds, without the time for scaling. */
  readonly encodingSeconds: number;
  /** Which library encoded it. */
  readonly encoder: string;
}
