import { describeValue } from "../protocol/errors";
import type { Rules } from "./rules";
import { constant, trait, type Trait, type TraitTable } from "./traits";
import { GET_TRAIT, SET_TRAIT, STATUS, type ModelReference, type TraitHolder } from "./widgetHooks";

/** A trait whose type only its table knows. */
export type AnyTrait = Trait<unknown>;

/** A class whose constructor takes optional options. */
export type WidgetClass<W, Options> = new (options?: Options) => W;

/** The frontend classes of a widget: its model, and its view. */
export interface WidgetIdentity {
  readonly model: ClassIdentity;
  /** undefined for a model without a view. */
  readonly view: ClassIdentity | undefined;
}

/** A class of a frontend package. `module` is the name of the npm package. */
export interface ClassIdentity {
  readonly module: string;
  /** Version range of the package, in npm's syntax. */
  readonly version: string;
  readonly name: string;
}

/**
 * The traits of each class and its base classes, by the class's prototype. A widget with traits of
 * its own has a table, too.
 */
const tables = new WeakMap<object, ReadonlyMap<string, AnyTrait>>();

/** Returns the traits of a widget, including those of its base classes, and its own. */
export function traitsOf(widget: object): ReadonlyMap<string, AnyTrait> {
  let prototype: unknown = widget;
  while (typeof prototype === "object" && prototype !== null) {
    const table = tables.get(prototype);
    if (table !== undefined) return table;
    prototype = Object.getPrototypeOf(prototype);
  }
  return new Map();
}

/** The traits by which a page finds the frontend classes. */
export function identityTraits(identity: WidgetIdentity): Record<string, AnyTrait> {
  const { model, view } = identity;
  return {
    _model_module: constant(model.module),
    _model_module_version: constant(model.version),
    _model_name: constant(model.name),
    _view_module: constant(view?.module ?? null),
    _view_module_version: constant(view?.version ?? ""),
    _view_name: constant(view?.name ?? null),
  };
}

/**
 * Adds traits to a class, with an accessor on its prototype for each that has none yet.
 * {@link withTraits} does the same for a new class, with types.
 *
 * @param widgetClass - The class, or `{ prototype: widget }` for one widget only.
 * @param table - The traits, in addition to those of the base class.
 * @param identity - The frontend classes. Default: those of the base class.
 */
export function defineTraits(
  widgetClass: { readonly prototype: object },
  table: Readonly<Record<string, AnyTrait>>,
  identity?: WidgetIdentity,
): void {
  const { prototype } = widgetClass;
  const own = { ...(identity === undefined ? {} : identityTraits(identity)), ...table };
  tables.set(prototype, new Map([...traitsOf(prototype), ...Object.entries(own)]));
  for (const name of Object.keys(own)) {
    if (name in prototype) continue;
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: TraitHolder): unknown {
        return this[GET_TRAIT](name);
      },
      set(this: TraitHolder, value: unknown): void {
        this[SET_TRAIT](name, value);
      },
    });
  }
}

/**
 * A subclass may declare a field with a trait's name (`css_width = "9px"`), which hides the trait's
 * accessor. Yields the name and value of each such field, which it has removed.
 */
export function* takeHidingFields(widget: object): Generator<readonly [string, unknown]> {
  for (const name of traitsOf(widget).keys()) {
    const field = Object.getOwnPropertyDescriptor(widget, name);
    if (field === undefined || !("value" in field)) continue;
    Reflect.deleteProperty(widget, name);
    yield [name, field.value];
  }
}

/** Adds rules to traits that a class has from its base class. */
export function defineRules(widgetClass: { readonly prototype: object }, rules: Rules): void {
  const traits = traitsOf(widgetClass.prototype);
  const ruled = Object.entries(rules).map(([name, rule]) => {
    const trait = traits.get(name);
    if (trait === undefined) throw new Error(`Cannot add a rule: there is no trait ${name}`);
    return [name, { ...trait, rule }] as const;
  });
  defineTraits(widgetClass, Object.fromEntries(ruled));
}

/**
 * Creates a base class with traits, for a subclass to extend. Each trait is a typed property that
 * validates and synchronises, and an option of the constructor.
 *
 * @param base - A widget class.
 * @param table - The traits. Their types come from an interface, which documents each property.
 * @param identity - The frontend classes. Default: those of the base class.
 */
export function withTraits<W extends TraitHolder, Options extends object, Traits extends object>(
  base: WidgetClass<W, Options>,
  table: TraitTable<Traits>,
  identity?: WidgetIdentity,
): WidgetClass<W & Traits, Options & Partial<Traits>> {
  const Base: WidgetClass<TraitHolder, Options> = base;
  const Extended = class extends Base {};
  defineTraits(Extended, table, identity);
  // TypeScript can't express that defineTraits adds accessors to the class.
  return Extended as unknown as WidgetClass<W & Traits, Options & Partial<Traits>>;
}

/** A trait for a widget of the given class. It rejects closed widgets. */
export function reference<W extends ModelReference>(
  widgetClass: abstract new (...args: never[]) => W,
  initial: () => W,
): Trait<W> {
  const check = (value: unknown, name: string): W => {
    const expected = `${name}: expected a widget of class ${widgetClass.name}`;
    if (!(value instanceof widgetClass))
      throw new TypeError(`${expected}, got ${describeValue(value)}`);
    if (value[STATUS] === "closed") throw new TypeError(`${expected}, got a closed one`);
    return value;
  };
  return trait(initial, check, {}, true);
}

/**
 * Like reference, for a part of its owner: created when first needed, or from a plain object of
 * attributes.
 */
export function part<W extends ModelReference, Options>(
  widgetClass: WidgetClass<W, Options>,
): Trait<W> {
  return {
    ...reference(widgetClass, () => new widgetClass()),
    fromUser: (value) => {
      if (typeof value !== "object" || value === null) return value;
      const prototype: unknown = Object.getPrototypeOf(value);
      // The constructor rejects unknown options.
      return prototype === Object.prototype || prototype === null
        ? new widgetClass(value as Options)
        : value;
    },
  };
}
