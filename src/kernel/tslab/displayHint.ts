/** Recognizes a cell that calls tslab's `display`, for which TypeScript's error is no help. */
import { isObject } from "../../protocol/checks";

/** What to write instead. */
export const TSLAB_DISPLAY_HINT: string =
  "tslab's display can't be called, and shows no widgets: " +
  'import { display } from "jupyter-rfb-ts"';

const CALL = /(?<!\.\s*)\bdisplay\s*\(/;
const QUALIFIED_CALL = /\btslab\s*\.\s*display\s*\(/;
const IMPORT = /\bimport\s*\{[^}]*\bdisplay\b[^}]*\}\s*from\s*(["'])tslab\1/;

/**
 * Whether a cell calls tslab's `display`.
 *
 * @param names - What earlier cells have declared.
 */
export function callsTslabDisplay(code: string, names: object): boolean {
  if (QUALIFIED_CALL.test(code)) return true;
  return CALL.test(code) && (IMPORT.test(code) || isTslabDisplay(Reflect.get(names, "display")));
}

function isTslabDisplay(value: unknown): boolean {
  return isObject(value) && typeof value["html"] === "function";
}
