/** From a pointer move to the picture that answers it, beside jupyter_rfb. */
import { measurePhotons } from "../jupyter/photon.mjs";
import { inJupyter } from "../jupyter/inJupyter.mjs";

export const run = inJupyter(measurePhotons);
