/** The worker thread that encodes images and scales frames. ImageWorkerPool starts it. */
import { parentPort } from "node:worker_threads";
import { doImageJob, type ImageJob, type ImageJobResult } from "./imageJob";

/** A job, and the number that its answer repeats. */
export interface ImageRequest {
  readonly id: number;
  readonly job: ImageJob;
}

/** The answer to an {@link ImageRequest}. */
export type ImageAnswer =
  | { readonly id: number; readonly result: ImageJobResult }
  | { readonly id: number; readonly error: unknown };

async function answer(port: NonNullable<typeof parentPort>, request: ImageRequest): Promise<void> {
  const { id, job } = request;
  try {
    const result = await doImageJob(job);
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
