/** When a picture's tools show. */
import type { Check } from "./checks";

/** While the pointer or the focus is there ("auto"), always (true), or never (false). */
export type ToolbarMode = "auto" | boolean;

/** A {@link ToolbarMode}. */
export const TOOLBAR_MODE: Check<ToolbarMode> = {
  expected: '"auto", true or false',
  type: "string",
  accepts: (value): value is ToolbarMode => value === "auto" || typeof value === "boolean",
};
