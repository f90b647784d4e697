/** The displaying end. It knows neither Jupyter nor WebSocket. */
export {
  DEFAULT_VIEW_PROPERTIES,
  FrameBufferView,
  type ViewListener,
  type ViewProperties,
} from "./frameBufferView";
export { FrameDisplay, type FrameDisplayOptions } from "./frameDisplay";
export { reportOnConsole } from "./report";
export { nowInSeconds } from "../picture/timers";
