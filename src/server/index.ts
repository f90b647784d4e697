/** The WebSocket route's producing end: shows what Node draws on any web page. */
export type { Frame, FrameSource, MaybeFrame } from "../framebuffer";
export type { ColorDescriptor, FrameMetadata } from "../protocol/frameMetadata";
export type { FramePosition } from "../protocol/streamMessages";
export type { StreamRfbEvent } from "../protocol/streamParse";
export type { AuthContext, Authenticate, Principal } from "./auth";
export { Display } from "./display";
export type { InputEvent } from "./eventQueue";
export { Hub } from "./hub";
export type { ViewerMetrics } from "./metrics";
export type {
  HubOptions,
  LimitOptions,
  ResizePolicy,
  ServerOptions,
  StreamOptions,
} from "./options";
export { attach, RfbServer, serve, serve_server, type AttachOptions } from "./serve";
