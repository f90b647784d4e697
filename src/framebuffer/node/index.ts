/** The producing end with Node's runtime: what the Node parts of this package import. */
export * from "../index";
export { acquireImageEncoders } from "../encoders/image/workerEncoders";
export { encodePngSync } from "../encoders/image/pngZlib";
export { createVideoEncoder } from "../encoders/video/videoEncoders";
export { createVideoFile } from "../encoders/video/videoFile";
export { findNodeAv } from "../encoders/video/videoPlace";
export { asBuffer } from "./asBuffer";
export { replaceFile } from "./replaceFile";
export { nodeRuntime } from "./runtime";
