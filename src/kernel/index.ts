/**
 * Render in a TypeScript notebook, look and interact in JupyterLab.
 *
 * Importing this in a cell attaches to the running tslab kernel; anywhere else the import does nothing, and the error comes when a
 * widget is shown.
 */
import { attachToTslab } from "./tslab/tslabKernel";
import { registerWidgetControl } from "../widgets/widgetControl";

const attached = attachToTslab();
if (attached.state === "attached") registerWidgetControl(attached.kernel);

export type {
  ArrayFrame,
  Frame,
  FrameBytes,
  FrameSource,
  FrameStats,
  ImageDataFrame,
  MaybeFrame,
  NdarrayFrame,
} from "../framebuffer";
export type * from "../protocol/events";
export * from "../widgets/coreWidgets";
export { DOMWidget, type DOMWidgetOptions } from "../widgets/domWidget";
export {
  RemoteFrameBuffer,
  type RemoteFrameBufferOptions,
  type RemoteFrameBufferTraits,
} from "./remoteFrameBuffer";
export type { Snapshot, SnapshotData } from "./snapshot";
export { Widget, type Change, type MessageCallback, type WidgetOptions } from "../widgets";
