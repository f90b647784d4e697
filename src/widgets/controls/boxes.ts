/** Containers, whose children may be the first argument: `new HBox([slider, picture])`. */
import * as generated from "../generated/coreWidgets";
import type { Widget } from "../widget";
import type { WidgetClass } from "../widgetClass";

/** A container's class. */
export interface ContainerClass<W, Options> {
  new (options?: Options): W;
  new (children: readonly Widget[], options?: Omit<Options, "children">): W;
}

/** Lets the children of a generated class be the first argument. */
export function container<W extends Widget, Options extends object>(
  base: WidgetClass<W, Options>,
): ContainerClass<W, Options> {
  const Base: WidgetClass<Widget, Options> = base;
  const Container = class extends Base {
    constructor(first?: Options | readonly Widget[], rest?: Options) {
      super(Array.isArray(first) ? ({ ...rest, children: first } as Options) : (first as Options));
    }
  };
  // TypeScript can't express that both ways to construct it lead here.
  return Container as unknown as ContainerClass<W, Options>;
}

/** Shows its children one after the other. */
export class Box extends container(generated.Box) {}
/** Shows its children in a grid, which its layout describes. */
export class GridBox extends container(generated.GridBox) {}
/** Shows its children side by side. */
export class HBox extends container(generated.HBox) {}
/** Shows its children one below the other. */
export class VBox extends container(generated.VBox) {}
