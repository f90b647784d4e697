/** How far some work is. */
export interface ProgressState {
  /** What is being done; empty for nothing in particular. */
  readonly description: string;
  /** Units that are done. */
  readonly n: number;
  /** Units that there are to do; undefined if nobody knows. */
  readonly total: number | undefined;
  /** Seconds since the beginning. */
  readonly elapsed: number;
  /** Units per second; undefined until it is known. */
  readonly rate: number | undefined;
  /** The name of a unit. */
  readonly unit: string;
}

/** The text before the bar: "Loading: 42%". */
export function leadingText({ description, n, total }: ProgressState): string {
  const percent = isKnown(n, total) ? `${Math.floor(total === 0 ? 100 : (n / total) * 100)}%` : "";
  return [description, percent].filter((part) => part !== "").join(": ");
}

/** The text after the bar: "42/100 [00:03<00:04, 12.3 it/s]". */
export function trailingText({ n, total, elapsed, rate, unit }: ProgressState): string {
  const count = isKnown(n, total) ? `${rounded(n)}/${rounded(total)}` : `${rounded(n)} ${unit}`;
  const hasRate = rate !== undefined && rate > 0;
  const left = isKnown(n, total) ? `<${hasRate ? timeText((total - n) / rate) : "?"}` : "";
  return `${count} [${timeText(elapsed)}${left}, ${hasRate ? rateText(rate, unit) : `? ${unit}/s`}]`;
}

/** More units than the total means that the total was wrong. */
function isKnown(n: number, total: number | undefined): total is number {
  return total !== undefined && n <= total;
}

/** Hours are shown if there are any. */
function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const text = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return whole < 3600 ? text : `${Math.floor(whole / 3600)}:${text}`;
}

function rateText(rate: number, unit: string): string {
  return rate >= 1 ? `${short(rate)} ${unit}/s` : `${short(1 / rate)} s/${unit}`;
}

/** Three digits or more. */
function short(number: number): string {
  return number.toFixed(number >= 100 ? 0 : number >= 10 ? 1 : 2);
}

/** Without the error of 0.1 + 0.2. */
function rounded(number: number): number {
  return Number(number.toFixed(3));
}
