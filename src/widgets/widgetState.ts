import { describeValue } from "../protocol/errors";
import { didYouMean } from "../protocol/similarName";
import { isRecord, removeBuffers, type SeparatedState } from "./bufferPaths";
import { equalValues } from "./equalValues";
import type { Rule } from "./rules";
import { toWire } from "./serialization";
import type { AnyTrait } from "./widgetClass";
import { isReference, OPTION_HINT, type ModelReference } from "./widgetHooks";

/** A trait's old and new value. */
export interface TraitChange {
  readonly name: string;
  readonly old: unknown;
  readonly new: unknown;
}

/** What became of a frontend's values. */
export interface Acceptance {
  /** The traits that changed, those that follow others among them. */
  readonly changes: readonly TraitChange[];
  /** An error for each value that a rule rejected. */
  readonly errors: readonly unknown[];
}

/** A widget with options. */
interface OptionTaker {
  readonly constructor: { readonly name: string };
  [OPTION_HINT]?(name: string): string;
}

/** Widgets that a user has given to another one: several may have them, open or not. */
const givenByUsers = new WeakSet<ModelReference>();

/**
 * The trait values of one widget, and the widgets that were created as parts of it, such as its
 * layout.
 */
export class WidgetState {
  #traits: ReadonlyMap<string, AnyTrait>;
  readonly #values = new Map<string, unknown>();
  readonly #parts = new Set<ModelReference>();

  constructor(traits: ReadonlyMap<string, AnyTrait>) {
    this.#traits = traits;
  }

  /** The traits by name. */
  get traits(): ReadonlyMap<string, AnyTrait> {
    return this.#traits;
  }

