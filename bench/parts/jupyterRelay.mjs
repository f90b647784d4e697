/** What the way through Jupyter can do at most. */
import { measureRelay } from "../jupyter/relayLimit.mjs";
import { inJupyter } from "../jupyter/inJupyter.mjs";

export const run = inJupyter(measureRelay);
