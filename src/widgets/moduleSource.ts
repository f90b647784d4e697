/** The module and the style of an anywidget: given as text, or by the path or URL of a file. */
import * as checks from "../protocol/checks";
import { widgetRuntime } from "./runtime";

// Every runtime has this global.
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };

/** A static field that is a source. */
export type StaticName = "_esm" | "_css";

/**
 * Code or a style: the text itself, the path of a file, or a URL, also as a URL object. A text on
 * one line that ends like the name of a file is a path. Pages load http and https URLs themselves.
 */
export type ModuleSource = string | ModuleAddress;

/** What is used of a URL object. */
export interface ModuleAddress {
  /** The whole address. */
  readonly href: string;
}

/** What a {@link ModuleSource} names. */
export interface LoadedSource {
  /** The text, or the URL from which the page loads it. */
  readonly text: string;
  /** The file that the text is from, as a path or a file: URL. */
  readonly file: string | undefined;
}

/**
 * Reads a source.
 *
 * @param name - of the class and its static field, for errors
 * @throws TypeError when it is neither a text nor a URL; Error when the file can't be read
 */
export function loadSource(source: unknown, name: string): LoadedSource {
  const text = textOf(source, name);
  if (/^https?:\/\//.test(text)) return { text, file: undefined };
  return isFile(text) ? { text: readText(text), file: text } : { text, file: undefined };
}

/** Reads the text of a file. @throws Error when it can't be read */
export function readText(file: string): string {
  return new TextDecoder().decode(widgetRuntime().readFile(file));
}

/** Says why no page can use a module: it exports nothing. */
export function moduleProblem({ text, file }: LoadedSource): string | undefined {
  if (/^https?:\/\//.test(text) || /\bexport\b/.test(text)) return undefined;
  const where = file === undefined ? "code" : `${JSON.stringify(file)},`;
  return `expected an ES module such as "export default { render }", got ${where} without an export`;
}

function textOf(source: unknown, name: string): string {
  if (typeof source === "string") return source;
  const { href } = (source ?? {}) as { readonly href?: unknown };
  if (typeof href === "string") return href;
  const expected = "the text, the path or the URL of a module or style";
  throw new TypeError(checks.mismatch(name, { expected }, source));
}

function isFile(text: string): boolean {
  return text.startsWith("file:") || /^[^\r\n]*\w\.\w+$/.test(text);
}
