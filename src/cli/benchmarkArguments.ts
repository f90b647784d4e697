/** The options of `benchmark`. */
import { VIDEO_DEVICES, type VideoDevice } from "../framebuffer/node";
import { integer, oneOf } from "../protocol/checks";
import { defineCommand } from "./commandSyntax";
import {
  checked,
  flag,
  listOption,
  option,
  wrongValue,
  type OptionTable,
  type OptionValues,
} from "./optionTable";
import { PATTERNS, type Pattern } from "./patterns";

/** The codecs that can be measured. */
export const BENCHMARK_CODECS = ["jpeg", "png", "webp", "h264", "vp9"] as const;

/** One of {@link BENCHMARK_CODECS}. */
export type BenchmarkCodec = (typeof BENCHMARK_CODECS)[number];

/** What to measure. */
export interface BenchmarkArguments {
  readonly sizes: readonly Size[];
  /** Frames of each size and codec. */
  readonly frames: number;
  readonly pattern: Pattern;
  readonly codecs: readonly BenchmarkCodec[];
  /** 1..99. */
  readonly quality: number;
  readonly videoDevice: VideoDevice;
  /** Whether to print JSON instead of a table. */
  readonly isJson: boolean;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const DEFAULT_SIZES: readonly Size[] = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];

/** A side in pixels: the smallest that all video encoders accept, and 8K. */
const SIDE = integer(16, 8192);

const OPTIONS = {
  size: listOption(
    "WxH",
    "size in pixels; may be given several times (by default 1280x720 and 1920x1080)",
    readSize,
  ),
  frames: option("N", "frames for each size and codec", checked(integer(1, 100_000)), 60),
  pattern: option("NAME", PATTERNS.join(", "), checked(oneOf(PATTERNS)), "gradient"),
  codecs: listOption(
    "A,B",
    `${BENCHMARK_CODECS.join(", ")} (by default all)`,
    checked(oneOf(BENCHMARK_CODECS)),
  ),
  quality: option("N", "1 to 99", checked(integer(1, 99)), 80),
  "video-device": option(
    "NAME",
    VIDEO_DEVICES.join(", "),
    checked(oneOf(VIDEO_DEVICES)),
    "software",
  ),
  json: flag("print JSON instead of a table"),
} as const satisfies OptionTable;

/** The syntax of `benchmark`. */
export const BENCHMARK_SYNTAX = defineCommand({
  name: "benchmark",
  summary: "measure the encoders",
  description:
    "Encodes a test picture with each codec that works here.\n" +
    "Reports time, bytes and fidelity of a frame.",
  options: OPTIONS,
});

/** Reads the options of `benchmark`. */
export function readBenchmarkArguments(values: OptionValues<typeof OPTIONS>): BenchmarkArguments {
  const { size = DEFAULT_SIZES, codecs = BENCHMARK_CODECS, json, ...others } = values;
  return {
    sizes: size,
    frames: others.frames,
    pattern: others.pattern,
    codecs: [...new Set(codecs)],
    quality: others.quality,
    videoDevice: others["video-device"],
    isJson: json,
  };
}

function readSize(text: string, name: string): Size {
  const [, width, height] = (/^(\d+)x(\d+)$/i.exec(text) ?? []).map(Number);
  if (SIDE.accepts(width) && SIDE.accepts(height)) return { width, height };
  const expected = `a size such as 1280x720, each side ${SIDE.expected}`;
  throw wrongValue(name, { expected }, text);
}
