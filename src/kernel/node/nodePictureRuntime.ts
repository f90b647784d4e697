import { formatWithOptions } from "node:util";
import { createVideoFile, encodePngSync, nodeRuntime } from "../../framebuffer/node";
import type { PictureFileWriter, PictureRuntime } from "../pictureRuntime";
import { callInterruptibly } from "./callInterruptibly";
import { recordVideo, type OpenFile } from "./recordVideo";
import { savePicture } from "./savePicture";

/** Writes files by Node. @param openFile - opens the file of a recording; node-av's by default */
export function createFileWriter(openFile: OpenFile = createVideoFile): PictureFileWriter {
  return {
    save: savePicture,
    record: (path, seconds, options, source) =>
      recordVideo(path, seconds, options, source, openFile),
  };
}

/** Node's implementation of what pictures need of a runtime. */
export const nodePictureRuntime: PictureRuntime = {
  frames: nodeRuntime,
  encodePngSync,
  callInterruptibly,
  formatLine: (values) => formatWithOptions({ colors: false }, ...values),
  printLine: (line) => void process.stdout.write(`${line}\n`),
  files: createFileWriter(),
};
