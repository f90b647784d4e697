import { DOMWidget } from "../domWidget";
import type { GridBoxOptions } from "../generated/coreWidgets";
import { nullable, oneOf, string, type Trait, type TraitTable } from "../traits";
import type { Change } from "../widget";
import { reference, withTraits, type WidgetClass } from "../widgetClass";
import { ON_CHANGE } from "../widgetHooks";
import { GridBox } from "./boxes";

const JUSTIFY = ["flex-start", "flex-end", "center", "space-between", "space-around"] as const;
const ALIGN = [
  ...["top", "bottom", "flex-start", "flex-end", "center", "baseline", "stretch"],
] as const;

/** Attributes of a grid with places for widgets. They are those of its layout. */
export interface TemplateTraits {
  /** The space between the places, such as "10px" or "20px 10px". */
  grid_gap: string | null;
  /** How the columns lie in a grid that is wider than they are. */
  justify_content: "flex-start" | "flex-end" | "center" | "space-between" | "space-around" | null;
  /** How the widgets lie in the heights of their places. */
  align_items:
    "top" | "bottom" | "flex-start" | "flex-end" | "center" | "baseline" | "stretch" | null;
  /** The width of the grid, as in CSS. */
  width: string | null;
  /** The height of the grid, as in CSS. */
  height: string | null;
}

/** Options of a grid, whose children come from its places. */
export type TemplateOptions = Omit<GridBoxOptions, "children"> & Partial<TemplateTraits>;

/** Where widgets lie in a grid. */
export interface Arrangement {
  /** The name of the place at each row and column; "." is an empty one. */
  readonly areas: readonly (readonly string[])[];
  /** The sizes of the columns and rows, as in `grid-template-columns`. */
  readonly columns: string;
  readonly rows: string;
  /** The widgets by the names of their places. */
  readonly places: Readonly<Record<string, DOMWidget>>;
}

/** A trait that frontends don't get: what they get follows from it. */
export function kernelOnly<T>(trait: Trait<T>): Trait<T> {
  return { ...trait, sync: false };
}

/** A place for a widget, which may be empty. */
export function place(): Trait<DOMWidget | null> {
  return kernelOnly(nullable(reference(DOMWidget, () => new DOMWidget())));
}

/** What the layout calls the values of `align_items` that it doesn't know. */
const ALIGNMENTS: Readonly<Record<string, string>> = { top: "flex-start", bottom: "flex-end" };

const TABLE: TraitTable<TemplateTraits> = {
  grid_gap: kernelOnly(nullable(string(""))),
  justify_content: kernelOnly(nullable(oneOf(JUSTIFY, "center"))),
  align_items: kernelOnly(nullable(oneOf(ALIGN, "center"))),
  width: kernelOnly(nullable(string(""))),
  height: kernelOnly(nullable(string(""))),
};

const Base: WidgetClass<GridBox & TemplateTraits, TemplateOptions> = withTraits(
  GridBox as WidgetClass<GridBox, Omit<GridBoxOptions, "children">>,
  TABLE,
);

/** A grid with places for widgets. */
export class TemplateBox extends Base {
  constructor(options?: TemplateOptions) {
    super(options);
    for (const name of Object.keys(TABLE) as (keyof TemplateTraits)[]) {
      if (this[name] !== null) this.#copyToLayout(name, this[name]);
    }
  }

  override [ON_CHANGE](change: Change): void {
    super[ON_CHANGE](change);
    if (change.name in TABLE) this.#copyToLayout(change.name, change.new);
  }

  #copyToLayout(name: string, value: unknown): void {
    const known = name === "align_items" ? (ALIGNMENTS[String(value)] ?? value) : value;
    // The traits have the names and the values of the layout's.
    Reflect.set(this.layout, name, known);
  }
}

/** Puts widgets into the places of a grid. */
export function arrange(box: TemplateBox, { areas, columns, rows, places }: Arrangement): void {
  for (const [area, widget] of Object.entries(places)) widget.layout.grid_area = area;
  box.layout.hold_sync(() => {
    box.layout.grid_template_columns = columns;
    box.layout.grid_template_rows = rows;
    box.layout.grid_template_areas = areas.map((row) => `"${row.join(" ")}"`).join("\n");
  });
  box.children = Object.values(places);
}
