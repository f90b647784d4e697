/**
 * Render in a TypeScript notebook, look and interact in JupyterLab.
 *
 * Importing this package in a cell attaches it to the running kernel: tslab, or Deno's. Anywhere
 * else the import has no effect, and showing a widget throws.
 *
 * @packageDocumentation
 */

import {
  acceptPageWidgets,
  followCells,
  installWidgetRuntime,
  registerWidgetControl,
} from "../widgets";
import { attachToDeno } from "./deno/attach";
import { denoWidgetRuntime } from "./deno/denoWidgetRuntime";
import { nodePictureRuntime } from "./node/nodePictureRuntime";
import { nodeWidgetRuntime } from "./node/nodeWidgetRuntime";
import { installPictureRuntime } from "./pictureRuntime";
import { attachToTslab } from "./tslab/attach";

const deno = attachToDeno();
installWidgetRuntime(deno.state === "absent" ? nodeWidgetRuntime : denoWidgetRuntime);
installPictureRuntime(nodePictureRuntime);
const attached = deno.state === "absent" ? attachToTslab() : deno;
if (attached.state === "attached") {
  registerWidgetControl(attached.kernel);
  acceptPageWidgets(attached.kernel);
  followCells(attached.kernel);
}

export { load } from "./node/load";
export * from "./publicApi";
