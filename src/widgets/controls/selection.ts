/**
 * Widgets that choose among options, which may be any values: `options` and `value` as in
 * ipywidgets for Python, instead of the model's labels and index.
 */
import { describeValue } from "../../protocol/errors";
import { isRecord } from "../bufferPaths";
import { equalValues } from "../equalValues";
import * as generated from "../generated/coreWidgets";
import { trait } from "../traits";
import type { Change, Widget } from "../widget";
import type { Rule } from "../rules";
import { defineRules, defineTraits, type WidgetClass } from "../widgetClass";
import { GET_TRAIT, ON_CHANGE, SET_TRAIT, type SetTraitOptions } from "../widgetHooks";

/** Options to choose from: values, `[label, value]` pairs, or values by their labels. */
export type Choices =
  readonly unknown[] | Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>;

/** The type of the values among {@link Choices}. */
export type ChoiceValue<C> =
  C extends ReadonlyMap<string, infer Value>
    ? Value
    : C extends readonly (infer Item)[]
      ? Item extends readonly [string, infer Value]
        ? Value
        : Item
      : C extends Readonly<Record<string, infer Value>>
        ? Value
        : unknown;

/** The type of the values, also among other options that are set later. */
type AnyOf<Value> = Value extends string
  ? string
  : Value extends number
    ? number
    : Value extends boolean
      ? boolean
      : Value;

/** What the choice of one option adds to a widget. */
export interface OneSelected<C> {
  /** The options to choose from. Setting them selects the first. */
  get options(): C;
  set options(options: C | Choices);
  /** The selected value, or null. @throws RangeError when it is set to none of the options */
  value: AnyOf<ChoiceValue<C>> | null;
  /** The label of the selected option, or null. */
  label: string | null;
}

/** What the choice of several options adds to a widget. */
export interface SeveralSelected<C> {
  /** The options to choose from. */
  get options(): C;
  set options(options: C | Choices);
  /** The selected values. @throws RangeError when one of them is none of the options */
  value: readonly AnyOf<ChoiceValue<C>>[];
  /** The labels of the selected options. */
  label: readonly string[];
}

type Construct<Options, Selected> = Omit<Options, keyof Selected> & Partial<Selected>;

interface OneClass<W, Options> {
  new <const C extends Choices = Choices>(
    options?: Construct<Options, OneSelected<C>>,
  ): W & OneSelected<C>;
}

interface SeveralClass<W, Options> {
  new <const C extends Choices = Choices>(
    options?: Construct<Options, SeveralSelected<C>>,
  ): W & SeveralSelected<C>;
}

interface Choice {
  readonly label: string;
  readonly value: unknown;
}

const KEYS = ["options", "value", "label"] as const;

/** The indices of the options that are selected, and what they make of the traits. */
interface Kind {
  indices(index: unknown): readonly number[];
  index(indices: readonly number[]): unknown;
  /** What is selected among new options. */
  readonly initial: (count: number) => readonly number[];
  /** The parts of a value or label that a user sets. */
  parts(value: unknown): readonly unknown[];
  whole(parts: readonly unknown[]): unknown;
  /** Whether there is at least one option. */
  readonly isNeverEmpty: boolean;
  /** How many options are selected; undefined for any number. */
  readonly count?: number;
}

const ONE: Kind = {
  indices: (index) => (typeof index === "number" ? [index] : []),
  index: ([first]) => first ?? null,
  initial: (count) => (count > 0 ? [0] : []),
  parts: (value) => (value === null ? [] : [value]),
  whole: ([first]) => first ?? null,
  isNeverEmpty: false,
};

/** A slider always selects something. */
const SLIDER: Kind = { ...ONE, index: ([first]) => first ?? 0, isNeverEmpty: true, count: 1 };

const SEVERAL: Kind = {
  indices: (index) => index as readonly number[],
  index: (indices) => indices,
  initial: () => [],
  parts: (value) => (Array.isArray(value) ? (value as unknown[]) : [value]),
  whole: (parts) => parts,
  isNeverEmpty: false,
};

const RANGE: Kind = { ...SEVERAL, initial: () => [0, 0], isNeverEmpty: true, count: 2 };

/** What is selected are options. */
function indexRule(kind: Kind): Rule {
  return {
    keep: (value, read, name) => {
      const labels = read("_options_labels") as readonly string[];
      const indices = kind.indices(value);
      const areOptions = indices.every((index) => index >= 0 && index < labels.length);
      if (areOptions && (kind.count ?? indices.length) === indices.length) return value;
      const number = kind.count === 2 ? "two indices of" : "an index of";
      const got = JSON.stringify(value);
      throw new RangeError(`${name}: expected ${number} ${labels.length} options, got ${got}`);
    },
  };
}

