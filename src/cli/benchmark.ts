import {
  acquireImageEncoders,
  createVideoEncoder,
  type ImageEncoders,
  type RawFrame,
} from "../framebuffer/node";
import { errorMessage } from "../protocol/errors";
import { rounded } from "../protocol/rounded";
import type { BenchmarkArguments, BenchmarkCodec } from "./benchmarkArguments";
import { findImageDecoder, openVideoDecoder, type Decoded } from "./decode";
import { meanSquaredError, psnrOf, quantile } from "./measures";
import { drawPattern } from "./patterns";
import type { System } from "./system";
import { textTable } from "./textTable";

/** The measurements of one size and codec. */
export interface Measured {
  readonly codec: BenchmarkCodec;
  /** The library that encoded. */
  readonly encoder: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** From the call to the encoder until its result, in milliseconds. */
  readonly median_ms: number;
  readonly p95_ms: number;
  /** Mean size of a frame in kilobytes of 1000 bytes. */
  readonly kb_per_frame: number;
  /**
   * Fidelity of the decoded frames in decibels; null without a decoder, and for a lossless codec.
   */
  readonly psnr_db: number | null;
  /** Whether decoded frames equal the drawn ones; null without a decoder. */
  readonly lossless: boolean | null;
  /** Frames per second when one encoder works without a pause. */
  readonly fps: number;
}

/** A size and codec that could not be measured. */
export interface NotMeasured {
  readonly codec: BenchmarkCodec;
  readonly width: number;
  readonly height: number;
  readonly problem: string;
}

/**
 * Frames that are compared with the drawn ones, evenly spread. Comparing all would take longer than
 * encoding.
 */
const COMPARED_FRAMES = 6;

/** Frames that are not measured, while libraries load and the compiler warms up. */
const WARM_UP_FRAMES = 3;

interface Encoded {
  readonly data: Uint8Array;
}

/** A codec that is measured. */
interface Subject {
  readonly encoder: string;
  encode(frame: RawFrame, isFirst: boolean): Promise<Encoded>;
  /** @returns undefined without a decoder, or if the picture isn't wanted */
  decode(encoded: Encoded, isWanted: boolean): Promise<Decoded | undefined>;
  dispose(): void;
}

/**
 * Measures the encoders and prints a table, or JSON.
 *
 * @returns the exit code: 0, or 1 when nothing could be measured
 */
export async function benchmark(system: System, args: BenchmarkArguments): Promise<number> {
  const encoders = acquireImageEncoders();
  const measured: Measured[] = [];
  const missing: NotMeasured[] = [];
  try {
    for (const size of args.sizes) {
      for (const codec of args.codecs) {
        try {
          measured.push(await measure(await open(codec, args, encoders), codec, size, args));
        } catch (error) {
          const problem = errorMessage(error);
          missing.push({ codec, ...size, problem });
        }
      }
    }
  } finally {
    encoders.dispose();
  }
  if (args.isJson) system.print(JSON.stringify({ ...facts(args), measured, missing }, null, 2));
  else printTable(system, args, measured, missing);
  return measured.length > 0 ? 0 : 1;
}

function facts({ pattern, quality, frames }: BenchmarkArguments): object {
  const { platform, arch, versions } = process;
  return { pattern, quality, frames, node: versions.node, platform, arch };
}

/**
 * Prepares a codec.
 *
 * @throws Error (as a rejection) that names what is missing and the command that installs it
 */
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
  // Shared, as in a stream, so that the encoders' threads need no copy.
  const memory = new Uint8Array(new SharedArrayBuffer(width * height * 3));
  try {
    for (let number = -WARM_UP_FRAMES; number < frames; number++) {
      const { data } = drawPattern(pattern, number + WARM_UP_FRAMES, width, height, memory);
      const frame: RawFrame = { data, width, height, channels: 3 };
      const began = performance.now();
      const encoded = await subject.encode(frame, number === -WARM_UP_FRAMES);
      const took = performance.now() - began;
      const isCompared = number >= 0 && number % comparedEvery === 0;
      // Every chunk of video must be decoded, since each builds upon the previous one.
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
    "ms: from the call to the encoder until its result. PSNR: of the decoded picture compared with the drawn one.",
  );
}
