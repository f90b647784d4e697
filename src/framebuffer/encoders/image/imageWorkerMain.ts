/** The body of a worker thread that encodes images and scales frames; ImageWorker is its other end. */
import { parentPort } from "node:worker_threads";
import type { RawFrame } from "../../source/frame";
import type { EncodeOptions } from "../encoder";
import type { EncodeImage, ImageCodec } from "../imageFormat";
import { openCodec } from "./openCodec";
import { scaleFrame } from "../scaleFrame";
import { openSharpScaler, type ScaleFrame } from "./sharp";

/** What the worker is asked to do. */
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
      /** Absolute path of sharp's main file, where sharp works: it takes a third of the time. */
      readonly sharpPath?: string | undefined;
    };

/** What comes of it. */
export type ImageJobResult =
  | { readonly kind: "encode"; readonly data: Uint8Array; readonly seconds: number }
  | { readonly kind: "scale"; readonly frame: RawFrame };

/** A job with the number by which its answer is known. */
export interface ImageRequest {
  readonly id: number;
  readonly job: ImageJob;
}

/** The answer to a request. */
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

function scalerFor(sharpPath: string | undefined): ScaleFrame {
  if (sharpPath === undefined) return scaleFrame;
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

/** The memory of a file, if it is nothing else's: then it goes to the other thread without a copy. */
function movable({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

const port = parentPort;
port?.on("message", (request: ImageRequest) => void answer(port, request));
