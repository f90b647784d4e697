/** Rounds to a number of decimal places, for figures that people read. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
