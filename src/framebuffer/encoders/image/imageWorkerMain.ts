/** The worker thread that encodes images and scales frames. ImageWorkerPool starts it. */
import { parentPort } from "node:worker_threads";
import { sharedMemory } from "../../node/sharedMemory";
import type { RawFrame } from "../../source/frame";
import type { EncodeOptions } from "../encoder";
import { scaleFrame } from "../scaleFrame";
import type { EncodeImage, ImageCodec } from "./imageCodec";
import { openCodec } from "./openCodec";
import { openSharpScaler, type ScaleFrame } from "./sharp";

/** A job for the worker. */
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

/** A job, and the number that its answer repeats. */
export interface ImageRequest {
  readonly id: number;
  readonly job: ImageJob;
}

/** The answer to an {@link ImageRequest}. */
export type ImageAnswer =
  | { readonly id: number; readonly result: ImageJobResult }
  | { readonly id: number; readonly error: unknown };

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

async function work(job: ImageJob): Promise<ImageJobResult> {
  if (job.kind === "scale") {
    const scale = scalerFor(job.sharpPath);
    return { kind: "scale", frame: await scale(job.frame, job.width, job.height) };
  }
  const encode = codecFor(job.codec);
  const began = performance.now();
  const data = await encode(job.frame, job.options);
  return { kind: "encode", data, seconds: (performance.now() - began) / 1000 };
}

async function answer(port: NonNullable<typeof parentPort>, request: ImageRequest): Promise<void> {
  const { id, job } = request;
  try {
    const result = await work(job);
    const message: ImageAnswer = { id, result };
    port.postMessage(message, result.kind === "encode" ? movable(result.data) : []);
  } catch (error) {
    const message: ImageAnswer = { id, error };
    port.postMessage(message);
  }
}

/**
 * A file's memory, if nothing else lies in it: it then moves to the other thread without a copy.
 */
function movable({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

const port = parentPort;
port?.on("message", (request: ImageRequest) => void answer(port, request));
