import { isRecord } from "./bufferPaths";
import { Output as CoreOutput, type OutputOptions } from "./generated/coreWidgets";
import type { MimeBundle } from "./kernel";
import { SET_TRAIT } from "./widgetHooks";

/**
 * Most text that an Output widget holds, in characters: a thousand lines of 50. Each change sends all of it again, so an endless
 * print would otherwise fill the connection and the memory of every frontend.
 */
export const MAX_OUTPUT_CHARACTERS = 50_000;

/** How much is left after older text had to go, in characters: less than the limit, so that not each print cuts again. */
const KEPT_CHARACTERS = 40_000;

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

  /** Adds a MIME bundle, such as `{"text/html": "<b>hi</b>"}`. */
  append_display_data(data: MimeBundle): void {
    this.#append({ output_type: "display_data", data, metadata: {} });
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
  const half = KEPT_CHARACTERS / 4;
  if (text.length <= 2 * half) return text;
  const dropped = text.length - 2 * half;
  return `${text.slice(0, half)}\n[${dropped} characters dropped]\n${text.slice(-half)}`;
}

function sizeOf(item: OutputItem): number {
  return streamText(item)?.length ?? JSON.stringify(item).length;
}

/** Drops the oldest text when there is too much, and says at the top how much that was in all. */
function limit(outputs: readonly OutputItem[]): readonly OutputItem[] {
  const total = outputs.reduce((sum, item) => sum + sizeOf(item), 0);
  if (total <= MAX_OUTPUT_CHARACTERS) return outputs;
  const { items, dropped: before } = withoutNotice(outputs);
  let excess = items.reduce((sum, item) => sum + sizeOf(item), 0) - KEPT_CHARACTERS;
  let dropped = before;
  const kept: OutputItem[] = [];
  for (const item of items) {
    const text = streamText(item);
    if (excess <= 0) {
      kept.push(item);
    } else if (text !== undefined && text.length > excess) {
      const cut = startOfLine(text, excess);
      dropped += cut;
      excess = 0;
      kept.push({ ...item, text: text.slice(cut) });
    } else {
      dropped += sizeOf(item);
      excess -= sizeOf(item);
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
