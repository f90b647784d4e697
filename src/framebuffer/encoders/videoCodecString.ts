/** WebCodecs' codec strings, which tell a decoder beforehand what a stream needs. */

/** The pictures per second that a level is chosen for. A view decodes what comes, so this bounds nothing. */
export const NOMINAL_FRAME_RATE = 30;

const SPS_NAL_TYPE = 7;
const NAL_TYPE_MASK = 0x1f;

/**
 * The codec string of an H.264 stream: "avc1." with profile, constraints and level as its sequence parameter set has them.
 *
 * @param chunk - in Annex B
 * @returns undefined when the chunk has no sequence parameter set, as a delta chunk
 * @see https://www.w3.org/TR/webcodecs-avc-codec-registration/
 */
export function h264CodecString(chunk: Uint8Array): string | undefined {
  for (const nal of annexBUnits(chunk)) {
    if (((nal[0] ?? 0) & NAL_TYPE_MASK) !== SPS_NAL_TYPE || nal.length < 4) continue;
    return `avc1.${Buffer.from(nal.subarray(1, 4)).toString("hex").toUpperCase()}`;
  }
  return undefined;
}

/** The units of a stream in Annex B (H.264, annex B), without their start codes. */
export function* annexBUnits(stream: Uint8Array): Generator<Uint8Array> {
  let begin = nextStartCode(stream, 0);
  while (begin < stream.length) {
    const start = begin + 3;
    begin = nextStartCode(stream, start);
    let end = begin;
    // A start code of four bytes, and padding, leave zeros that no unit ends in.
    while (end > start && stream[end - 1] === 0) end--;
    yield stream.subarray(start, end);
  }
}

/** @returns where the next 0, 0, 1 begins, or the stream's length */
function nextStartCode(stream: Uint8Array, from: number): number {
  for (let at = stream.indexOf(1, from + 2); at !== -1; at = stream.indexOf(1, at + 1)) {
    if (stream[at - 1] === 0 && stream[at - 2] === 0) return at - 2;
  }
  return stream.length;
}

/** A VP9 level: its number in codec strings, most luma samples per second and per picture, longest side. */
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
 * The codec string of a VP9 stream of profile 0 (8 bits, 4:2:0) in BT.709 with limited range.
 *
 * @param width - of the coded picture, in pixels
 * @param height - of the coded picture, in pixels
 * @see https://www.webmproject.org/vp9/mp4/#codecs-parameter-string
 */
export function vp9CodecString(width: number, height: number): string {
  const samples = width * height;
  const fitting = VP9_LEVELS.find(
    ([, perSecond, perPicture, side]) =>
      samples * NOMINAL_FRAME_RATE <= perSecond &&
      samples <= perPicture &&
      Math.max(width, height) <= side,
  );
  const level = fitting?.[0] ?? 62;
  // Profile, level, bit depth, 4:2:0 with chroma beside the left luma sample, BT.709 three times, limited range.
  return `vp09.00.${level}.08.00.01.01.01.00`;
}
