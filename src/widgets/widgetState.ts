import { removeBuffers, type SeparatedState } from "./bufferPaths";
import { equalValues } from "./equalValues";
import { toWire } from "./serialization";
import type { AnyTrait } from "./widgetClass";
import { isReference, type ModelReference } from "./widgetHooks";

/** A trait's old and new value. */
export interface TraitChange {
  readonly name: string;
  readonly old: unknown;
  readonly new: unknown;
}

/**
 * The trait values of one widget, and the widgets that were created as parts of it, such as its
 * layout.
 */
export class WidgetState {
  readonly #traits: ReadonlyMap<string, AnyTrait>;
  readonly #values = new Map<string, unknown>();
  readonly #parts = new Set<ModelReference>();

  constructor(traits: ReadonlyMap<string, AnyTrait>) {
    this.#traits = traits;
  }

  /** The traits by name. */
  get traits(): ReadonlyMap<string, AnyTrait> {
    return this.#traits;
  }

  /**
   * Takes the options of a constructor. An option that is undefined counts as left out.
   *
   * @param owner - The widget's class, for the error message.
   * @throws TypeError for an unknown option; TypeError or RangeError for a value that its trait
   *   rejects.
   */
  initialize(options: object, owner: string): void {
    for (const [name, value] of Object.entries(options) as [string, unknown][]) {
      const trait = this.#traits.get(name);
      if (trait === undefined || trait.constant) {
        // Options that begin with an underscore work, but aren't meant for users.
        const known = [...this.#traits]
          .filter(([key, { constant }]) => !constant && !key.startsWith("_"))
          .map(([key]) => key);
        throw new TypeError(
          `${owner}: expected options among ${known.join(", ")}, got ${JSON.stringify(name)}`,
        );
      }
      if (value !== undefined) this.#values.set(name, this.#check(trait, name, value));
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
    const known = [...this.#traits.keys()].join(", ");
    throw new TypeError(`trait: expected one of ${known}, got ${JSON.stringify(name)}`);
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
   * @returns the change, or undefined if the value equals the old one.
   * @throws TypeError or RangeError when the trait rejects the value, or can't be set.
   */
  set(name: string, value: unknown): TraitChange | undefined {
    const trait = this.trait(name);
    if (trait.constant) {
      throw new TypeError(`${name}: cannot be set: it identifies the model`);
    }
    return this.#replace(name, this.#check(trait, name, value));
  }

  /** Sets traits to values that were checked already. Returns the changes. */
  accept(values: ReadonlyMap<string, unknown>): TraitChange[] {
    return [...values].flatMap(([name, value]) => this.#replace(name, value) ?? []);
  }

  /** A trait's value as frontends get it. Opens the widgets that the value refers to. */
  wireValue(name: string): unknown {
    return toWire(this.get(name));
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
      if (name.startsWith("_") || trait === undefined) return false;
      // The name of a part's class isn't worth showing. Comparing would create another part as the
      // default.
      return !isReference(value) && !equalValues(value, trait.initial());
    });
  }

  /** The values of all traits that were read or set. */
  get values(): Iterable<unknown> {
    return this.#values.values();
  }

  /** Returns the widgets that were created as parts of this one, and forgets them. */
  releaseParts(): readonly ModelReference[] {
    const parts = [...this.#parts];
    this.#parts.clear();
    return parts;
  }

  #check(trait: AnyTrait, name: string, value: unknown): unknown {
    const given: unknown = trait.fromUser === undefined ? value : trait.fromUser(value);
    const checked = trait.check(given, name);
    if (given !== value && isReference(checked)) this.#parts.add(checked);
    return checked;
  }

  #replace(name: string, value: unknown): TraitChange | undefined {
    const old = this.get(name);
    if (equalValues(old, value)) return undefined;
    this.#values.set(name, value);
    return { name, old, new: value };
  }

  #syncedNames(): string[] {
    return [...this.#traits].filter(([, { sync }]) => sync).map(([name]) => name);
  }
}
