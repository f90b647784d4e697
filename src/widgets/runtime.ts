/**
 * What widgets need of a JavaScript runtime beyond the language itself. This folder compiles with
 * the types of neither Node nor the DOM, so that widgets run in both.
 */
import { toBase64 } from "../protocol/base64";

import type { Disposable } from "../protocol/transport";

/** What widgets ask of the runtime that they run in. */
export interface WidgetRuntime {
  /** Returns a new random id, such as a UUID. */
  createId(): string;
  /** Describes what was thrown, for the user whose code threw it: message, stack and causes. */
  describeError(error: unknown): string;
  /** Formats any value as text, as console.log() prints it. */
  formatValue(value: unknown): string;
  /** Logs an error that no widget can show. `line` has no line break at its end. */
  logError(line: string): void;
  /** Seconds since an arbitrary moment. Never goes back. */
  monotonic(): number;
  /** Calls back after this many seconds. Disposing cancels it. */
  delay(seconds: number, callback: () => void): Disposable;
  /** Calls back after the events that are waiting now: messages, timers. */
  afterEvents(callback: () => void): void;
  /** Returns an environment variable, or undefined if it isn't set or the runtime has none. */
  environmentVariable(name: string): string | undefined;
  /** Encodes bytes as base64, without line breaks. */
  toBase64(bytes: Uint8Array): string;
  /** Returns whether two byte arrays have the same length and content. */
  equalBytes(a: Uint8Array, b: Uint8Array): boolean;
  /**
   * Reads a file.
   *
   * @param path - its path, or a file: URL
   * @throws Error when it can't be read, or the runtime has no files.
   */
  readFile(path: string): Uint8Array;
  /**
   * Calls back whenever a file may have changed, until disposed. Never, if the runtime has no
   * files.
   */
  watchFile(path: string, onChange: () => void): Disposable;
}

// Node (20 or later) and browsers both have these globals. A browser has randomUUID() on secure
// pages only.
declare const crypto: { randomUUID(): string };
declare const performance: { now(): number };
declare const setTimeout: (callback: () => void, milliseconds: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;
declare const console: { error(line: string): void };

/** Most causes that are described with an error. The limit ends an error that is its own cause. */
const MAX_CAUSES = 8;

/** A runtime that uses only what Node and browsers have in common. */
export const portableRuntime: WidgetRuntime = {
  createId: () => crypto.randomUUID(),
  describeError: (error) => describePortably(error, MAX_CAUSES),
  formatValue: (value) => (typeof value === "string" ? value : describeOther(value)),
  logError: (line) => console.error(line),
  monotonic: () => performance.now() / 1000,
  delay: (seconds, callback) => {
    const timer = setTimeout(callback, seconds * 1000);
    return { dispose: () => clearTimeout(timer) };
  },
  afterEvents: (callback) => void setTimeout(callback, 0),
  environmentVariable: () => undefined,
  toBase64,
  equalBytes: (a, b) => a.length === b.length && a.every((byte, index) => byte === b[index]),
  readFile: (path) => {
    const what = JSON.stringify(path);
    throw new Error(`Cannot read ${what}: there are no files here; fetch it, and set its bytes`);
  },
  watchFile: () => ({ dispose: () => undefined }),
};

let current = portableRuntime;

/** Makes a runtime the one that widgets use. The default is {@link portableRuntime}. */
export function installWidgetRuntime(runtime: WidgetRuntime): void {
  current = runtime;
}

/** The runtime that widgets use. */
export function widgetRuntime(): WidgetRuntime {
  return current;
}

function describePortably(error: unknown, maxCauses: number): string {
  if (!(error instanceof Error)) return describeOther(error);
  const { stack = "", cause } = error;
  const title = String(error);
  // V8's stacks begin with name and message. Those of Firefox and Safari have neither.
  const text = stack.startsWith(title) ? stack : `${title}\n${stack}`.trimEnd();
  if (cause === undefined || maxCauses === 0) return text;
  return `${text}\n[cause]: ${describePortably(cause, maxCauses - 1)}`;
}

function describeOther(value: unknown): string {
  try {
    // undefined and functions have no JSON.
    return String(JSON.stringify(value) ?? value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
