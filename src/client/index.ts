/**
 * The browser client of a frame stream: `jupyter-rfb-ts/client`.
 *
 * @packageDocumentation
 */

export type { ToolbarMode } from "../protocol/toolbarMode";
export { RemoteFramebufferView } from "./remoteFramebufferView";
export { EMPTY_STATS, type Stats } from "./shared/stats";
export type { CaptureFormat, ConnectionState, FitMode, ViewerRole } from "./shared/types";
export type { RemoteFramebufferOptions } from "./types";
