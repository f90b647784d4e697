/** Shows frames in a page and listens to the user. Knows neither Jupyter nor WebSocket. */
export { Disposables } from "./disposables";
export { DEFAULT_LABEL, KEY_ATTRIBUTES } from "./elements";
export { FrameBufferView, type ViewListener } from "./frameBufferView";
export { FrameDisplay, type FrameDisplayOptions, type StillPicture } from "./frameDisplay";
export { mergeEvents, type ThrottledEvent } from "./input/eventThrottle";
export { InputCapture, type InputElements, type InputListener } from "./input/inputCapture";
export { Mark, type MarkContent } from "./mark";
export type { MeasuredSize } from "./input/resize";
export { STAGES, type PictureStatistics } from "./pictureStatistics";
export { reportOnConsole } from "./report";
export type { PictureHost, Translate } from "./toolbar/pictureHost";
export { Toolbar } from "./toolbar/toolbar";
export { TOOL_LABELS, TOOLS, type ToolName } from "./toolbar/tools";
export { helpLines } from "./viewHelp";
export { DEFAULT_VIEW_PROPERTIES, type ViewProperties } from "./viewProperties";
export { windowOf } from "./windowOf";
