import { isRecord } from "./bufferPaths";
import * as generated from "./generated/layout";

/** Options of Layout. */
export interface LayoutOptions extends generated.LayoutOptions {
  /** The border of all four sides, for those that have no option of their own. */
  readonly border?: string | null;
}

const SIDES = ["border_top", "border_right", "border_bottom", "border_left"] as const;

function withSides(options: LayoutOptions | undefined): generated.LayoutOptions | undefined {
  if (!isRecord(options) || !("border" in options)) return options;
  const { border, ...rest } = options;
  return { ...Object.fromEntries(SIDES.map((side) => [side, border])), ...rest };
}

/** The size and place of a widget, and how it arranges its children, as CSS. */
export class Layout extends generated.Layout {
  constructor(options?: LayoutOptions) {
    super(withSides(options));
  }

  /** The border of all four sides; null if they differ, or there is none. */
  get border(): string | null {
    const [first = null, ...others] = SIDES.map((side) => this[side]);
    return others.every((border) => border === first) ? first : null;
  }
  set border(border: string | null) {
    this.hold_sync(() => SIDES.forEach((side) => (this[side] = border)));
  }
}
