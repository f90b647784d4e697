/**
 * Render in a TypeScript notebook, look and interact in JupyterLab.
 *
 * Importing this package in a cell attaches it to the running tslab kernel. Anywhere else the
 * import has no effect, and showing a widget throws.
 *
 * @packageDocumentation
 */

import {
  acceptPageWidgets,
  followCells,
  installWidgetRuntime,
  registerWidgetControl,
} from "../widgets";
import { nodePictureRuntime } from "./node/nodePictureRuntime";
import { nodeWidgetRuntime } from "./node/nodeWidgetRuntime";
import { installPictureRuntime } from "./pictureRuntime";
import { attachToTslab } from "./tslab/attach";

installWidgetRuntime(nodeWidgetRuntime);
installPictureRuntime(nodePictureRuntime);
const attached = attachToTslab();
if (attached.state === "attached") {
  registerWidgetControl(attached.kernel);
  acceptPageWidgets(attached.kernel);
  followCells(attached.kernel);
}

export { load } from "./node/load";
export * from "./publicApi";
