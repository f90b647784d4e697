/** More widgets and more views, beside jupyter_rfb. */
import { measureGrowth } from "../jupyter/growth.mjs";
import { inJupyter } from "../jupyter/inJupyter.mjs";

export const run = inJupyter(measureGrowth);
