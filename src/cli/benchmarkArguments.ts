/** What `benchmark` can be told. */
import { VIDEO_DEVICES, type VideoDevice } from "../framebuffer";
import { UsageError } from "./errors";
import {
  choice,
  choiceFlag,
  integerFlag,
  isGiven,
  listFlag,
  type Flags,
  type FlagValues,
} from "./flags";
import { PATTERNS, type Pattern } from "./patterns";

/** The codecs that can be measured. */
export const BENCHMARK_CODECS = ["jpeg", "png", "webp", "h264", "vp9"] as const;

/** One of {@link BENCHMARK_CODECS}. */
export type BenchmarkCodec = (typeof BENCHMARK_CODECS)[number];

/** What to measure. */
export interface BenchmarkArguments {
  readonly sizes: readonly { readonly width: number; readonly height: number }[];
  /** Frames of each size and codec. */
  readonly frames: number;
  readonly pattern: Pattern;
  readonly codecs: readonly BenchmarkCodec[];
  readonly quality: number;
  readonly videoDevice: VideoDevice;
  /** Whether to print JSON rather than a table. */
  readonly isJson: boolean;
}

/** The options of benchmark. */
export const BENCHMARK_FLAGS = {
  size: { type: "string", multiple: true },
  frames: { type: "string" },
  pattern: { type: "string" },
  codecs: { type: "string", multiple: true },
  quality: { type: "string" },
  "video-device": { type: "string" },
  json: { type: "boolean" },
} as const satisfies Flags;

/** What `benchmark --help` prints. */
export const BENCHMARK_USAGE = `Usage: npx jupyter-rfb-ts benchmark [options]

Encodes a test picture by each codec that works here, and says how long a frame takes, how many bytes, and how good it is.

  --size WxH          a size in pixels; may be given several times (by default 1280x720 and 1920x1080)
  --frames N          frames for each size and codec (by default 60)
  --pattern NAME      ${PATTERNS.join(", ")} (by default gradient)
  --codecs A,B        ${BENCHMARK_CODECS.join(", ")} (by default all)
  --quality N         1 to 99 (by default 80)
  --video-device NAME ${VIDEO_DEVICES.join(", ")} (by default software)
  --json              print JSON rather than a table`;

const DEFAULT_SIZES = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
] as const;

/** The longest side in pixels: 8K. */
const MAX_SIDE = 8192;

/**
 * Reads the options of benchmark.
 *
 * @throws UsageError naming the option, and what it may be
 */
export function readBenchmarkArguments(values: FlagValues): BenchmarkArguments {
  const codecs = listFlag(values, "codecs")?.map((one) =>
    choice("--codecs", one, BENCHMARK_CODECS),
  );
  return {
    sizes: listFlag(values, "size")?.map(readSize) ?? DEFAULT_SIZES,
    frames: integerFlag(values, "frames", 1, 100_000) ?? 60,
    pattern: choiceFlag(values, "pattern", PATTERNS) ?? "gradient",
    codecs: codecs === undefined ? BENCHMARK_CODECS : [...new Set(codecs)],
    quality: integerFlag(values, "quality", 1, 99) ?? 80,
    videoDevice: choiceFlag(values, "video-device", VIDEO_DEVICES) ?? "software",
    isJson: isGiven(values, "json"),
  };
}

function readSize(text: string): { width: number; height: number } {
  const [, width = 0, height = 0] = (/^(\d+)x(\d+)$/i.exec(text) ?? []).map(Number);
  if (width >= 16 && height >= 16 && width <= MAX_SIDE && height <= MAX_SIDE) {
    return { width, height };
  }
  throw new UsageError(
    `--size: expected one such as 1280x720, with sides from 16 to ${MAX_SIDE}, got ${JSON.stringify(text)}`,
  );
}
