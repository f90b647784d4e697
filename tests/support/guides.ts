/** The guides in docs/, and the samples of code in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const DOCS = resolve(__dirname, "..", "..", "docs");

/** The pages whose samples run one after another in a tslab kernel, as paths below docs/. */
export const NOTEBOOK_PAGES = [
  "guide/notebooks.md",
  "guide/events.md",
  "guide/scheduling.md",
  "guide/codecs.md",
  "guide/slow-links.md",
  "guide/widgets.md",
  "guide/troubleshooting.md",
  "coming-from/jupyter-rfb.md",
] as const;

/** The pages whose samples are compiled, each chapter as one module. */
export const PROGRAM_PAGES = [
  "guide/web-pages.md",
  "guide/serving.md",
  "guide/security.md",
  "coming-from/pdum-rfb.md",
] as const;

/** A fenced block of TypeScript. */
export interface Sample {
  /** The nearest heading above it. */
  readonly heading: string;
  /** The chapter that it is in: the nearest heading of the second level. */
  readonly chapter: string;
  readonly language: "ts" | "tsx";
  readonly code: string;
  /** Why it isn't tried: what follows `no-run:` in the opening line. Undefined if it is. */
  readonly reason: string | undefined;
  /** Whether it needs node-av: `node-av` in the opening line. */
  readonly needsNodeAv: boolean;
}

/** All guides, as paths below docs/. */
export function guidePages(): string[] {
  return ["guide", "coming-from"].flatMap((folder) =>
    readdirSync(join(DOCS, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`)
      .sort(),
  );
}

/** The text of a page below docs/. */
export function pageText(page: string): string {
  return readFileSync(join(DOCS, page), "utf8");
}

/** The samples of a page, in order, those that aren't tried among them. */
export function samplesOf(page: string): Sample[] {
  const samples: Sample[] = [];
  let [heading, chapter] = ["", ""];
  let block: (Omit<Sample, "code"> & { readonly lines: string[] }) | undefined;
  for (const line of pageText(page).split("\n")) {
    const [, language, info] = /^ *```(tsx?)(?: +(.*))?$/.exec(line) ?? [];
    if (block !== undefined && line.trim() === "```") {
      samples.push({ ...block, code: `${block.lines.join("\n")}\n` });
      block = undefined;
    } else if (block !== undefined) {
      block.lines.push(line);
    } else if (language === "ts" || language === "tsx") {
      const [, reason] = /^no-run: (.+)$/.exec(info ?? "") ?? [];
      const needsNodeAv = info === "node-av";
      block = { heading, chapter, language, reason, needsNodeAv, lines: [] };
    } else {
      const [, level = "", title = ""] = /^(#+) (.*)$/.exec(line) ?? [];
      if (level !== "") heading = title;
      if (level === "##") chapter = title;
    }
  }
  return samples;
}
