/** Shows the frames of a session on canvases. Runs in a page and in a worker. */
export { browserAbilities, type ViewAbilities } from "./abilities";
export type { Canvas } from "./canvas";
export { CanvasPainter } from "./canvasPainter";
export { FrameReceiver, type FrameReceiverOptions, type PaintTimes } from "./frameReceiver";
export type { Painting } from "./painting";
export { RetainedPicture } from "./retainedPicture";
export {
  HIDDEN_AFTER_MS,
  browserFrames,
  browserTimers,
  nowInSeconds,
  type AnimationFrames,
  type Timers,
} from "./timers";
