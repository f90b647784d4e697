import { errorMessage } from "../protocol/errors";
import { rounded } from "../protocol/rounded";
import {
  acquireImageEncoders,
  createVideoEncoder,
  type ImageEncoders,
  type RawFrame,
} from "../framebuffer";
import type { BenchmarkArguments, BenchmarkCodec } from "./benchmarkArguments";
import { findImageDecoder, openVideoDecoder, type Decoded } from "./decode";
import { meanSquaredError, psnrOf, quantile } from "./measures";
import { drawPattern } from "./patterns";
import type { System } from "./system";
import { textTable } from "./textTable";

/** What was measured of one size and codec. */
export interface Measured {
  readonly codec: BenchmarkCodec;
  /** The library that encoded. */
  readonly encoder: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** From the call until the bytes are there, in milliseconds. */
  readonly median_ms: number;
  readonly p95_ms: number;
  /** Mean size of a frame in kilobytes of 1000 bytes. */
  readonly kb_per_frame: number;
  /** What comes back of the drawn frames; null where there is no decoder, or where nothing is lost. */
  readonly psnr_db: number | null;
  /** Whether nothing is lost; null where there is no decoder. */
  readonly lossless: boolean | null;
  /** Frames per second that one encoder manages, one after the other. */
  readonly fps: number;
}

/** A size and codec that could not be measured, and why. */
export interface NotMeasured {
  readonly codec: BenchmarkCodec;
  readonly width: number;
  readonly height: number;
  readonly problem: string;
}

/** Frames that are decoded and compared, spread over all: decoding takes longer than encoding. */
const COMPARED_FRAMES = 6;

/** Frames before those that count: libraries are loaded, and the compiler warms up. */
const WARM_UP_FRAMES = 3;

interface Encoded {
  readonly data: Uint8Array;
}

/** One codec at work. */
interface Subject {
  readonly encoder: string;
  encode(frame: RawFrame, isFirst: boolean): Promise<Encoded>;
  /** @returns undefined where there is no decoder, or the picture is not wanted */
  decode(encoded: Encoded, isWanted: boolean): Promise<Decoded | undefined>;
  dispose(): void;
}

/**
 * Measures the encoders and prints a table, or JSON.
 *
 * @returns the exit code: 0, or 1 when nothing could be measured
 */
export async function benchmark(system: System, given: BenchmarkArguments): Promise<number> {
  const encoders = acquireImageEncoders();
  const measured: Measured[] = [];
  const missing: NotMeasured[] = [];
  try {
    for (const size of given.sizes) {
      for (const codec of given.codecs) {
        try {
          measured.push(await measure(await open(codec, given, encoders), codec, size, given));
        } catch (error) {
          const problem = errorMessage(error);
          missing.push({ codec, ...size, problem });
        }
      }
    }
  } finally {
    encoders.dispose();
  }
  if (given.isJson) system.print(JSON.stringify({ ...facts(given), measured, missing }, null, 2));
  else printTable(system, given, measured, missing);
  return measured.length > 0 ? 0 : 1;
}

function facts({ pattern, quality, frames }: BenchmarkArguments): object {
  const { platform, arch, versions } = process;
  return { pattern, quality, frames, node: versions.node, platform, arch };
}

/** Makes a codec ready. @throws Error saying what is missing and which command installs it */
async function open(
  codec: BenchmarkCodec,
  { quality, videoDevice }: BenchmarkArguments,
  encoders: ImageEncoders,
): Promise<Subject> {
  if (codec === "h264" || codec === "vp9") {
    const encoder = await createVideoEncoder(codec, codec === "h264" ? videoDevice : "software");
    const decoder = await openVideoDecoder(codec);
    return {
      encoder: encoder.name,
      encode: (frame, isFirst) => encoder.encode(frame, { keyframe: isFirst, quality }),
      decode: ({ data }, isWanted) => decoder.decode(data, isWanted),
      dispose: () => {
        encoder.dispose();
        decoder.dispose();
      },
    };
  }
  const encoder = await encoders.get(codec, codec === "png", "auto");
  const decode = await findImageDecoder();
  return {
    encoder: encoder.name,
    encode: (frame) => encoder.encode(frame, { quality, chroma: "4:2:0" }),
    decode: async ({ data }, isWanted) => (isWanted ? decode?.(data) : undefined),
    dispose: () => undefined,
  };
}

async function measure(
  subject: Subject,
  codec: BenchmarkCodec,
  { width, height }: BenchmarkArguments["sizes"][number],
  { frames, pattern }: BenchmarkArguments,
): Promise<Measured> {
  const milliseconds: number[] = [];
  const errors: number[] = [];
  let bytes = 0;
  const comparedEvery = Math.ceil(frames / COMPARED_FRAMES);
  // Encoders' threads see it without a copy, as they do in a stream.
  const memory = new Uint8Array(new SharedArrayBuffer(width * height * 3));
  try {
    for (let number = -WARM_UP_FRAMES; number < frames; number++) {
      const { data } = drawPattern(pattern, number + WARM_UP_FRAMES, width, height, memory);
      const frame: RawFrame = { data, width, height, channels: 3 };
      const began = performance.now();
      const encoded = await subject.encode(frame, number === -WARM_UP_FRAMES);
      const took = performance.now() - began;
      const isCompared = number >= 0 && number % comparedEvery === 0;
      // Video is decoded whole, since each chunk builds upon the one before.
      const picture = await subject.decode(encoded, isCompared);
      if (picture !== undefined) errors.push(meanSquaredError(frame, picture));
      if (number < 0) continue;
      milliseconds.push(took);
      bytes += encoded.data.length;
    }
  } finally {
    subject.dispose();
  }
  const median = quantile(milliseconds, 0.5);
  const error = errors.reduce((sum, one) => sum + one, 0) / errors.length;
  return {
    ...{ codec, encoder: subject.encoder, width, height, frames },
    median_ms: rounded(median, 3),
    p95_ms: rounded(quantile(milliseconds, 0.95), 3),
    kb_per_frame: rounded(bytes / frames / 1000, 2),
    psnr_db: errors.length === 0 || error === 0 ? null : rounded(psnrOf(error), 2),
    lossless: errors.length === 0 ? null : error === 0,
    fps: rounded(1000 / median, 1),
  };
}

function printTable(
  system: System,
  { pattern, frames, quality }: BenchmarkArguments,
  measured: readonly Measured[],
  missing: readonly NotMeasured[],
): void {
  system.print(`Pattern ${pattern}, ${frames} frames of each, quality ${quality}`);
  system.print("");
  const head = ["size", "codec", "median ms", "p95 ms", "KB/frame", "PSNR dB", "fps", "encoder"];
  const rows = measured.map((one) => [
    `${one.width}x${one.height}`,
    one.codec,
    one.median_ms.toFixed(2),
    one.p95_ms.toFixed(2),
    one.kb_per_frame.toFixed(1),
    one.lossless === true ? "exact" : (one.psnr_db?.toFixed(1) ?? "-"),
    one.fps.toFixed(0),
    one.encoder,
  ]);
  const isLeft = (column: number): boolean => [0, 1, 7].includes(column);
  for (const line of textTable([head, ...rows], isLeft)) system.print(line);
  const problems = new Set(missing.map(({ codec, problem }) => `${codec}: no. ${problem}`));
  if (problems.size > 0) system.print("");
  for (const problem of problems) system.print(problem);
  system.print("");
  system.print(
    "ms: from the call until the bytes are there. PSNR: of the decoded picture against the drawn one.",
  );
}
