/** Tables on a narrow screen, where a row's cells lie one below the other. */
import type { MarkdownRenderer } from "vitepress";

/**
 * Gives each cell the heading of its column as `data-label`. The first cell names the row, so it
 * needs none; neither does the other one of a table with two columns.
 */
export function tableLabels(md: MarkdownRenderer): void {
  md.core.ruler.push("table-labels", ({ tokens }) => {
    let headings: string[] = [];
    let column = 0;
    for (const [index, token] of tokens.entries()) {
      if (token.type === "table_open") headings = [];
      else if (token.type === "tr_open") column = 0;
      else if (token.type === "th_open") {
        const children = tokens[index + 1]?.children ?? [];
        headings.push(children.map(({ content }) => content).join(""));
      } else if (token.type === "td_open") {
        const label = headings[column] ?? "";
        if (column > 0 && headings.length > 2 && label !== "") token.attrSet("data-label", label);
        column++;
      }
    }
  });
}
