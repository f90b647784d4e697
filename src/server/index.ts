/**
 * The server of the WebSocket route: shows on any web page what Node draws.
 *
 * @packageDocumentation
 */

export type {
  ArrayFrame,
  ChromaChoice,
  CodecChoice,
  EncoderChoice,
  Frame,
  FrameBytes,
  FrameSource,
  ImageDataFrame,
  MaybeFrame,
  NdarrayFrame,
  VideoDevice,
} from "../framebuffer/node";
export type { ColorDescriptor, FrameMetadata } from "../protocol/frameMetadata";
export type { FramePosition, StreamHello } from "../protocol/streamMessages";
export type { StreamRfbEvent } from "../protocol/parseClientMessage";
export type { AuthContext, Authenticate, Principal } from "../hosting/auth";
export { jwt_authenticate, type JwtOptions } from "../hosting/jwt";
export { attach, type AttachOptions } from "./attach";
export { Display } from "./display";
export type { InputEvent } from "./eventQueue";
export { Hub } from "./hub";
export type { ViewerMetrics } from "../hosting/metrics";
export type { HubOptions, LimitOptions, PageOption, ServerOptions } from "../hosting/options";
export { close_all } from "../hosting/openServers";
export type { DriverCandidate, DriverPolicy } from "./roles";
export { publish_to } from "./publishTo";
export type { RelayOptions } from "./relayOptions";
export { RfbServer, serve, serve_server } from "./serve";
export type { ServeOptions } from "./splitOptions";
export {
  EdgeServer,
  serve_edge,
  type EdgeOptions,
  type NatsOption,
  type NatsOptions,
  type NatsTlsOptions,
} from "../relay";
export type { ResizePolicy, StreamOptions } from "./streamOptions";
