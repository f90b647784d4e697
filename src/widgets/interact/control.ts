/** Controls for `interact()`, from their abbreviations. */
import { describeValue } from "../../protocol/errors";
import { isRecord } from "../bufferPaths";
import { DatePicker } from "../controls/bounded";
import { Dropdown } from "../controls/selection";
import { Checkbox, Text } from "../generated/coreWidgets";
import { isPlain } from "../traits";
import { Widget } from "../widget";
import type { Controls } from "./controls";
import { Fixed } from "./fixed";
import { sliderAround, sliderBetween } from "./sliders";

/** One value of the function. */
export interface Control {
  readonly name: string;
  /** undefined for a fixed value. */
  readonly widget?: ValueWidget;
  /** Returns the present value. */
  readonly read: () => unknown;
}

/** A widget that has a value. */
export type ValueWidget = Widget & { value: unknown };

/** How controls are made. */
export interface ControlOptions {
  /** Whether sliders and text fields change while they are dragged or typed in. */
  readonly continuous_update?: boolean;
  /** Whether a widget without a description stays without. */
  readonly keepsDescriptions?: boolean;
}

const EXPECTED =
  "a boolean, a string, a number, a Date, an array, an object or a Map of options, " +
  "a widget with a value, or fixed(...)";

/**
 * Makes the controls.
 *
 * @throws TypeError or RangeError for something that stands for no control; the message begins with
 *   the name.
 */
export function createControls(controls: Controls, options: ControlOptions): readonly Control[] {
  if (!isRecord(controls) || controls instanceof Widget) {
    throw new TypeError(
      `controls: expected an object such as { speed: 5 }, got ${describeValue(controls)}`,
    );
  }
  return Object.entries(controls).map(([name, abbreviation]) =>
    createControl(name, abbreviation, options),
  );
}

function createControl(name: string, abbreviation: unknown, options: ControlOptions): Control {
  if (abbreviation instanceof Fixed) {
    const value: Fixed<unknown> = abbreviation;
    return { name, read: () => value.value };
  }
  const isWidget = abbreviation instanceof Widget;
  const widget = isWidget ? abbreviation : createWidget(name, abbreviation);
  if (!hasValue(widget)) {
    const got = `a ${widget.constructor.name}`;
    throw new TypeError(`${name}: expected a widget with a value, got ${got}`);
  }
  const { continuous_update, keepsDescriptions = false } = options;
  if (!keepsDescriptions && "description" in widget && widget.description === "") {
    widget.description = name;
  }
  if (!isWidget && continuous_update !== undefined && "continuous_update" in widget) {
    widget.continuous_update = continuous_update;
  }
  return { name, widget, read: () => widget.value };
}

function hasValue(widget: Widget): widget is ValueWidget {
  return "value" in widget;
}

function createWidget(name: string, value: unknown): Widget {
  if (typeof value === "boolean") return new Checkbox({ value });
  if (typeof value === "string") return new Text({ value });
  if (typeof value === "number") return sliderAround(name, value);
  if (value instanceof Date) return datePicker(name, value);
  if (Array.isArray(value) && value.length > 0) {
    const items: readonly unknown[] = value;
    const areNumbers = items.every((item): item is number => typeof item === "number");
    return areNumbers ? sliderBetween(name, items) : new Dropdown({ options: items });
  }
  if (value instanceof Map && value.size > 0) return new Dropdown({ options: value });
  if (isRecord(value) && isPlain(value) && Object.keys(value).length > 0) {
    return new Dropdown({ options: value });
  }
  throw new TypeError(`${name}: expected ${EXPECTED}, got ${describeOptions(value)}`);
}

function describeOptions(value: unknown): string {
  const isEmpty =
    (Array.isArray(value) && value.length === 0) ||
    (value instanceof Map && value.size === 0) ||
    (isRecord(value) && isPlain(value) && Object.keys(value).length === 0);
  return isEmpty ? "no options" : describeValue(value);
}

function datePicker(name: string, date: Date): DatePicker {
  if (Number.isNaN(date.getTime())) {
    throw new RangeError(`${name}: expected a valid Date, got an invalid one`);
  }
  return new DatePicker({ value: date });
}
