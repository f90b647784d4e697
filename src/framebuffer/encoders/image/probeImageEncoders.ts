import { errorMessage } from "../../../protocol/errors";
import type { RawFrame } from "../../source/frame";
import type { FrameEncoder } from "../encoder";
import type { EncoderChoice, ImageEncoders } from "../imageEncoders";
import type { ImageFormat } from "../imageFormat";
import { acquireImageEncoders } from "./workerEncoders";

/** The result of trying one image encoder. */
export interface ImageEncoderReport {
  /** What was tried: "JPEG by jpeg-turbo". */
  readonly what: string;
  /** The library and its version; undefined if it doesn't work. */
  readonly name: string | undefined;
  /** Why it doesn't work, with the command that helps; undefined if it works. */
  readonly problem: string | undefined;
  /** Whether the encoder choice 'auto' picks it for JPEG. */
  readonly isAutomatic: boolean;
}

const TRIED: readonly { what: string; format: ImageFormat; choice: EncoderChoice }[] = [
  { what: "JPEG by jpeg-turbo", format: "jpeg", choice: "jpeg-turbo" },
  { what: "JPEG by sharp", format: "jpeg", choice: "sharp" },
  { what: "JPEG by jpeg-js", format: "jpeg", choice: "jpeg-js" },
  { what: "PNG", format: "png", choice: "auto" },
  { what: "WebP", format: "webp", choice: "auto" },
];

/**
 * Encodes a small frame with each image encoder, on the threads that encode frames. Never rejects.
 */
export async function probeImageEncoders(
  acquire: () => ImageEncoders = acquireImageEncoders,
): Promise<readonly ImageEncoderReport[]> {
  const encoders = acquire();
  try {
    const automatic = await encoders.get("jpeg", false, "auto").catch(() => undefined);
    const reports: ImageEncoderReport[] = [];
    for (const { what, format, choice } of TRIED) {
      try {
        const encoder = await encoders.get(format, format === "png", choice);
        await tryEncoder(encoder);
        const isAutomatic = format === "jpeg" && encoder.name === automatic?.name;
        reports.push({ what, name: encoder.name, problem: undefined, isAutomatic });
      } catch (error) {
        const problem = errorMessage(error);
        reports.push({ what, name: undefined, problem, isAutomatic: false });
      }
    }
    return reports;
  } finally {
    encoders.dispose();
  }
}

async function tryEncoder(encoder: FrameEncoder): Promise<void> {
  const frame: RawFrame = { data: new Uint8Array(8 * 8 * 3), width: 8, height: 8, channels: 3 };
  await encoder.encode(frame, { quality: 80, chroma: "4:2:0" });
}
