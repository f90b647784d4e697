/**
 * What renderers need around a frame buffer: frames of canvases and textures, and handlers that
 * turn events into a camera or a section of a picture. It runs everywhere.
 */
export {
  frameFromCanvas,
  type CanvasContextLike,
  type CanvasLike,
  type FrameFromCanvasOptions,
} from "./frameFromCanvas";
export { frameFromTexture } from "./frameFromTexture";
export { OrbitControls, type CameraLike } from "./orbitControls";
export type { OrbitControlsOptions } from "./orbitOptions";
export { PanZoom, type ContentSize, type PanZoomOptions, type Point } from "./panZoom";
export type { Vector3 } from "./vectors";
export type { BufferLike, CommandEncoderLike, DeviceLike, TextureLike } from "./webgpu";
