import { Dropdown, type Choices, type ChoiceValue } from "../controls/selection";
import type { Widget } from "../widget";

/** A value that has no control. See {@link fixed}. */
export class Fixed<Value> {
  /** The value that the function gets from its next run on. */
  value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** Gives a function of {@link interact} a value, of any type, that has no control. */
export function fixed<Value>(value: Value): Fixed<Value> {
  return new Fixed(value);
}

/**
 * A drop-down list of any values: `choices([1, 2, 4])` for numbers, which {@link interact} takes
 * for a range otherwise.
 *
 * @param options - An array of values or `[label, value]` pairs, an object or a Map.
 */
export function choices<const C extends Choices>(
  options: C,
): Widget & { value: ChoiceValue<C>; description: string } {
  // Only an empty list has no value.
  return new Dropdown({ options }) as Dropdown<C> & { value: ChoiceValue<C> };
}
