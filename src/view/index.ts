/** Shows frames in a page and listens to the user. Knows neither Jupyter nor WebSocket. */
export { Disposables } from "./disposables";
export { DEFAULT_LABEL, KEY_ATTRIBUTES } from "./elements";
export {
  DEFAULT_VIEW_PROPERTIES,
  FrameBufferView,
  type ViewListener,
  type ViewProperties,
} from "./frameBufferView";
export { FrameDisplay, type FrameDisplayOptions, type StillPicture } from "./frameDisplay";
export { DEFAULT_THROTTLE_MS } from "./input/eventThrottle";
export { InputCapture, type InputElements, type InputListener } from "./input/inputCapture";
export { Mark, type MarkContent } from "./mark";
export type { MeasuredSize } from "./input/resize";
export { reportOnConsole } from "./report";
export { windowOf } from "./windowOf";
