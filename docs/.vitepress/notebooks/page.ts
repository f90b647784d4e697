/** A notebook as a page. */
import type { Notebook } from "./notebook";
import { cellPicture, mainPicture } from "./pictures";
import { findShownCells } from "./shownCell";

/** Lines of printed text that are worth to be read. */
const MAX_LINES = 30;

/** What a reader can't know of a picture whose text says what a click does. */
const STILL = '<p class="live-note">A still picture: run the notebook to use it.</p>';

/** The Markdown of a notebook's page: all its cells, and what it draws at the top. */
export function notebookPage(notebook: Notebook): string {
  const { name, title, cells, isLive } = notebook;
  const [intro, ...rest] = cells;
  const main = mainPicture(notebook);
  const shown = isLive ? findShownCells(cells).map((cell) => cellPicture(notebook, cell)) : [];
  const atTop = [...new Set([main, ...shown])].filter((file) => file !== undefined);
  const stills = atTop.map((file) => picture(file, title)).join("\n\n");
  const top = isLive
    ? `<LiveExample name="${name}">\n\n${stills}\n\n</LiveExample>`
    : stills && `${stills}\n\n${STILL}`;
  const parts = [intro?.source, top, `<NotebookDownload name="${name}" />`];
  for (const [index, cell] of rest.entries()) {
    if (cell.type === "markdown") parts.push(`<div v-pre>\n\n${cell.source}\n\n</div>`);
    else parts.push(fenced("ts", cell.source));
    const own = cellPicture(notebook, index + 1);
    if (own !== undefined && !atTop.includes(own)) parts.push(picture(own, title));
    for (const { kind, content } of cell.outputs) {
      if (kind === "text") parts.push(fenced("", shortened(content)));
    }
  }
  return parts.filter((part) => part !== undefined && part !== "").join("\n\n");
}

function picture(file: string, title: string): string {
  return `![${title}](./pictures/${file})`;
}

function fenced(language: string, text: string): string {
  return `\`\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\``;
}

function shortened(text: string): string {
  const lines = text.trimEnd().split("\n");
  return lines.length <= MAX_LINES ? text : [...lines.slice(0, MAX_LINES), "..."].join("\n");
}
