/**
 * The rules for a server's options, for the command line: it checks them before it loads the
 * server, so that other commands work without the WebSocket library.
 */
export { splitOptions, type ServerOptions } from "./options";
export { isLoopbackHost, ORIGIN } from "./origins";
export { RESIZE_POLICIES, type StreamOptions } from "./streamOptions";
