import type { DOMWidget } from "../domWidget";
import type { TraitTable } from "../traits";
import type { Change } from "../widget";
import { withTraits, type WidgetClass } from "../widgetClass";
import { ON_CHANGE } from "../widgetHooks";
import { arrange, TemplateBox, type Arrangement, type TemplateOptions } from "./template";

/**
 * Creates the base of a grid whose places are traits.
 *
 * @param table - The traits. When one of them changes, the widgets are arranged again.
 * @param arrangement - Returns where they lie, or undefined to leave everything as it is.
 */
export function placed<Traits extends object>(
  table: TraitTable<Traits>,
  arrangement: (traits: Traits) => Arrangement | undefined,
): WidgetClass<TemplateBox & Traits, TemplateOptions & Partial<Traits>> {
  const Base: WidgetClass<TemplateBox, TemplateOptions> = withTraits<
    TemplateBox,
    TemplateOptions,
    object
  >(TemplateBox, table);
  const Placed = class extends Base {
    constructor(options?: TemplateOptions) {
      super(options);
      this.#arrange();
    }

    override [ON_CHANGE](change: Change): void {
      super[ON_CHANGE](change);
      if (change.name in table) this.#arrange();
    }

    #arrange(): void {
      // withTraits() has added the traits.
      const result = arrangement(this as unknown as Traits);
      if (result !== undefined) arrange(this, result);
    }
  };
  return Placed as unknown as WidgetClass<TemplateBox & Traits, TemplateOptions & Partial<Traits>>;
}

/** The places that aren't empty. */
export function filled(
  places: Readonly<Record<string, DOMWidget | null>>,
): Readonly<Record<string, DOMWidget>> {
  const entries = Object.entries(places).flatMap(([name, widget]) =>
    widget === null ? [] : [[name, widget] as const],
  );
  return Object.fromEntries(entries);
}
