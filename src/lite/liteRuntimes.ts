/** What widgets and pictures need of a browser, in a page or in a worker. */
import { browserRuntime } from "../framebuffer/browser";
import type { PictureRuntime } from "../kernel/pictureRuntime";
import { portableRuntime, type WidgetRuntime } from "../widgets";

/** What Node's inspect() calls, and what describes widgets here. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Where this module and the kernel's own program come from. */
const FOREIGN_PLACES: readonly string[] = [
  import.meta.url,
  "/@jupyterlite/javascript-kernel-extension/",
];

/** The place of a line in a stack, at its end: `https://host/file.js:1:2`, in brackets or not. */
const PLACE = /(?:[a-z][a-z+.-]*:\/\/[^\s()]+|<anonymous>):\d+:\d+\)?$/;

/** V8's place of code in a cell, behind the place where the kernel compiled it. */
const IN_CELL = /\(eval at .*, (<anonymous>:\d+:\d+)\)$/;

/** A browser's implementation of what widgets need of a runtime. */
export const liteWidgetRuntime: WidgetRuntime = {
  ...portableRuntime,
  describeError: (error) => withoutForeignPlaces(portableRuntime.describeError(error)),
  formatValue,
  // A timer would wait for a second in a hidden page.
  afterEvents: (callback) => void browserRuntime.defer(callback),
  equalBytes: (one, other) =>
    one.length === other.length && !browserRuntime.compare(one, other)(0, one.length),
};

/** A browser's implementation of what pictures need of a runtime. It has no files. */
export const litePictureRuntime: PictureRuntime = {
  frames: browserRuntime,
  callInterruptibly: (callback) => callback(),
  formatLine,
  // The kernel has its own, which prints in the notebook.
  printLine: (line) => globalThis.console.log(line),
  files: {
    save: () => noFiles("save_picture", "snapshot(), or the tools over the picture, which save it"),
    record: () => noFiles("record_video", "the tools over the picture, which record a video"),
  },
  readAnywidgetModule: noAnywidgetModule,
};

function noAnywidgetModule(): never {
  throw new Error(
    'Cannot show a picture with front_end "anywidget": JupyterLite can\'t read the package\'s files; install this package\'s extension in the site, and use front_end "own"',
  );
}

function noFiles(method: string, instead: string): Promise<never> {
  return Promise.reject(
    new Error(
      `Cannot write a file: ${method}() needs Node, and JupyterLite has none; use ${instead}`,
    ),
  );
}

/** Formats values as one text, nearly as console.log() prints them. */
export function formatLine(values: readonly unknown[]): string {
  return values.map(formatValue).join(" ");
}

function formatValue(value: unknown): string {
  if (value instanceof Error) return liteWidgetRuntime.describeError(value);
  if (typeof value === "object" && value !== null && INSPECT in value) {
    const describe = value[INSPECT];
    // Without a depth the fields of the user's class stay out.
    if (typeof describe === "function") return String(Reflect.apply(describe, value, [-1]));
  }
  return portableRuntime.formatValue(value);
}

/** Keeps only the user's own places in a stack, and where they are in the cell. */
function withoutForeignPlaces(text: string): string {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    const shown = line.replace(IN_CELL, "($1)");
    const place = PLACE.exec(shown)?.[0];
    if (place === undefined || !FOREIGN_PLACES.some((foreign) => place.includes(foreign))) {
      lines.push(shown);
    }
  }
  return lines.join("\n");
}