/** Adds `options`, `value` and `label` to a generated class, whose name is kept. */
function selecting(name: string, base: WidgetClass<Widget, object>, kind: Kind): unknown {
  const Base = class extends base {};
  defineRules(Base, { index: indexRule(kind) });
  const Selecting = class extends Base {
    #choices: readonly Choice[] | undefined;

    constructor(options: object = {}) {
      if (!isRecord(options) || !KEYS.some((key) => key in options)) {
        super(options);
      } else {
        const { options: choices, value, label, index, ...rest } = options;
        super(choices === undefined ? { ...rest, index } : rest);
        if (choices !== undefined) this.#setChoices(choices, index);
        if (label !== undefined) this.#select("label", label);
        if (value !== undefined) this.#select("value", value);
      }
      this.#follow();
    }

    override [SET_TRAIT](trait: string, value: unknown, options?: SetTraitOptions): void {
      if (trait === "options") this.#setChoices(value, undefined);
      else if (trait === "value" || trait === "label") this.#select(trait, value);
      else super[SET_TRAIT](trait, value, options);
    }

    override [ON_CHANGE](change: Change): void {
      super[ON_CHANGE](change);
      if (change.name === "_options_labels") this.#choices = undefined;
      if (change.name === "index") this.#follow();
    }

    #setChoices(options: unknown, index: unknown): void {
      const choices = choicesOf(options);
      if (kind.isNeverEmpty && choices.length === 0) {
        throw new RangeError("options: expected at least one option, got none");
      }
      this.hold_sync(() => {
        super[SET_TRAIT](
          "_options_labels",
          choices.map(({ label }) => label),
        );
        this.#choices = choices;
        super[SET_TRAIT]("options", options);
        super[SET_TRAIT]("index", index ?? kind.index(kind.initial(choices.length)));
        this.#follow();
      });
    }

    #select(by: "value" | "label", wanted: unknown): void {
      const choices = this.#all();
      const indices = kind.parts(wanted).map((part) => {
        const index = choices.findIndex(
          (choice) => Object.is(choice[by], part) || equalValues(choice[by], part),
        );
        if (index >= 0) return index;
        const labels = choices.map(({ label }) => JSON.stringify(label)).join(", ");
        throw new RangeError(
          `${by}: expected one of the options ${labels}, got ${describeValue(part)}`,
        );
      });
      super[SET_TRAIT]("index", kind.index(indices));
      this.#follow();
    }

    /** Options that were given as the model's labels are their own values. */
    #all(): readonly Choice[] {
      const labels = this[GET_TRAIT]("_options_labels") as readonly string[];
      return this.#choices ?? labels.map((label) => ({ label, value: label }));
    }

    /** Takes over the selected index. */
    #follow(): void {
      const all = this.#all();
      const selected = kind.indices(this[GET_TRAIT]("index")).flatMap((index) => all[index] ?? []);
      super[SET_TRAIT]("label", kind.whole(selected.map(({ label }) => label)));
      super[SET_TRAIT]("value", kind.whole(selected.map(({ value }) => value)));
    }
  };
  Object.defineProperty(Selecting, "name", { value: name });
  const own = { sync: false };
  const asIs = (value: unknown): unknown => value;
  defineTraits(Selecting, {
    options: trait<unknown>(() => [], asIs, own),
    value: trait<unknown>(() => kind.whole([]), asIs, own),
    label: trait<unknown>(() => kind.whole([]), asIs, own),
  });
  return Selecting;
}

function choicesOf(options: unknown): readonly Choice[] {
  if (options instanceof Map) {
    return [...options].map(([label, value]) => ({
      label: String(label),
      value: value as unknown,
    }));
  }
  if (isRecord(options)) {
    return Object.entries(options).map(([label, value]) => ({ label, value }));
  }
  if (!Array.isArray(options)) {
    const expected = "an array of values or [label, value] pairs, an object or a Map";
    throw new TypeError(`options: expected ${expected}, got ${describeValue(options)}`);
  }
  const items = options as readonly unknown[];
  const arePairs = items.every(
    (item) => Array.isArray(item) && item.length === 2 && typeof item[0] === "string",
  );
  return items.map((item) => {
    const [label, value] = arePairs ? (item as [string, unknown]) : [String(item), item];
    return { label, value };
  });
}

function one<W, Options>(
  name: string,
  base: WidgetClass<W, Options>,
  kind = ONE,
): OneClass<W, Options> {
  const Base = base as unknown as WidgetClass<Widget, object>;
  return selecting(name, Base, kind) as OneClass<W, Options>;
}

function several<W, Options>(
  name: string,
  base: WidgetClass<W, Options>,
  kind: Kind,
): SeveralClass<W, Options> {
  const Base = base as unknown as WidgetClass<Widget, object>;
  return selecting(name, Base, kind) as SeveralClass<W, Options>;
}

/** A drop-down list. */
export const Dropdown = one("Dropdown", generated.Dropdown);
export type Dropdown<C = Choices> = generated.Dropdown & OneSelected<C>;
/** Radio buttons. */
export const RadioButtons = one("RadioButtons", generated.RadioButtons);
export type RadioButtons<C = Choices> = generated.RadioButtons & OneSelected<C>;
/** A list of which one option is selected. */
export const Select = one("Select", generated.Select);
export type Select<C = Choices> = generated.Select & OneSelected<C>;
/** A slider over options. */
export const SelectionSlider = one("SelectionSlider", generated.SelectionSlider, SLIDER);
export type SelectionSlider<C = Choices> = generated.SelectionSlider & OneSelected<C>;
/** Buttons of which one is pressed. */
export const ToggleButtons = one("ToggleButtons", generated.ToggleButtons);
export type ToggleButtons<C = Choices> = generated.ToggleButtons & OneSelected<C>;
/** A list of which several options may be selected. */
export const SelectMultiple = several("SelectMultiple", generated.SelectMultiple, SEVERAL);
export type SelectMultiple<C = Choices> = generated.SelectMultiple & SeveralSelected<C>;
/** A slider for the first and the last of a range of options. */
export const SelectionRangeSlider = several(
  "SelectionRangeSlider",
  generated.SelectionRangeSlider,
  RANGE,
);
export type SelectionRangeSlider<C = Choices> = generated.SelectionRangeSlider & SeveralSelected<C>;
