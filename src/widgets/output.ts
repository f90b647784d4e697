import { isRecord } from "./bufferPaths";
import { Output as CoreOutput, type OutputOptions } from "./generated/coreWidgets";
import { encodeBundle, type MimeBundle } from "./kernel";
import { SET_TRAIT } from "./widgetHooks";

/**
 * Most text that an Output widget holds, in characters: a thousand lines of 50. Each change sends all of it again, so an endless
 * print would otherwise fill the connection and the memory of every frontend.
 */
export const MAX_OUTPUT_CHARACTERS = 50_000;

/**
 * Most displayed data that an Output widget holds, in characters of JSON: two or three large pictures, or many small ones. It is
 * sent again with each change, as text is. The newest is kept whatever its size.
 */
export const MAX_OUTPUT_DATA_CHARACTERS = 10_000_000;

/** How much of a limit is left after older output had to go: less than all, so that not each print cuts again. */
const KEPT_SHARE = 0.8;

/** Longest part of an error, in characters, so that some fit in. */
const MAX_ERROR_CHARACTERS = 20_000;

/** Says how much went, in place of it. */
const NOTICE = /^\[(\d+) earlier characters dropped\]\n/;

type OutputItem = Readonly<Record<string, unknown>>;

/** An area that shows printed text, errors and displayed data, wherever it is displayed. */
export class Output extends CoreOutput {
  constructor(options?: OutputOptions) {
    super(options);
  }

  /** Adds text to the standard output shown here. */
  append_stdout(text: string): void {
    this.#appendText("stdout", text);
  }

  /** Adds text to the standard error shown here. */
  append_stderr(text: string): void {
    this.#appendText("stderr", text);
  }

  /** Adds an error with its stack, as a notebook shows one. Anything that was thrown will do. */
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

  /** Adds a MIME bundle, such as `{"text/html": "<b>hi</b>"}`, or `{"image/png": bytes}`. */
  append_display_data(data: MimeBundle): void {
    this.#append({ output_type: "display_data", data: encodeBundle(data), metadata: {} });
  }

  /** Removes all that is shown here. */
  clear_output(): void {
    this[SET_TRAIT]("outputs", [], { later: true });
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
    // Many prints in one job are sent as one change.
    this[SET_TRAIT]("outputs", limit(outputs), { later: true });
  }
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

/** In characters, near enough. What is text already, such as a picture's base64, is not written as JSON for that. */
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

/** How many characters have to go; 0 within the limit. */
function excessOf(items: readonly OutputItem[], limit: number): number {
  const total = totalSize(items);
  return total <= limit ? 0 : total - KEPT_SHARE * limit;
}

/** Drops the oldest text, or data, when there is too much of it, and says at the top how much that was in all. */
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

/** The start of the first line at or after an offset, or the offset itself when no line starts soon. */
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
