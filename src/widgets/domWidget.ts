import { Layout, type LayoutOptions } from "./layout";
import { boolean, list, nullable, string } from "./traits";
import { Widget, type WidgetOptions } from "./widget";
import { defineTraits, part } from "./widgetClass";
import { GET_TRAIT, SET_TRAIT } from "./widgetHooks";

/** Options of every widget that appears on the page. */
export interface DOMWidgetOptions extends WidgetOptions {
  /** See {@link DOMWidget.layout}. */
  readonly layout?: Layout | LayoutOptions;
  /** See {@link DOMWidget.tabbable}. */
  readonly tabbable?: boolean | null;
  /** See {@link DOMWidget.tooltip}. */
  readonly tooltip?: string | null;
  /** CSS classes of the widget's element. */
  readonly _dom_classes?: readonly string[];
}

/** A widget that appears on the page: it has a layout, and may have CSS classes. */
export class DOMWidget extends Widget {
  constructor(options?: DOMWidgetOptions) {
    super(options);
  }

  /** Size and position, in CSS terms. Setting a plain object of attributes creates a new layout. */
  get layout(): Layout {
    return this[GET_TRAIT]("layout") as Layout;
  }
  set layout(value: Layout | LayoutOptions) {
    this[SET_TRAIT]("layout", value);
  }

  /** Whether the Tab key can focus the widget; null leaves that to the view. */
  get tabbable(): boolean | null {
    return this[GET_TRAIT]("tabbable") as boolean | null;
  }
  set tabbable(value: boolean | null) {
    this[SET_TRAIT]("tabbable", value);
  }

  /** Text that appears while the pointer rests on the widget. */
  get tooltip(): string | null {
    return this[GET_TRAIT]("tooltip") as string | null;
  }
  set tooltip(value: string | null) {
    this[SET_TRAIT]("tooltip", value);
  }

  /** CSS classes of the widget's element. */
  get _dom_classes(): readonly string[] {
    return this[GET_TRAIT]("_dom_classes") as readonly string[];
  }
  set _dom_classes(value: readonly string[]) {
    this[SET_TRAIT]("_dom_classes", value);
  }

  /** Adds a CSS class to the widget's element. */
  add_class(className: string): this {
    if (!this._dom_classes.includes(className)) {
      this._dom_classes = [...this._dom_classes, className];
    }
    return this;
  }

  /** Removes a CSS class from the widget's element. */
  remove_class(className: string): this {
    this._dom_classes = this._dom_classes.filter((known) => known !== className);
    return this;
  }
}

defineTraits(
  DOMWidget,
  {
    layout: part(Layout),
    tabbable: nullable(boolean(false)),
    tooltip: nullable(string("")),
    _dom_classes: list(string("")),
  },
  {
    model: { module: "@jupyter-widgets/base", version: "2.0.0", name: "DOMWidgetModel" },
    view: undefined,
  },
);
