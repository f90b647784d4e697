/**
 * The items of an Output widget: printed text, errors and displayed data, and how much of them it
 * keeps.
 */
import { isRecord } from "./bufferPaths";
import { WIDGET_VIEW } from "./widgetHooks";

/**
 * Largest amount of text in an Output widget, in characters: a thousand lines of 50. Each change
 * sends the whole text again, so an endless loop of prints would otherwise fill the connection and
 * the memory of every frontend.
 */
export const MAX_OUTPUT_CHARACTERS = 50_000;

/**
 * Largest amount of displayed data in an Output widget, in characters of JSON: two or three large
 * pictures, or many small ones. As with text, each change sends all of it again. The newest item
 * stays whatever its size.
 */
export const MAX_OUTPUT_DATA_CHARACTERS = 10_000_000;

/**
 * How far dropping goes, as a share of the limit. It is below 1 so that not every print has to drop
 * something.
 */
const KEPT_SHARE = 0.8;

/** Longest part of an error, in characters, so that several errors fit. */
const MAX_ERROR_CHARACTERS = 20_000;

/** The line that replaces dropped output. */
const NOTICE = /^\[(\d+) earlier characters dropped\]\n/;

/** One of the things that an Output shows, in nbformat. */
export type OutputItem = Readonly<Record<string, unknown>>;

/** Replaces the last such line of a text; undefined if there is none. */
export function replaceLine(text: string, old: string, line: string): string | undefined {
  // The line break before it is found as well, so that the line isn't the end of another one.
  const start = `\n${text}`.lastIndexOf(`\n${old}\n`);
  if (start < 0) return undefined;
  return `${text.slice(0, start)}${line}${text.slice(start + old.length)}`;
}

/** The text of printed text; undefined for anything else. */
export function streamText(item: OutputItem | undefined): string | undefined {
  const text = item?.["output_type"] === "stream" ? item["text"] : undefined;
  return typeof text === "string" ? text : undefined;
}

/** The beginning and the end of the text of an error. */
export function shorten(text: string): string {
  const half = MAX_ERROR_CHARACTERS / 2;
  if (text.length <= 2 * half) return text;
  const dropped = text.length - 2 * half;
  return `${text.slice(0, half)}\n[${dropped} characters dropped]\n${text.slice(-half)}`;
}

/**
 * Approximate size in characters. Text, such as a picture's base64, isn't converted to JSON just to
 * measure it.
 */
function sizeOf(item: OutputItem): number {
  const text = streamText(item);
  if (text !== undefined) return text.length;
  const { data } = item;
  return Object.values(isData(item) && isRecord(data) ? data : item)
    .map((part) => (typeof part === "string" ? part : String(JSON.stringify(part))).length)
    .reduce((sum, length) => sum + length, 0);
}

function isData(item: OutputItem): boolean {
  return item["output_type"] === "display_data";
}

/** See sizeOf. */
export function totalSize(items: readonly OutputItem[]): number {
  return items.reduce((sum, item) => sum + sizeOf(item), 0);
}

/** Number of characters to drop; 0 if the items are within the limit. */
function excessOf(items: readonly OutputItem[], limit: number): number {
  const total = totalSize(items);
  return total <= limit ? 0 : total - KEPT_SHARE * limit;
}

/**
 * Drops the oldest text, or data, beyond the limits. The first line then says how much was dropped
 * so far.
 */
export function limit(outputs: readonly OutputItem[]): readonly OutputItem[] {
  const isText = (item: OutputItem): boolean => !isData(item);
  let excessText = excessOf(outputs.filter(isText), MAX_OUTPUT_CHARACTERS);
  let excessData = excessOf(outputs.filter(isData), MAX_OUTPUT_DATA_CHARACTERS);
  if (excessText === 0 && excessData === 0) return outputs;
  const { items, dropped: before } = withoutNotice(outputs);
  const newestData = items.filter(isData).at(-1);
  let dropped = before;
  const kept: OutputItem[] = [];
  for (const item of items) {
    const text = streamText(item);
    if (isData(item)) {
      if (excessData <= 0 || item === newestData) {
        kept.push(item);
      } else {
        dropped += sizeOf(item);
        excessData -= sizeOf(item);
      }
    } else if (excessText <= 0) {
      kept.push(item);
    } else if (text !== undefined && text.length > excessText) {
      const cut = startOfLine(text, excessText);
      dropped += cut;
      excessText = 0;
      kept.push({ ...item, text: text.slice(cut) });
    } else {
      dropped += sizeOf(item);
      excessText -= sizeOf(item);
    }
  }
  const text = `[${dropped} earlier characters dropped]\n`;
  const first = kept[0];
  const firstText = streamText(first);
  if (first?.["name"] === "stdout" && firstText !== undefined) {
    return [{ ...first, text: text + firstText }, ...kept.slice(1)];
  }
  return [{ output_type: "stream", name: "stdout", text }, ...kept];
}

/**
 * The start of the first line at or after an offset, or the offset if no line starts within 1000
 * characters.
 */
function startOfLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset - 1);
  const start = end < 0 ? offset : end + 1;
  return start - offset > 1000 || start === text.length ? offset : start;
}

function withoutNotice(outputs: readonly OutputItem[]): { items: OutputItem[]; dropped: number } {
  const [first, ...rest] = outputs;
  const text = streamText(first);
  const notice = text === undefined ? null : NOTICE.exec(text);
  if (!isRecord(first) || text === undefined || notice === null) {
    return { items: [...outputs], dropped: 0 };
  }
  const left = text.slice(notice[0].length);
  return {
    items: left === "" ? rest : [{ ...first, text: left }, ...rest],
    dropped: Number(notice[1]),
  };
}

/** The model ids of the widgets that items show. */
export function shownWidgets(items: readonly OutputItem[]): ReadonlySet<string> {
  return new Set(items.flatMap(({ data }) => shownWidget(data) ?? []));
}

/** The model id of the widget that a bundle shows, if it shows one. */
export function shownWidget(data: unknown): string | undefined {
  const view = isRecord(data) ? data[WIDGET_VIEW] : undefined;
  const id = isRecord(view) ? view["model_id"] : undefined;
  return typeof id === "string" ? id : undefined;
}
