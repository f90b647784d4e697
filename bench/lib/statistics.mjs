/** Figures of repeated measurements. */

/** The value below which a share of the values lies, between two of them by linear interpolation.
 * @param {readonly number[]} values
 * @param {number} share 0..1
 * @returns {number} NaN where there is no value */
export function quantile(values, share) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** @param {readonly number[]} values */
export const median = (values) => quantile(values, 0.5);

/** @param {readonly number[]} values */
export const p95 = (values) => quantile(values, 0.95);

/** The median of the ratios of values that were measured one after the other: what slows the machine for a while slows
 * both of a pair.
 * @param {readonly number[]} ours
 * @param {readonly number[]} theirs what has no partner in the other list is ignored
 * @returns {number} NaN where there is no pair */
export function pairRatio(ours, theirs) {
  const pairs = Math.min(ours.length, theirs.length);
  const ratios = Array.from({ length: pairs }, (_, i) => (ours[i] ?? NaN) / (theirs[i] ?? NaN));
  return median(ratios.filter(Number.isFinite));
}