  /** Replaces the traits. The value of a trait that is another one now is its default again. */
  useTraits(traits: ReadonlyMap<string, AnyTrait>): void {
    for (const [name, trait] of traits) {
      if (this.#traits.get(name) !== trait) this.#values.delete(name);
    }
    this.#traits = traits;
  }

  /**
   * Takes the options of a constructor. An option that is undefined counts as left out.
   *
   * @param owner - The widget, for the error message.
   * @throws TypeError for an unknown option; TypeError or RangeError for a value that its trait
   *   rejects.
   */
  initialize(options: unknown, owner: OptionTaker): void {
    if (!isRecord(options)) {
      throw new TypeError(`options: expected an object, got ${describeValue(options)}`);
    }
    for (const [name, value] of Object.entries(options)) {
      const trait = this.#traits.get(name);
      if (trait === undefined || trait.constant) {
        // Options that begin with an underscore work, but aren't meant for users.
        const known = [...this.#traits]
          .filter(([key, { constant }]) => !constant && !key.startsWith("_"))
          .map(([key]) => key);
        const more = didYouMean(name, known) || (owner[OPTION_HINT]?.(name) ?? "");
        throw new TypeError(
          `${owner.constructor.name}: expected options among ${known.join(", ")}, got ${JSON.stringify(name)}${more}`,
        );
      }
      if (value !== undefined) this.#values.set(name, this.#check(trait, name, value));
    }
    const given = [...this.#values.keys()];
    for (const name of given) this.#values.set(name, this.#kept(name, this.get(name)));
    for (const [name, { rule }] of this.#traits) {
      if (rule === undefined || given.includes(name)) continue;
      if (rule.initial !== undefined) this.#values.set(name, rule.initial(this.#read));
      else if (rule.follows !== undefined) this.#adjust(name, rule);
    }
  }

  /**
   * Returns a trait.
   *
   * @throws TypeError when there is none with this name.
   */
  trait(name: string): AnyTrait {
    const trait = this.#traits.get(name);
    if (trait !== undefined) return trait;
    const known = [...this.#traits.keys()];
    throw new TypeError(
      `trait: expected one of ${known.join(", ")}, got ${JSON.stringify(name)}${didYouMean(name, known)}`,
    );
  }

  /** Returns a trait's value. The first call creates the default. */
  get(name: string): unknown {
    if (this.#values.has(name)) return this.#values.get(name);
    const value = this.trait(name).initial();
    this.#values.set(name, value);
    if (isReference(value)) this.#parts.add(value);
    return value;
  }

  /**
   * Sets a trait to a value from the user.
   *
   * @returns the change, if the value differs from the old one, and those of traits that follow it.
   * @throws TypeError or RangeError when the trait rejects the value, or can't be set.
   */
  set(name: string, value: unknown): readonly TraitChange[] {
    const trait = this.trait(name);
    if (trait.constant) {
      throw new TypeError(`${name}: cannot be set: it identifies the model`);
    }
    const checked = this.#check(trait, name, value);
    return this.#followed(this.#replace(name, this.#kept(name, checked)));
  }

  /**
   * Sets traits to values from a frontend, each of which its trait has accepted. They count
   * together: a new value may lie within a new bound only.
   */
  accept(values: ReadonlyMap<string, unknown>): Acceptance {
    const before = [...values.keys()].map((name) => [name, this.get(name)] as const);
    const errors: unknown[] = [];
    for (const [name, value] of values) this.#values.set(name, value);
    for (const [name, old] of before) {
      try {
        this.#values.set(name, this.#kept(name, this.get(name)));
      } catch (error) {
        this.#values.set(name, old);
        errors.push(error);
      }
    }
    const changes = before.flatMap(([name, old]) => {
      const value = this.get(name);
      this.#values.set(name, old);
      return this.#replace(name, value);
    });
    return { changes: this.#followed(changes), errors };
  }

  /** A trait's value as frontends get it. Opens the widgets that the value refers to. */
  wireValue(name: string): unknown {
    const value = this.get(name);
    const trait = this.trait(name);
    return toWire(trait.toJson === undefined ? value : trait.toJson(value));
  }

  /** Some traits as frontends get them; by default all that are synchronised. */
  wireState(names: Iterable<string> = this.#syncedNames()): SeparatedState {
    const state: Record<string, unknown> = {};
    for (const name of names) state[name] = this.wireValue(name);
    return removeBuffers(state);
  }

  /** The values that differ from their defaults, as the widget's text form shows them. */
  describedValues(): [string, unknown][] {
    return [...this.#values].filter(([name, value]) => {
      const trait = this.#traits.get(name);
      if (name.startsWith("_") || trait === undefined || trait.isSecret === true) return false;
      // The name of a part's class isn't worth showing. Comparing would create another part as the
      // default.
      return !isReference(value) && !equalValues(value, trait.initial());
    });
  }

  /** The values of all traits that were read or set. */
  get values(): Iterable<unknown> {
    return this.#values.values();
  }

  /**
   * Returns the widgets that were created as parts of this one, and that no user has given to
   * another one. Forgets them all.
   */
  releaseParts(): readonly ModelReference[] {
    const parts = [...this.#parts].filter((part) => !givenByUsers.has(part));
    this.#parts.clear();
    return parts;
  }

  readonly #read = (name: string): unknown => this.get(name);

  #check(trait: AnyTrait, name: string, value: unknown): unknown {
    const given: unknown = trait.fromUser === undefined ? value : trait.fromUser(value, name);
    const checked = trait.check(given, name);
    if (isReference(checked)) {
      if (given === value) givenByUsers.add(checked);
      else this.#parts.add(checked);
    }
    return checked;
  }

  /** What the trait's rule makes of a value that was set. */
  #kept(name: string, value: unknown): unknown {
    const rule = this.trait(name).rule;
    return rule?.keep === undefined ? value : rule.keep(value, this.#read, name);
  }

  /** Replaces the value of a trait after a change of another one. */
  #adjust(name: string, rule: Rule): readonly TraitChange[] {
    const adjust = (rule.adjust ?? rule.keep)?.bind(rule);
    return adjust === undefined
      ? []
      : this.#replace(name, adjust(this.get(name), this.#read, name));
  }

  /** Adds the changes of the traits that follow those that changed. */
  #followed(changes: readonly TraitChange[]): readonly TraitChange[] {
    const all = [...changes];
    // The array grows while it is read: a follower may have followers.
    for (const change of all) {
      for (const [name, { rule }] of this.#traits) {
        if (rule?.follows?.includes(change.name) === true) all.push(...this.#adjust(name, rule));
      }
    }
    return all;
  }

  #replace(name: string, value: unknown): readonly TraitChange[] {
    const old = this.get(name);
    if (equalValues(old, value)) return [];
    this.#values.set(name, value);
    return [{ name, old, new: value }];
  }

  #syncedNames(): string[] {
    return [...this.#traits].filter(([, { sync }]) => sync).map(([name]) => name);
  }
}
