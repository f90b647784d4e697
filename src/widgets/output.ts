import type { Disposable } from "../protocol/transport";
import { isRecord } from "./bufferPaths";
import { Output as CoreOutput, type OutputOptions } from "./generated/coreWidgets";
import { DETAILS, encodeBundle, type MimeBundle } from "./kernel";
import { widgetRuntime } from "./runtime";
import { SendBudget } from "./sendBudget";
import { ON_CLOSE, REPLACE_LINE, SET_TRAIT } from "./widgetHooks";

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

type OutputItem = Readonly<Record<string, unknown>>;

/** A widget that shows printed text, errors and displayed data. */
export class Output extends CoreOutput {
  readonly #budget = new SendBudget(() => widgetRuntime().monotonic());
  /** Sends what the budget holds back. */
  #waiting: Disposable | undefined;

  constructor(options?: OutputOptions) {
    super(options);
  }

  /** Appends text to the standard output. */
  append_stdout(text: string): void {
    this.#appendText("stdout", text);
  }

  /** Appends text to the standard error. */
  append_stderr(text: string): void {
    this.#appendText("stderr", text);
  }

  /** Appends an error with its stack, as a notebook shows it. Accepts any thrown value. */
  append_error(error: unknown): void {
    const isError = error instanceof Error;
    const ename = isError ? error.name : "Error";
    const evalue = isError ? error.message : String(error);
    const stack = (isError ? error.stack : undefined) ?? `${ename}: ${evalue}`;
    this.#append({
      output_type: "error",
      ename: shorten(ename),
      evalue: shorten(evalue),
      traceback: shorten(stack).split("\n"),
    });
  }

  /** Appends a MIME bundle, such as `{"text/html": "<b>hi</b>"}` or `{"image/png": bytes}`. */
  append_display_data(data: MimeBundle): void {
    const metadata = data[DETAILS]?.metadata ?? {};
    this.#append({ output_type: "display_data", data: encodeBundle(data), metadata });
  }

  /** Removes everything that is shown. */
  clear_output(): void {
    this.#set([]);
  }

  /**
   * Replaces a line of the standard error by another one where it stands. Appends the new line if
   * there is no old one, or it is gone.
   */
  [REPLACE_LINE](old: string | undefined, line: string): void {
    const outputs = [...this.outputs];
    for (let index = outputs.length - 1; index >= 0 && old !== undefined; index -= 1) {
      const item = outputs[index];
      const text = item?.["name"] === "stderr" ? streamText(item) : undefined;
      const replaced = text === undefined ? undefined : replaceLine(text, old, line);
      if (replaced === undefined) continue;
      outputs[index] = { ...item, text: replaced };
      this.#set(outputs);
      return;
    }
    this.append_stderr(`${line}\n`);
  }

  override [ON_CLOSE](): void {
    super[ON_CLOSE]();
    this.#waiting?.dispose();
  }

  #appendText(name: "stdout" | "stderr", text: string): void {
    if (text !== "") this.#append({ output_type: "stream", name, text });
  }

  #append(item: OutputItem): void {
    const outputs = [...this.outputs];
    const last = outputs.at(-1);
    const text = streamText(last);
    if (
      last !== undefined &&
      text !== undefined &&
      item["output_type"] === "stream" &&
      last["name"] === item["name"]
    ) {
      outputs[outputs.length - 1] = { ...last, text: `${text}${String(item["text"])}` };
    } else {
      outputs.push(item);
    }
    this.#set(outputs);
  }

  /** All prints of one job are sent as one change. Endless ones are sent a few times a second. */
  #set(outputs: readonly OutputItem[]): void {
    this[SET_TRAIT]("outputs", limit(outputs), { later: (send) => this.#sendInBudget(send) });
  }

  #sendInBudget(send: () => void): void {
    const { wait } = this.#budget;
    if (wait > 0) {
      this.#waiting = widgetRuntime().delay(wait, () => this.#sendInBudget(send));
      return;
    }
    this.#budget.spend(totalSize(this.outputs));
    send();
  }
}

/** Replaces the last such line of a text; undefined if there is none. */
function replaceLine(text: string, old: string, line: string): string | undefined {
  // The line break before it is found as well, so that the line isn't the end of another one.
  const start = `\n${text}`.lastIndexOf(`\n${old}\n`);
  if (start < 0) return undefined;
  return `${text.slice(0, start)}${line}${text.slice(start + old.length)}`;
}

function streamText(item: OutputItem | undefined): string | undefined {
  const text = item?.["output_type"] === "stream" ? item["text"] : undefined;
  return typeof text === "string" ? text : undefined;
}

function shorten(text: string): string {
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

function totalSize(items: readonly OutputItem[]): number {
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
function limit(outputs: readonly OutputItem[]): readonly OutputItem[] {
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
