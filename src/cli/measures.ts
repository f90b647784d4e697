/** Statistics of measurements, and the fidelity of pictures. */

/**
 * The value below which a share of the values lies, interpolated linearly.
 *
 * @param share - 0..1
 * @returns NaN without values
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** An RGB picture, row after row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * The mean of the squared differences of all channels, 0..65025.
 *
 * @param decoded - may be larger, by the padding of video, which is ignored
 * @throws RangeError when it is smaller than the drawn picture
 */
export function meanSquaredError(drawn: Picture, decoded: Picture): number {
  const { width, height, data } = drawn;
  if (decoded.width < width || decoded.height < height) {
    throw new RangeError(
      `decoded: expected at least ${width} x ${height} pixels, got ${decoded.width} x ${decoded.height}`,
    );
  }
  let sum = 0;
  for (let row = 0; row < height; row++) {
    const from = row * width * 3;
    const other = row * decoded.width * 3;
    for (let at = 0; at < width * 3; at++) {
      const difference = (data[from + at] ?? 0) - (decoded.data[other + at] ?? 0);
      sum += difference * difference;
    }
  }
  return sum / (width * height * 3);
}

/**
 * The peak signal-to-noise ratio in decibels for a mean squared error. More is better; Infinity is
 * lossless.
 */
export function psnrOf(meanSquaredError: number): number {
  return 10 * Math.log10(255 ** 2 / meanSquaredError);
}
