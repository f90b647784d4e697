/** Sliders for `interact()`, from numbers. */
import { describeValue } from "../../protocol/errors";
import { FloatSlider, IntSlider } from "../controls/bounded";

/** A slider's longest default step, as in ipywidgets. */
const DEFAULT_STEP = 0.1;

/** Decimals that a FloatSlider shows by default. */
const DEFAULT_DECIMALS = 2;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly step?: number;
}

/** A slider around a value: from `-value` to `3 * value`, or from 0 to 1 for 0. */
export function sliderAround(name: string, value: number): IntSlider | FloatSlider {
  if (!Number.isFinite(value)) {
    throw new RangeError(`${name}: expected a finite number, got ${value}`);
  }
  const ends = value === 0 ? [0, 1] : [-value, 3 * value];
  return slider({ min: Math.min(...ends), max: Math.max(...ends), value });
}

/**
 * A slider from `[min, max]` or `[min, max, step]`. It starts in the middle.
 *
 * @throws RangeError for any other list of numbers.
 */
export function sliderBetween(name: string, range: readonly number[]): IntSlider | FloatSlider {
  const [min = NaN, max = NaN, step] = range;
  const isRange =
    (range.length === 2 || range.length === 3) && range.every(Number.isFinite) && min <= max;
  if (!isRange || (step !== undefined && step <= 0)) {
    const got = range.length <= 8 ? `[${range.join(", ")}]` : describeValue(range);
    throw new RangeError(
      `${name}: expected [min, max] or [min, max, step] with min <= max and step > 0, got ${got}; ` +
        `a list of numbers to choose from is choices([...])`,
    );
  }
  const middle = min + (max - min) / 2;
  const tick = step ?? (range.every(Number.isInteger) ? 1 : undefined);
  const value = tick === undefined ? middle : min + Math.floor((middle - min) / tick) * tick;
  return slider({ min, max, value, ...(step === undefined ? {} : { step }) });
}

/** A slider of whole numbers if all of them are whole: JavaScript does not tell 1 from 1.0. */
function slider({ min, max, value, step }: Range): IntSlider | FloatSlider {
  if ([min, max, value, step ?? 1].every(Number.isInteger)) {
    return new IntSlider({ min, max, value, ...(step === undefined ? {} : { step }) });
  }
  const fineStep = step ?? defaultStep(max - min);
  const decimals = Math.min(20, Math.ceil(-Math.log10(fineStep) - 1e-9));
  return new FloatSlider({
    min,
    max,
    value,
    step: fineStep,
    ...(decimals > DEFAULT_DECIMALS ? { readout_format: `.${decimals}f` } : {}),
  });
}

/** A tenth to a hundredth of a short range: a slider of 0.1 could not move in it. */
function defaultStep(length: number): number {
  return length === 0 ? DEFAULT_STEP : Math.min(DEFAULT_STEP, powerOfTen(length / 10));
}

/** The power of ten at or below a number, without the error of 10 ** -3. */
function powerOfTen(number: number): number {
  return Number(`1e${Math.floor(Math.log10(number) + 1e-9)}`);
}
