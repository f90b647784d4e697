import { hasKernel } from "./kernel";
import type { AnyTrait, WidgetClass, WidgetIdentity } from "./widgetClass";
import { defineTraits, traitsOf } from "./widgetClass";
import { OPEN, type Keeper, type TraitHolder } from "./widgetHooks";

/** A widget that can open its comm. */
interface Openable extends TraitHolder {
  [OPEN](keeper: Keeper): void;
}

/** What the core widgets have in common. */
export interface CoreWidget {
  /** The names of the traits that pages have too. */
  readonly keys: readonly string[];
}

/**
 * Creates the base of a generated class: the given class with the traits of the published model
 * spec. The generator writes the types next to the traits, from the same source.
 *
 * A model without a view, such as a Link, has an effect without being displayed. So its comm opens
 * on construction, if there is a kernel.
 */
export function coreWidgetBase<W, Options>(
  base: WidgetClass<Openable, Options>,
  table: Readonly<Record<string, AnyTrait>>,
  identity: WidgetIdentity,
): WidgetClass<W & CoreWidget, Options> {
  const WithKeys = class extends base implements CoreWidget {
    get keys(): readonly string[] {
      return [...traitsOf(this)].flatMap(([name, { sync }]) => (sync ? name : []));
    }
  };
  const Base =
    identity.view !== undefined
      ? WithKeys
      : class extends WithKeys {
          constructor(options?: Options) {
            super(options);
            if (hasKernel()) this[OPEN]("user");
          }
        };
  defineTraits(Base, table, identity);
  // defineTraits adds the accessors that W declares: the generator writes both from the same
  // attributes.
  return Base as unknown as WidgetClass<W & CoreWidget, Options>;
}
