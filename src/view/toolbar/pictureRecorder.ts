/** Records what a canvas shows as a video, by the browser's own encoder. */
import type { Disposable } from "../../protocol/transport";
import { windowOf } from "../windowOf";

/**
 * In the order of preference: MP4 with H.264 plays everywhere, and can be searched; a browser
 * without that encoder, or Firefox, records WebM.
 */
const MEDIA_TYPES = [
  "video/mp4;codecs=avc1",
  "video/webm;codecs=vp9",
  "video/webm;codecs=vp8",
  "video/webm",
  "video/mp4",
] as const;

/** Bits for each pixel of a second at 30 frames: sharp lines and text stay legible. */
const BITS_PER_PIXEL = 6;
const MIN_BITS_PER_SECOND = 2_500_000;

/** The shortest side that encoders take. Smaller frames are enlarged. */
const MIN_SIDE = 128;

/** Milliseconds of video in one part, which the browser may then keep on disk. */
const PART_MS = 1000;

/** A finished recording. */
export interface Recording {
  readonly file: Blob;
  /** "mp4" or "webm". */
  readonly extension: string;
}

/**
 * Records a canvas until it is stopped. The video has the size that the canvas had at first; a
 * later frame of another shape has bars.
 */
export class PictureRecorder implements Disposable {
  readonly #source: HTMLCanvasElement;
  readonly #window: Window;
  readonly #canvas: HTMLCanvasElement;
  /** The frame's size at first, and by how much it is enlarged. */
  readonly #size: { readonly width: number; readonly height: number };
  readonly #scale: number;
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #parts: Blob[] = [];
  readonly #began = performance.now();
  readonly #finished: Promise<Recording>;
  #frame = 0;

  /** @throws Error when the browser can't record a canvas. */
  constructor(source: HTMLCanvasElement) {
    this.#source = source;
    this.#window = windowOf(source);
    this.#canvas = source.ownerDocument.createElement("canvas");
    this.#scale = Math.ceil(MIN_SIDE / Math.min(source.width, source.height, MIN_SIDE));
    this.#size = { width: source.width, height: source.height };
    this.#canvas.width = even(source.width * this.#scale);
    this.#canvas.height = even(source.height * this.#scale);
    const mimeType = recordedType();
    if (mimeType === undefined || !("captureStream" in this.#canvas)) {
      throw new Error("this browser can't record a canvas");
    }
    this.#paint();
    this.#stream = this.#canvas.captureStream();
    this.#recorder = new MediaRecorder(this.#stream, {
      mimeType,
      videoBitsPerSecond: Math.max(
        MIN_BITS_PER_SECOND,
        this.#canvas.width * this.#canvas.height * BITS_PER_PIXEL,
      ),
    });
    this.#finished = this.#record();
    // stop() reports the error to its caller.
    this.#finished.catch(() => undefined);
    this.#recorder.start(PART_MS);
    this.#paintOn();
  }

  /** How long it has recorded. */
  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** Ends early where the browser's encoder fails. */
  get ended(): Promise<unknown> {
    return this.#finished;
  }

  /** Ends the recording. @throws Error (as a rejection) when the browser's encoder failed. */
  async stop(): Promise<Recording> {
    this.dispose();
    return this.#finished;
  }

  dispose(): void {
    this.#window.cancelAnimationFrame(this.#frame);
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    for (const track of this.#stream.getTracks()) track.stop();
  }

  #record(): Promise<Recording> {
    const recorder = this.#recorder;
    return new Promise((resolve, reject) => {
      recorder.ondataavailable = ({ data }) => this.#parts.push(data);
      recorder.onerror = () => reject(new Error("the browser's video encoder failed"));
      recorder.onstop = () => {
        const [type = ""] = recorder.mimeType.split(";");
        const file = new Blob(this.#parts, { type });
        if (file.size === 0) reject(new Error("the browser's video encoder produced nothing"));
        else resolve({ file, extension: type === "video/mp4" ? "mp4" : "webm" });
      };
    });
  }

  #paintOn(): void {
    this.#frame = this.#window.requestAnimationFrame(() => {
      this.#paint();
      this.#paintOn();
    });
  }

  #paint(): void {
    const { width, height } = this.#canvas;
    const context = this.#canvas.getContext("2d");
    if (context === null) throw new Error("the browser provided no canvas");
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    const source = this.#source;
    const first = this.#size;
    const fit = Math.min(first.width / source.width, first.height / source.height);
    const scale = fit * this.#scale;
    const shown = { width: source.width * scale, height: source.height * scale };
    context.imageSmoothingEnabled = fit !== 1;
    const x = (first.width * this.#scale - shown.width) / 2;
    const y = (first.height * this.#scale - shown.height) / 2;
    context.drawImage(source, x, y, shown.width, shown.height);
  }
}

/** Video encoders take even sizes only: the last column or row is black. */
function even(length: number): number {
  return length + (length % 2);
}

function recordedType(): string | undefined {
  if (typeof MediaRecorder === "undefined") return undefined;
  return MEDIA_TYPES.find((type) => MediaRecorder.isTypeSupported(type));
}
