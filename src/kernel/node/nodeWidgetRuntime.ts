import { readFileSync, watch } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { asBuffer } from "../../framebuffer/node";
import { errorMessage } from "../../protocol/errors";
import type { Disposable } from "../../protocol/transport";
import { portableRuntime, type WidgetRuntime } from "../../widgets";

/** Places in a stack that are Node's, Deno's or tslab's. */
const RUNTIME_PLACES: readonly RegExp[] = [
  /\(?(?:node|ext):/,
  /[\\/]node_modules[\\/](?:@tslab|tslab)[\\/]/,
];
/** How Node abbreviates the stack of an error that its cause shares. */
const CUT_STACK = /^\s+\.\.\. \d+ lines? matching cause stack trace/;
/** This library's folders, as whole paths: the user may have folders of the same names. */
const LIBRARY_FOLDERS: readonly string[] = ["protocol", "framebuffer", "widgets", "kernel"].map(
  (folder) => join(dirname(dirname(__dirname)), folder, sep),
);

/** Node's implementation of what widgets need of a runtime. */
export const nodeWidgetRuntime: WidgetRuntime = {
  ...portableRuntime,
  describeError,
  formatValue: (value) => (typeof value === "string" ? value : inspect(value)),
  logError: (line) => void process.stderr.write(`${line}\n`),
  delay: (seconds, callback) => {
    // What is only to be shown again keeps no process alive.
    const timer = setTimeout(callback, seconds * 1000).unref();
    return { dispose: () => clearTimeout(timer) };
  },
  afterEvents: (callback) => void setImmediate(callback),
  environmentVariable: (name) => process.env[name],
  toBase64: (bytes) => asBuffer(bytes).toString("base64"),
  equalBytes: (a, b) => Buffer.compare(a, b) === 0,
  readFile,
  watchFile,
};

function pathOf(path: string): string {
  return path.startsWith("file:") ? fileURLToPath(path) : path;
}

/** Watches the folder: an editor may replace the file, and the watcher of a file would be lost. */
function watchFile(path: string, onChange: () => void): Disposable {
  const file = resolve(pathOf(path));
  const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
    if (name === null || name === basename(file)) onChange();
  });
  // The folder is gone.
  watcher.on("error", () => watcher.close());
  return { dispose: () => watcher.close() };
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(pathOf(path));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    // A relative path is often right, but for another folder than the kernel's.
    const reason = isMissing ? `there is no such file; the folder is ${process.cwd()}` : undefined;
    throw new Error(`Cannot read ${JSON.stringify(path)}: ${reason ?? errorMessage(error)}`, {
      cause: error,
    });
  }
}

/**
 * Formats a thrown value as Node does, with its causes, but keeps only the user's own places in the
 * stacks.
 */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  const lines: string[] = [];
  for (const line of inspect(error).split("\n")) {
    const isForeign = /^\s+at /.test(line) && !isUserCode(line);
    if (!isForeign && !CUT_STACK.test(line)) lines.push(line);
    // The last place of a stack opens the braces around the error's fields.
    else if (line.endsWith(" {")) lines.push(`${lines.pop()} {`);
  }
  return lines.join("\n");
}

function isUserCode(place: string): boolean {
  return (
    !RUNTIME_PLACES.some((pattern) => pattern.test(place)) &&
    !LIBRARY_FOLDERS.some((folder) => place.includes(folder))
  );
}
