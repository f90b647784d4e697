/** What the entries of the package for notebooks export, whichever kernel they are for. */
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
} from "../framebuffer";
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
  type ModuleAddress,
  type ModuleSource,
  type Peer,
  type WidgetOptions,
} from "../widgets";
export * from "../widgets/coreWidgets";
export type { FrontEndChoice } from "./frontEndChoice";
export { RemoteFrameBuffer } from "./remoteFrameBuffer";
export type { RemoteFrameBufferOptions, RemoteFrameBufferTraits } from "./remoteFrameBufferTraits";
export type { AbortSignalLike, RecordedVideo, RecordVideoOptions } from "./recordVideo";
export type { SavePictureOptions } from "./savePicture";
export type { Snapshot, SnapshotData } from "./snapshot";
export type { ViewSize } from "./viewSize";
export type { WidgetStats } from "./widgetStats";
