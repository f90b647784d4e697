/**
 * Render in a notebook of JupyterLite, look and interact in the same page.
 *
 * Importing this in a cell of JupyterLite's JavaScript kernel attaches to that kernel. Anywhere
 * else the import has no effect, and showing a widget throws.
 *
 * @packageDocumentation
 */
import { installPictureRuntime } from "../kernel/pictureRuntime";
import { installWidgetRuntime } from "../widgets";
import { attachToLite } from "./attach";
import { litePictureRuntime, liteWidgetRuntime } from "./liteRuntimes";

installWidgetRuntime(liteWidgetRuntime);
installPictureRuntime(litePictureRuntime);
attachToLite(globalThis);

// Node takes the declarations for those of an ES module, where names of files are whole.
export * from "../kernel/publicApi.js";
export { attach, load, publish_to, serve, serve_server } from "./nodeOnly.js";
