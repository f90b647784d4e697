/** What `interact()` accepts as controls, and the types of the values that they give. */
import type { ChoiceValue, Choices } from "../controls/selection";
import type { Widget } from "../widget";
import type { Fixed } from "./fixed";

/**
 * Stands for a control: true or false for a check box, a string for a text field, a number, `[min,
 * max]` or `[min, max, step]` for a slider, a Date for a date picker, options for a drop-down list,
 * a widget with a value for itself, and {@link fixed} for no control at all.
 */
export type Abbreviation = boolean | string | number | Date | Widget | Fixed<unknown> | Choices;

/** Controls by the names of the values that they give. */
export type Controls = Readonly<Record<string, Abbreviation>>;

/** The type of a control's value. */
export type ControlValue<A> =
  A extends Fixed<infer Value>
    ? Value
    : A extends Widget & { readonly value: infer Value }
      ? Value
      : A extends boolean
        ? boolean
        : A extends string
          ? string
          : A extends number
            ? number
            : A extends Date
              ? Date | null
              : A extends readonly number[]
                ? number
                : ChoiceValue<A>;

/** The values that a function gets from its controls. */
export type ControlValues<C> = { -readonly [Name in keyof C]: ControlValue<C[Name]> };
