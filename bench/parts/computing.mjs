/** An animation beside a cell that computes without a pause. */
import { measureComputing } from "../jupyter/computing.mjs";
import { inJupyter } from "../jupyter/inJupyter.mjs";

export const run = inJupyter(measureComputing);
