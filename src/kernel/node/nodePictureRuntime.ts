import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatWithOptions } from "node:util";
import { createVideoFile, encodePngSync, nodeRuntime } from "../../framebuffer/node";
import type { AnywidgetModule, PictureFileWriter, PictureRuntime } from "../pictureRuntime";
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

/** Where the build puts the modules for anywidget, relative to lib/kernel/node/. */
const ANYWIDGET_MODULES = join(__dirname, "..", "..", "..", "lib", "anywidget");

function readAnywidgetModule(name: AnywidgetModule): string {
  const path = join(ANYWIDGET_MODULES, `${name}.js`);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(
      `Cannot show a picture with front_end "anywidget": ${path} is missing; install jupyter-rfb-ts again`,
      { cause: error },
    );
  }
}

/** Node's implementation of what pictures need of a runtime. */
export const nodePictureRuntime: PictureRuntime = {
  frames: nodeRuntime,
  encodePngSync,
  callInterruptibly,
  formatLine: (values) => formatWithOptions({ colors: false }, ...values),
  printLine: (line) => void process.stdout.write(`${line}\n`),
  files: createFileWriter(),
  readAnywidgetModule,
};
