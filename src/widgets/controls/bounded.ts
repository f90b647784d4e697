/**
 * Widgets whose value lies between `min` and `max`. As in ipywidgets for Python, a value beyond
 * them becomes the nearest that is allowed, and a bound beyond the other one is an error.
 */
import * as generated from "../generated/coreWidgets";
import type { Widget } from "../widget";
import type { WidgetClass } from "../widgetClass";
import { GET_TRAIT, SET_TRAIT, type SetTraitOptions } from "../widgetHooks";

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A widget's value, and what may be its bounds. */
type BoundedWidget = Widget & Bounds & { value: number | readonly number[] };

/**
 * @param boundsOf - Returns the bounds of the value, from those of the widget. Default: the same.
 */
function bounded<W extends BoundedWidget, Options extends object>(
  base: WidgetClass<W, Options>,
  boundsOf: (widget: W) => Bounds = (widget) => widget,
): WidgetClass<W, Options> {
  const Base: WidgetClass<Widget, Options> = base;
  const Bounded = class extends Base {
    readonly #isComplete: boolean;

    constructor(options?: Options) {
      super(options);
      this.#checkBound("min", this.#own.min);
      this.#isComplete = true;
      this.#clamp();
    }

    override [SET_TRAIT](name: string, value: unknown, options?: SetTraitOptions): void {
      if (!(#isComplete in this) || !this.#isComplete) {
        super[SET_TRAIT](name, value, options);
        return;
      }
      if (name === "min" || name === "max") this.#checkBound(name, value);
      super[SET_TRAIT](name, name === "value" ? this.#clamped(value) : value, options);
      if (["min", "max", "base"].includes(name)) this.#clamp();
    }

    get #own(): W {
      return this as unknown as W;
    }

    #checkBound(name: "min" | "max", value: unknown): void {
      if (typeof value !== "number") return;
      const bounds = this.#bounds();
      const min = name === "min" ? value : bounds.min;
      const max = name === "max" ? value : bounds.max;
      if (min <= max) return;
      const [expected, other] = name === "min" ? ["at most", "max"] : ["at least", "min"];
      const bound = name === "min" ? max : min;
      throw new RangeError(`${name}: expected ${expected} ${other} (${bound}), got ${value}`);
    }

    #bounds(): Bounds {
      return {
        min: this[GET_TRAIT]("min") as number,
        max: this[GET_TRAIT]("max") as number,
      };
    }

    #clamp(): void {
      super[SET_TRAIT]("value", this.#clamped(this[GET_TRAIT]("value")));
    }

    /** A value that is not a number is left to the trait, which rejects it. */
    #clamped(value: unknown): unknown {
      const { min, max } = boundsOf(this.#own);
      const clamp = (one: unknown): unknown =>
        typeof one === "number" ? Math.min(max, Math.max(min, one)) : one;
      return Array.isArray(value) ? value.map(clamp) : clamp(value);
    }
  };
  return Bounded as unknown as WidgetClass<W, Options>;
}

/** A text field for a number within bounds. */
export class BoundedFloatText extends bounded(generated.BoundedFloatText) {}
/** A text field for an integer within bounds. */
export class BoundedIntText extends bounded(generated.BoundedIntText) {}
/** A slider whose scale is logarithmic: from `base ** min` to `base ** max`. */
export class FloatLogSlider extends bounded(generated.FloatLogSlider, ({ base, min, max }) => ({
  min: base ** min,
  max: base ** max,
})) {}
/** A progress bar. */
export class FloatProgress extends bounded(generated.FloatProgress) {}
/** A slider for two numbers, `[lower, upper]`. */
export class FloatRangeSlider extends bounded(generated.FloatRangeSlider) {}
/** A slider for a number. */
export class FloatSlider extends bounded(generated.FloatSlider) {}
/** A progress bar of whole steps. */
export class IntProgress extends bounded(generated.IntProgress) {}
/** A slider for two integers, `[lower, upper]`. */
export class IntRangeSlider extends bounded(generated.IntRangeSlider) {}
/** A slider for an integer. */
export class IntSlider extends bounded(generated.IntSlider) {}
/** Buttons that let a value run from `min` to `max`. */
export class Play extends bounded(generated.Play) {}
