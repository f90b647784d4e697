/** A link of 20 Mbit/s and 50 ms, beside jupyter_rfb. */
import { measureSlowLink } from "../jupyter/slowLink.mjs";
import { inJupyter } from "../jupyter/inJupyter.mjs";

export const run = inJupyter(measureSlowLink);
