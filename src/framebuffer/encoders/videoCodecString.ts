/** WebCodecs' codec strings: what a decoder needs to know of a stream before its first chunk. */

/**
 * Pictures per second for which a level is chosen. Views decode any rate, so this limits nothing.
 */
export const NOMINAL_FRAME_RATE = 30;

const SPS_NAL_TYPE = 7;
const NAL_TYPE_MASK = 0x1f;

/**
 * The codec string of an H.264 stream: "avc1." and the profile, constraints and level of its
 * sequence parameter set.
 *
 * @param chunk - in Annex B
 * @returns undefined for a chunk without a sequence parameter set, such as a delta chunk
 * @see https://www.w3.org/TR/webcodecs-avc-codec-registration/
 */
export function h264CodecString(chunk: Uint8Array): string | undefined {
  for (const nal of annexBUnits(chunk)) {
    if (((nal[0] ?? 0) & NAL_TYPE_MASK) !== SPS_NAL_TYPE || nal.length < 4) continue;
    return `avc1.${Array.from(nal.subarray(1, 4), hexByte).join("")}`;
  }
  return undefined;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0").toUpperCase();
}

/** Profile and constraints of Constrained Baseline, which every H.264 decoder takes. */
const CONSTRAINED_BASELINE = "avc1.42E0";

/**
 * H.264's levels: the number in codec strings, and the most macroblocks (16 x 16 pixels) of a
 * picture at {@link NOMINAL_FRAME_RATE} pictures per second.
 *
 * @see ITU-T H.264, table A-1
 */
const H264_LEVELS: readonly (readonly [level: number, macroblocks: number])[] = [
  [0x1f, 3_600],
  [0x28, 8_192],
  [0x32, 19_660],
  [0x33, 32_768],
  [0x34, 36_864],
  [0x3c, 139_264],
];

/**
 * The codec string with which an encoder is asked for H.264 of this size, in Constrained Baseline.
 *
 * @param width - of the coded picture, in pixels
 * @param height - of the coded picture, in pixels
 */
export function h264RequestString(width: number, height: number): string {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const fitting = H264_LEVELS.find(([, most]) => macroblocks <= most);
  return `${CONSTRAINED_BASELINE}${hexByte(fitting?.[0] ?? 0x3c)}`;
}

/** The units of a stream in Annex B of H.264, without their start codes. */
export function* annexBUnits(stream: Uint8Array): Generator<Uint8Array> {
  let begin = nextStartCode(stream, 0);
  while (begin < stream.length) {
    const start = begin + 3;
    begin = nextStartCode(stream, start);
    let end = begin;
    // No unit ends in zeros: these are padding, or belong to the next start code.
    while (end > start && stream[end - 1] === 0) end--;
    yield stream.subarray(start, end);
  }
}

/** @returns where the next start code (0, 0, 1) begins; the stream's length if there is none */
function nextStartCode(stream: Uint8Array, from: number): number {
  for (let at = stream.indexOf(1, from + 2); at !== -1; at = stream.indexOf(1, at + 1)) {
    if (stream[at - 1] === 0 && stream[at - 2] === 0) return at - 2;
  }
  return stream.length;
}

/** A VP9 level: its number in codec strings, and its limits. */
type Vp9Level = readonly [
  level: number,
  samplesPerSecond: number,
  samplesPerPicture: number,
  side: number,
];

/** @see https://www.webmproject.org/vp9/levels/ */
const VP9_LEVELS: readonly Vp9Level[] = [
  [10, 829_440, 36_864, 512],
  [11, 2_764_800, 73_728, 768],
  [20, 4_608_000, 122_880, 960],
  [21, 9_216_000, 245_760, 1344],
  [30, 20_736_000, 552_960, 2048],
  [31, 36_864_000, 983_040, 2752],
  [40, 83_558_400, 2_228_224, 4160],
  [41, 160_432_128, 2_228_224, 4160],
  [50, 311_951_360, 8_912_896, 8384],
  [51, 588_251_136, 8_912_896, 8384],
  [52, 1_176_502_272, 8_912_896, 8384],
  [60, 1_176_502_272, 35_651_584, 16_832],
  [61, 2_353_004_544, 35_651_584, 16_832],
  [62, 4_706_009_088, 35_651_584, 16_832],
];

/**
 * The codec string of a VP9 stream of profile 0 (8 bits, 4:2:0) in BT.709.
 *
 * @param width - of the coded picture, in pixels
 * @param height - of the coded picture, in pixels
 * @param isFullRange - whether luma takes 0..255; video usually takes 16..235
 * @see https://www.webmproject.org/vp9/mp4/#codecs-parameter-string
 */
export function vp9CodecString(width: number, height: number, isFullRange = false): string {
  const samples = width * height;
  const fitting = VP9_LEVELS.find(
    ([, perSecond, perPicture, side]) =>
      samples * NOMINAL_FRAME_RATE <= perSecond &&
      samples <= perPicture &&
      Math.max(width, height) <= side,
  );
  const level = fitting?.[0] ?? 62;
  // Profile, level, bit depth, 4:2:0 with chroma at the left luma sample, BT.709 three times,
  // range.
  return `vp09.00.${level}.08.00.01.01.01.0${isFullRange ? 1 : 0}`;
}
