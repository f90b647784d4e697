/** Memory of kernel and page over many frames. */
import { measureMemory } from "../jupyter/growth.mjs";
import { inJupyter } from "../jupyter/inJupyter.mjs";

export const run = inJupyter(measureMemory);
