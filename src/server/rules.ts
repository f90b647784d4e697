/**
 * The rules for a server's options, for the command line: it checks them before it loads the
 * server, so that other commands work without the WebSocket library.
 */
export type { ServerOptions } from "../hosting/options";
export { isLoopbackHost, ORIGIN } from "../hosting/origins";
export { edgeSettings, type EdgeOptions } from "../relay/edge/edgeOptions";
export { NATS_OPTION, type NatsOptions } from "../relay/brokerOptions";
export { splitOptions, type ServeOptions } from "./splitOptions";
export { RESIZE_POLICIES, type StreamOptions } from "./streamOptions";
