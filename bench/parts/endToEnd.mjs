/** Frames per second, round trip, CPU and bytes, beside jupyter_rfb. */
import { measureEndToEnd } from "../jupyter/endToEnd.mjs";
import { inJupyter } from "../jupyter/inJupyter.mjs";

export const run = inJupyter(measureEndToEnd);
