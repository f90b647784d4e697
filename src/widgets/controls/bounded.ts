/**
 * Widgets whose value lies between `min` and `max`. As in ipywidgets for Python, a value beyond
 * them becomes the nearest that is allowed, and a bound beyond the other one is an error.
 */
import * as generated from "../generated/coreWidgets";
import type { ReadTrait, Rule } from "../rules";
import type { Widget } from "../widget";
import { defineRules, type WidgetClass } from "../widgetClass";
import { bound, clamp, type Bounds } from "./bounds";

/** What a range slider adds to its value. */
export interface RangeEnds {
  /** The first number of `value`. @throws RangeError when it is set beyond `upper` */
  lower: number;
  /** The second number of `value`. @throws RangeError when it is set below `lower` */
  upper: number;
}

const BOUNDS = ["min", "max"] as const;

const ownBounds = (read: ReadTrait): Bounds => ({ min: read("min"), max: read("max") });

function bounded<W extends Widget, Options extends object>(
  base: WidgetClass<W, Options>,
  value: Rule = {
    follows: BOUNDS,
    keep: (wanted, read) => clamp(wanted, ownBounds(read)),
  },
): WidgetClass<W, Options> {
  const Base: WidgetClass<Widget, Options> = base;
  const Bounded = class extends Base {};
  defineRules(Bounded, { min: bound("min"), max: bound("max"), value });
  return Bounded as unknown as WidgetClass<W, Options>;
}

/** A logarithmic slider's bounds are exponents. */
const EXPONENTIAL: Rule = {
  follows: [...BOUNDS, "base"],
  keep: (value, read) => {
    const power = (name: string): number => Number(read("base")) ** Number(read(name));
    return clamp(value, { min: power("min"), max: power("max") });
  },
};

/** @param whole - Makes a number one that the value's trait accepts. */
function range(whole: (value: number) => number): Rule {
  const within = (value: unknown, read: ReadTrait): unknown =>
    Object.freeze((value as readonly number[]).map((end) => clamp(end, ownBounds(read))));
  return {
    follows: BOUNDS,
    keep: (value, read, name) => {
      const ends = value as readonly number[];
      const [lower, upper] = ends;
      if (ends.length !== 2 || lower === undefined || upper === undefined || lower > upper) {
        const got = `[${ends.join(", ")}]`;
        throw new RangeError(`${name}: expected [lower, upper], lower first, got ${got}`);
      }
      return within(value, read);
    },
    adjust: within,
    // The middle half.
    initial: (read) => {
      const [min, max] = [Number(read("min")), Number(read("max"))];
      return Object.freeze([whole(0.75 * min + 0.25 * max), whole(0.25 * min + 0.75 * max)]);
    },
  };
}

function ranged<W extends Widget & { value: readonly number[] }, Options extends object>(
  base: WidgetClass<W, Options>,
  whole: (value: number) => number,
): WidgetClass<W & RangeEnds, Options> {
  const Base = bounded(base, range(whole)) as unknown as WidgetClass<
    Widget & { value: readonly number[] },
    Options
  >;
  const Ranged = class extends Base implements RangeEnds {
    get lower(): number {
      return this.value[0] ?? 0;
    }
    set lower(lower: number) {
      this.value = [lower, this.upper];
    }

    get upper(): number {
      return this.value[1] ?? 0;
    }
    set upper(upper: number) {
      this.value = [this.lower, upper];
    }
  };
  return Ranged as unknown as WidgetClass<W & RangeEnds, Options>;
}

/** A text field for a number within bounds. */
export class BoundedFloatText extends bounded(generated.BoundedFloatText) {}
/** A text field for an integer within bounds. */
export class BoundedIntText extends bounded(generated.BoundedIntText) {}
/** A slider whose scale is logarithmic: from `base ** min` to `base ** max`. */
export class FloatLogSlider extends bounded(generated.FloatLogSlider, EXPONENTIAL) {}
/** A progress bar. */
export class FloatProgress extends bounded(generated.FloatProgress) {}
/** A slider for two numbers, `[lower, upper]`. At first they are the middle half of the bounds. */
export class FloatRangeSlider extends ranged(generated.FloatRangeSlider, (value) => value) {}
/** A slider for a number. */
export class FloatSlider extends bounded(generated.FloatSlider) {}
/** A progress bar of whole steps. */
export class IntProgress extends bounded(generated.IntProgress) {}
/** A slider for two integers, `[lower, upper]`. At first they are the middle half of the bounds. */
export class IntRangeSlider extends ranged(generated.IntRangeSlider, Math.trunc) {}
/** A slider for an integer. */
export class IntSlider extends bounded(generated.IntSlider) {}
/** Buttons that let a value run from `min` to `max`. */
export class Play extends bounded(generated.Play) {}
/**
 * A calendar day. `value`, `min` and `max` are Dates whose time is 0:00 in the kernel's time zone:
 * `value.getDate()` is the day that the person chose.
 */
export class DatePicker extends bounded(generated.DatePicker) {}
/** A moment: a Date, which the page shows in its own time zone. */
export class DatetimePicker extends bounded(generated.Datetime) {}
/**
 * A day and a time without a time zone: the page shows the ones that the Date has in the kernel's
 * time zone, and the other way round.
 */
export class NaiveDatetimePicker extends bounded(generated.NaiveDatetime) {}
/**
 * A time of day: an object with hours, minutes, seconds and milliseconds. A text such as "9:30" can
 * be set too.
 */
export class TimePicker extends bounded(generated.Time) {}
