import { constant, trait, type Trait, type TraitTable } from "./traits";
import { GET_TRAIT, SET_TRAIT, STATUS, type ModelReference, type TraitHolder } from "./widgetHooks";

/** A trait whose type is known to its table only. */
export type AnyTrait = Trait<unknown>;

/** A class that can be subclassed, or made with `new` and optional options. */
export type WidgetClass<W, Options> = new (options?: Options) => W;

/** What a frontend makes of a widget: npm package, version range and class of its model and its view. */
export interface WidgetIdentity {
  readonly model: ClassIdentity;
  /** Undefined for a model that has no view. */
  readonly view: ClassIdentity | undefined;
}

/** One class of a frontend package. */
export interface ClassIdentity {
  readonly module: string;
  /** Range of versions, as npm writes it. */
  readonly version: string;
  readonly name: string;
}

/** All traits of each class, its base classes' included, by its prototype. */
const tables = new WeakMap<object, ReadonlyMap<string, AnyTrait>>();

/** The traits of a widget, its base classes' included. */
export function traitsOf(widget: object): ReadonlyMap<string, AnyTrait> {
  let prototype: unknown = Object.getPrototypeOf(widget);
  while (typeof prototype === "object" && prototype !== null) {
    const table = tables.get(prototype);
    if (table !== undefined) return table;
    prototype = Object.getPrototypeOf(prototype);
  }
  return new Map();
}

function identityTraits(identity: WidgetIdentity): Record<string, AnyTrait> {
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
 * Gives a class its traits, and an accessor for each on its prototype unless it has one. withTraits does this
 * for a new class, with their types.
 *
 * @param table - The traits, in addition to the base class's.
 * @param identity - What the frontends make of the class; the base class's by default.
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
 * A base class with traits, to be extended: each is a typed property that validates and synchronises, and an option of the
 * constructor.
 *
 * @param base - A widget class.
 * @param table - The traits. Declare it as TraitTable of an interface, so that each property has its documentation.
 * @param identity - What the frontends make of it; the base class's by default.
 */
export function withTraits<W extends TraitHolder, Options extends object, Traits extends object>(
  base: WidgetClass<W, Options>,
  table: TraitTable<Traits>,
  identity?: WidgetIdentity,
): WidgetClass<W & Traits, Options & Partial<Traits>> {
  const Base: WidgetClass<TraitHolder, Options> = base;
  const Extended = class extends Base {};
  defineTraits(Extended, table, identity);
  // TypeScript has no way to say that a class expression has the accessors that defineTraits gives it.
  return Extended as unknown as WidgetClass<W & Traits, Options & Partial<Traits>>;
}

/** A widget of the given class; closed ones are refused. */
export function reference<W extends ModelReference>(
  widgetClass: abstract new (...args: never[]) => W,
  initial: () => W,
): Trait<W> {
  const check = (value: unknown, name: string): W => {
    const expected = `${name}: expected a widget of class ${widgetClass.name}`;
    if (!(value instanceof widgetClass)) throw new TypeError(`${expected}, got ${what(value)}`);
    if (value[STATUS] === "closed") throw new TypeError(`${expected}, got a closed one`);
    return value;
  };
  return trait(initial, check, {}, true);
}

/** As reference, for a widget that comes with its owner: made when first needed, or from its attributes. */
export function part<W extends ModelReference, Options>(
  widgetClass: WidgetClass<W, Options>,
): Trait<W> {
  return {
    ...reference(widgetClass, () => new widgetClass()),
    fromUser: (value) => {
      if (typeof value !== "object" || value === null) return value;
      const prototype: unknown = Object.getPrototypeOf(value);
      // The constructor itself refuses what is no option of it.
      return prototype === Object.prototype || prototype === null
        ? new widgetClass(value as Options)
        : value;
    },
  };
}

function what(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? `a ${value.constructor?.name ?? "object"}` : typeof value;
}
