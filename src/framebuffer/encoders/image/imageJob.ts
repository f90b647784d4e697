/** Encoding an image or scaling a frame, on the thread that calls. */
import { sharedMemory } from "../../node/sharedMemory";
import type { RawFrame } from "../../source/frame";
import type { EncodeOptions } from "../encoder";
import { scaleFrame } from "../scaleFrame";
import type { EncodeImage, ImageCodec } from "./imageCodec";
import { openCodec } from "./openCodec";
import { openSharpScaler, type ScaleFrame } from "./sharp";

/** What is to be done. */
export type ImageJob =
  | {
      readonly kind: "encode";
      readonly codec: ImageCodec;
      readonly frame: RawFrame;
      readonly options: EncodeOptions;
    }
  | {
      readonly kind: "scale";
      readonly frame: RawFrame;
      readonly width: number;
      readonly height: number;
      /** Absolute path of sharp's main file if sharp works: it scales in a third of the time. */
      readonly sharpPath?: string | undefined;
    };

/** The result of an {@link ImageJob} of the same kind. */
export type ImageJobResult =
  | { readonly kind: "encode"; readonly data: Uint8Array; readonly seconds: number }
  | { readonly kind: "scale"; readonly frame: RawFrame };

const opened = new Map<string, EncodeImage>();
const scalers = new Map<string, ScaleFrame>();

function codecFor(codec: ImageCodec): EncodeImage {
  const key = JSON.stringify(codec);
  const encode = opened.get(key) ?? openCodec(codec);
  opened.set(key, encode);
  return encode;
}

const scaleShared: ScaleFrame = (frame, width, height) =>
  scaleFrame(frame, width, height, sharedMemory);

function scalerFor(sharpPath: string | undefined): ScaleFrame {
  if (sharpPath === undefined) return scaleShared;
  const scale = scalers.get(sharpPath) ?? openSharpScaler(sharpPath);
  scalers.set(sharpPath, scale);
  return scale;
}

/** Does a job. @throws what the library throws (as a rejection) */
export async function doImageJob(job: ImageJob): Promise<ImageJobResult> {
  if (job.kind === "scale") {
    const scale = scalerFor(job.sharpPath);
    return { kind: "scale", frame: await scale(job.frame, job.width, job.height) };
  }
  const encode = codecFor(job.codec);
  const began = performance.now();
  const data = await encode(job.frame, job.options);
  return { kind: "encode", data, seconds: (performance.now() - began) / 1000 };
}
