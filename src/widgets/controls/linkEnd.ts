/** What a link connects: a widget's trait. */
import * as checks from "../../protocol/checks";
import { traitsOf } from "../widgetClass";
import {
  GET_TRAIT,
  isReference,
  SET_TRAIT,
  STATUS,
  TAKE_FIELDS,
  type ModelReference,
  type TraitHolder,
} from "../widgetHooks";

type Method = (...args: never[]) => unknown;

/** The names of a widget's traits. */
export type TraitName<W> = {
  [Name in keyof W & string]: W[Name] extends Method ? never : Name;
}[keyof W & string];

/** The names of a widget's traits that accept values of a type. */
export type TraitNameFor<W, Value> = {
  [Name in TraitName<W>]: [Value] extends [W[Name]] ? Name : never;
}[TraitName<W>];

/** A link's end after its check. */
export interface LinkEnd {
  readonly widget: ModelReference & TraitHolder;
  readonly trait: string;
}

/**
 * Checks a pair `[widget, name of a trait]`.
 *
 * @param name - Names the pair in the error.
 * @throws TypeError for anything else, for a closed widget, and for a trait that it doesn't have
 */
export function checkLinkEnd(name: string, value: unknown): LinkEnd {
  const [widget, trait] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (!isReference(widget) || !isTraitHolder(widget) || typeof trait !== "string") {
    const expected = "an array of a widget and the name of a trait";
    throw new TypeError(checks.mismatch(name, { expected }, value));
  }
  const owner = widget.constructor.name;
  if (widget[STATUS] === "closed") {
    throw new TypeError(`${name}: expected an open widget, got a closed ${owner}`);
  }
  widget[TAKE_FIELDS]();
  const traits = traitsOf(widget);
  if (!traits.has(trait)) {
    const expected = `one of the traits of ${owner}: ${traitNames(traits.keys())}`;
    throw new TypeError(checks.mismatch(name, { expected }, trait));
  }
  return { widget, trait };
}

/**
 * Like {@link checkLinkEnd}, for a trait that pages have too.
 *
 * @throws TypeError for one that only the kernel has
 */
export function checkPageLinkEnd(name: string, value: unknown): void {
  const { widget, trait } = checkLinkEnd(name, value);
  const traits = traitsOf(widget);
  if (traits.get(trait)?.sync === true) return;
  const synced = [...traits].filter(([, { sync }]) => sync).map(([key]) => key);
  const owner = widget.constructor.name;
  throw new TypeError(
    `${name}: expected a trait that the page has (${traitNames(synced)}), got ` +
      `${JSON.stringify(trait)} of ${owner}, which only the kernel has; use link() or dlink()`,
  );
}

function isTraitHolder(widget: ModelReference): widget is ModelReference & TraitHolder {
  return GET_TRAIT in widget && SET_TRAIT in widget;
}

/** The names that are meant for users. */
function traitNames(names: Iterable<string>): string {
  return [...names].filter((name) => !name.startsWith("_")).join(", ");
}
