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
import { nodeWidgetRuntime } from "./nodeWidgetRuntime";
import { attachToTslab } from "./tslab/attach";

installWidgetRuntime(nodeWidgetRuntime);
const attached = attachToTslab();
if (attached.state === "attached") {
  registerWidgetControl(attached.kernel);
  acceptPageWidgets(attached.kernel);
  followCells(attached.kernel);
}

export type {
  ArrayFrame,
  ChromaChoice,
  CodecChoice,
  EncoderChoice,
  Frame,
  FrameBytes,
  FrameData,
  FrameFormat,
  FrameSource,
  FrameStats,
  ImageDataFrame,
  MaybeFrame,
  NdarrayFrame,
  PixelOptions,
  RangedFrame,
  VideoDevice,
} from "../framebuffer/node";
export type {
  CharEvent,
  DoubleClickEvent,
  KeyEvent,
  Modifier,
  PlainEvent,
  PointerEvent,
  ResizeEvent,
  RfbEvent,
  RfbEventType,
  Touch,
  WheelEvent,
  WireEvent,
} from "../protocol/events";
export type { VideoCodec } from "../protocol/messages";
export type { FitMode } from "../protocol/shownFit";
export type { ToolbarMode } from "../protocol/toolbarMode";
export * from "../rendering";
export {
  AnyWidget,
  DOMWidget,
  Widget,
  type Change,
  type DOMWidgetOptions,
  type MessageCallback,
  type MimeBundle,
  type ModuleSource,
  type Peer,
  type WidgetOptions,
} from "../widgets";
export * from "../widgets/coreWidgets";
export { load } from "./load";
export { RemoteFrameBuffer } from "./remoteFrameBuffer";
export type { FrontEndChoice } from "./frontEndChoice";
export type { RemoteFrameBufferOptions, RemoteFrameBufferTraits } from "./remoteFrameBufferTraits";
export type { RecordedVideo, RecordVideoOptions } from "./recordVideo";
export type { SavePictureOptions } from "./savePicture";
export type { Snapshot, SnapshotData } from "./snapshot";
export type { ViewSize } from "./viewSize";
export type { WidgetStats } from "./widgetStats";
