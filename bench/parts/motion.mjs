/** Unchanged pictures, a box that moves, and full motion, beside jupyter_rfb. */
import { measureChanges } from "../jupyter/changes.mjs";
import { inJupyter } from "../jupyter/inJupyter.mjs";

export const run = inJupyter(measureChanges);
