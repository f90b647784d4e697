/** The browser client of a frame stream: `jupyter-rfb-ts/client`. */
export { RemoteFramebufferView } from "./remoteFramebufferView";
export {
  EMPTY_STATS,
  type CaptureFormat,
  type ConnectionState,
  type FitMode,
  type RemoteFramebufferOptions,
  type Stats,
} from "./types";
