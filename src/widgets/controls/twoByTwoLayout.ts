import type { DOMWidget } from "../domWidget";
import { boolean } from "../traits";
import { filled, placed } from "./places";
import { kernelOnly, place } from "./template";

/** Attributes of TwoByTwoLayout. */
export interface TwoByTwoLayoutTraits {
  /** The widget at the top left. */
  top_left: DOMWidget | null;
  /** The widget at the top right. */
  top_right: DOMWidget | null;
  /** The widget at the bottom left. */
  bottom_left: DOMWidget | null;
  /** The widget at the bottom right. */
  bottom_right: DOMWidget | null;
  /** Whether a widget also takes the empty places beside it. @defaultValue true */
  merge: boolean;
}

/** Lets a widget take the empty place above or below it, or the empty column next to it. */
function merged(isFilled: (area: string) => boolean): string[][] {
  const names = [
    ["top-left", "top-right"],
    ["bottom-left", "bottom-right"],
  ] as const;
  const taken = names.flat().filter(isFilled);
  const [only] = taken;
  return names.map((row, rowIndex) =>
    row.map((own, column) => {
      if (taken.length === 1 && only !== undefined) return only;
      const opposite = names[rowIndex === 0 ? 1 : 0][column] ?? own;
      if (isFilled(own)) return own;
      return isFilled(opposite) ? opposite : (row[column === 0 ? 1 : 0] ?? own);
    }),
  );
}

const Base = placed<TwoByTwoLayoutTraits>(
  {
    top_left: place(),
    top_right: place(),
    bottom_left: place(),
    bottom_right: place(),
    merge: kernelOnly(boolean(true)),
  },
  ({ top_left, top_right, bottom_left, bottom_right, merge }) => {
    const places = filled({
      "top-left": top_left,
      "top-right": top_right,
      "bottom-left": bottom_left,
      "bottom-right": bottom_right,
    });
    if (Object.keys(places).length === 0) return undefined;
    const areas = merged((area) => !merge || Object.hasOwn(places, area));
    return { areas, columns: "1fr 1fr", rows: "1fr 1fr", places };
  },
);

/** A grid of two rows and two columns. */
export class TwoByTwoLayout extends Base {}
