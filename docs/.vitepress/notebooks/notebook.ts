/** Reads the example notebooks. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the notebooks lie. */
export const EXAMPLES = fileURLToPath(new URL("../../../examples", import.meta.url));

/** The name of the ten lines as a module: not README.md, which other plugins take for a page. */
export const TEN_LINES_FILE = "virtual:ten-lines";

/** The file that shows the ten lines. */
export const README = fileURLToPath(new URL("../../../README.md", import.meta.url));

/** What a cell shows: a picture, or printed text. */
export interface CellOutput {
  readonly kind: "picture" | "text" | "other";
  /** A PNG in base64, or the text. */
  readonly content: string;
}

/** A cell of a notebook. */
export interface Cell {
  readonly type: "markdown" | "code";
  readonly source: string;
  readonly outputs: readonly CellOutput[];
}

/** An example. */
export interface Notebook {
  /** The file's name without its end. */
  readonly name: string;
  readonly file: string;
  readonly title: string;
  /** The first sentence below the title that doesn't say what to install, in Markdown. */
  readonly summary: string;
  readonly cells: readonly Cell[];
  /** Whether its author says that it also runs in a page. */
  readonly isLive: boolean;
}

type Text = string | readonly string[];

interface NotebookFile {
  readonly metadata: { readonly "jupyter-rfb-ts"?: { readonly live?: boolean } };
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: Text;
    readonly outputs?: readonly {
      readonly output_type: string;
      readonly text?: Text;
      readonly data?: Readonly<Record<string, Text>>;
    }[];
  }[];
}

const joined = (text: Text = ""): string => (typeof text === "string" ? text : text.join(""));

/** The example notebooks: first those that run in the page, each by title. */
export function readNotebooks(): Notebook[] {
  const order = ({ name, isLive, title }: Notebook): string =>
    `${name === "hello_world" ? 0 : isLive ? 1 : 2} ${title}`;
  return readdirSync(EXAMPLES)
    .filter((file) => file.endsWith(".ipynb"))
    .map((file) => readNotebook(join(EXAMPLES, file)))
    .sort((one, other) => order(one).localeCompare(order(other), "en"));
}

/** The start of a sentence or paragraph that says what to install. */
const INSTALL = /^`npm install /;

/** The sentences of a text in Markdown. A paragraph's last one may have no full stop. */
function sentences(markdown: string): string[] {
  const paragraphs = markdown.trim().split(/\n\s*\n/);
  // Code may have a colon or a full stop.
  return paragraphs.flatMap((paragraph) =>
    Array.from(
      paragraph.matchAll(/(?=\S)(?:`[^`]*`|[^`])+?(?:[.!?:](?=\s|$)|$)/g),
      ([text]) => text,
    ),
  );
}

/** @throws Error when the file isn't a notebook with a title */
export function readNotebook(file: string): Notebook {
  const { cells: read, metadata } = JSON.parse(readFileSync(file, "utf8")) as NotebookFile;
  const cells = read.flatMap(({ cell_type: type, source, outputs = [] }): Cell[] => {
    if (type !== "markdown" && type !== "code") return [];
    return [{ type, source: joined(source), outputs: outputs.map(cellOutput) }];
  });
  const intro = cells[0]?.type === "markdown" ? cells[0].source : "";
  const title = /^# (.+)$/m.exec(intro)?.[1];
  if (title === undefined) throw new Error(`${file}: expected a first cell with a "# title"`);
  const summary = sentences(intro.replace(/^# .+$/m, "")).find((text) => !INSTALL.test(text)) ?? "";
  return {
    name: basename(file, ".ipynb"),
    file,
    title,
    summary: summary.replace(/\s+/g, " ").replace(/:$/, "."),
    cells,
    isLive: metadata["jupyter-rfb-ts"]?.live === true,
  };
}

/** The ten lines of README.md, as a notebook of one cell. */
export function readTenLines(): Notebook {
  const readme = readFileSync(README, "utf8");
  const source = /^```ts\n(.*?)^```$/ms.exec(readme)?.[1];
  if (source === undefined) throw new Error(`${README}: expected a block of TypeScript`);
  const cells: Cell[] = [{ type: "code", source, outputs: [] }];
  return { name: "ten_lines", file: TEN_LINES_FILE, title: "", summary: "", cells, isLive: true };
}

type FileOutput = NonNullable<NotebookFile["cells"][number]["outputs"]>[number];

function cellOutput({ output_type: type, text, data = {} }: FileOutput): CellOutput {
  if (type === "stream") return { kind: "text", content: joined(text) };
  const picture = data["image/png"];
  if (picture !== undefined) return { kind: "picture", content: joined(picture).trim() };
  return { kind: "other", content: joined(data["text/plain"]) };
}
