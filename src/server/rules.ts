/**
 * The rules for a server's options, for the command line: it checks them before it loads the
 * server, so that other commands work without the WebSocket library.
 */
export { RESIZE_POLICIES, splitOptions, type ServerOptions, type StreamOptions } from "./options";
export { isLoopbackHost, ORIGIN } from "./origins";
