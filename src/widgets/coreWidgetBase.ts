import { hasKernel } from "./kernel";
import type { AnyTrait, WidgetClass, WidgetIdentity } from "./widgetClass";
import { defineTraits } from "./widgetClass";
import { OPEN, type TraitHolder } from "./widgetHooks";

/** What the generated classes are made of. */
interface Openable extends TraitHolder {
  [OPEN](): void;
}

/**
 * The base of a generated class: the given class with the traits of the published model spec. The generator writes the types
 * next to the traits, from the same source.
 *
 * A model without a view, such as a Link, works without being displayed: it is opened when it is made, if there is a kernel.
 */
export function coreWidgetBase<W, Options>(
  base: WidgetClass<Openable, Options>,
  table: Readonly<Record<string, AnyTrait>>,
  identity: WidgetIdentity,
): WidgetClass<W, Options> {
  const Base =
    identity.view !== undefined
      ? class extends base {}
      : class extends base {
          constructor(options?: Options) {
            super(options);
            if (hasKernel()) this[OPEN]();
          }
        };
  defineTraits(Base, table, identity);
  // The accessors that defineTraits makes are what W says: both are generated from the same attributes.
  return Base as unknown as WidgetClass<W, Options>;
}
