/**
 * For the command line: which encoders work here, and the libraries that its benchmark decodes
 * with. Apart from index.ts, because TypeScript 5.0, which tslab uses, can't parse the types of
 * node-av.
 */
export { probeOnce } from "../encoders/image/workerEncoders";
export { probeImageEncoders, type ImageEncoderReport } from "../encoders/image/probeImageEncoders";
export { probeVideoEncoders, type VideoEncoderReport } from "../encoders/video/videoEncoders";
export { loadNodeAv, type NodeAv } from "../encoders/video/videoModule";
