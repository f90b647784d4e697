import * as checks from "../../protocol/checks";
import type { DOMWidget } from "../domWidget";
import { boolean, trait, type Trait } from "../traits";
import { filled, placed } from "./places";
import { kernelOnly, place } from "./template";

/** Sizes of three columns or rows: 2 and "2fr" are shares, "100px" and "50%" are lengths. */
export type PaneSizes = readonly [string | number, string | number, string | number];

/** Attributes of AppLayout. */
export interface AppLayoutTraits {
  /** The widget at the top. */
  header: DOMWidget | null;
  /** The widget on the left. */
  left_sidebar: DOMWidget | null;
  /** The widget in the middle. */
  center: DOMWidget | null;
  /** The widget on the right. */
  right_sidebar: DOMWidget | null;
  /** The widget at the bottom. */
  footer: DOMWidget | null;
  /** Whether widgets also take the empty places next to them. @defaultValue true */
  merge: boolean;
  /** Of the left sidebar, the center and the right sidebar. @defaultValue ["1fr", "2fr", "1fr"] */
  pane_widths: PaneSizes;
  /** Of the header, the center and the footer. @defaultValue ["1fr", "3fr", "1fr"] */
  pane_heights: PaneSizes;
}

const SIZE = /^\d+\.?\d*(?:px|fr|%)?$/;

function sizes(...initial: PaneSizes): Trait<PaneSizes> {
  const check = (value: unknown, name: string): PaneSizes => {
    if (!Array.isArray(value) || value.length !== 3) {
      throw new TypeError(checks.mismatch(name, { expected: "an array of three sizes" }, value));
    }
    const texts = value.map((size: unknown, index) => {
      if (SIZE.test(String(size))) return String(size);
      const expected = 'a size such as 2, "2fr", "100px" or "50%"';
      throw new RangeError(checks.mismatch(`${name}[${index}]`, { expected }, size));
    });
    return Object.freeze(texts) as unknown as PaneSizes;
  };
  return kernelOnly(trait(() => Object.freeze(initial), check));
}

const toCss = (size: string | number): string =>
  /\d\.?$/.test(String(size)) ? `${size}fr` : String(size);

interface Panes {
  areas: string[][];
  columns: string[];
  rows: string[];
}

/** Lets widgets take the empty places next to them. */
function merge({ areas, columns, rows }: Panes, isFilled: (area: string) => boolean): Panes {
  const [only, second] = [...new Set(areas.flat())].filter(isFilled);
  if (only !== undefined && second === undefined) {
    return { areas: areas.map((row) => row.map(() => only)), columns, rows };
  }
  const hasMiddle = ["left-sidebar", "center", "right-sidebar"].some(isFilled);
  if (!hasMiddle)
    return { areas: [["header"], ["footer"]], columns: ["1fr"], rows: ["1fr", "1fr"] };
  const withoutCenter = <T>(items: readonly T[]): T[] =>
    isFilled("center") ? [...items] : items.filter((_, index) => index !== 1);
  const isRowFilled = (row: number): boolean =>
    row === 1 || isFilled(row === 0 ? "header" : "footer");
  const [left = "", ...others] = withoutCenter(["left-sidebar", "center", "right-sidebar"]);
  const right = others.pop() ?? "";
  const middle = [left, ...others, right];
  if (!isFilled(left)) middle[0] = middle[1] ?? left;
  if (!isFilled(right)) middle[middle.length - 1] = middle[middle.length - 2] ?? right;
  return {
    areas: [withoutCenter(areas[0] ?? []), middle, withoutCenter(areas[2] ?? [])].filter((_, row) =>
      isRowFilled(row),
    ),
    columns: withoutCenter(columns),
    rows: rows.filter((_, row) => isRowFilled(row)),
  };
}

const Base = placed<AppLayoutTraits>(
  {
    header: place(),
    left_sidebar: place(),
    center: place(),
    right_sidebar: place(),
    footer: place(),
    merge: kernelOnly(boolean(true)),
    pane_widths: sizes("1fr", "2fr", "1fr"),
    pane_heights: sizes("1fr", "3fr", "1fr"),
  },
  (app) => {
    const places = filled({
      header: app.header,
      footer: app.footer,
      "left-sidebar": app.left_sidebar,
      "right-sidebar": app.right_sidebar,
      center: app.center,
    });
    if (Object.keys(places).length === 0) return undefined;
    const all: Panes = {
      areas: [
        ["header", "header", "header"],
        ["left-sidebar", "center", "right-sidebar"],
        ["footer", "footer", "footer"],
      ],
      columns: app.pane_widths.map(toCss),
      rows: app.pane_heights.map(toCss),
    };
    const panes = app.merge ? merge(all, (area) => Object.hasOwn(places, area)) : all;
    const { areas, columns, rows } = panes;
    return { areas, columns: columns.join(" "), rows: rows.join(" "), places };
  },
);

/** A grid like the window of an application: a header, a center between sidebars, a footer. */
export class AppLayout extends Base {}
