/** Braces are text in our pages: their code and types have many. */
import type { MarkdownRenderer } from "vitepress";

const OPENING = "&#123;&#123;";

/** Keeps Vue from evaluating `{{ }}` in text and inline code. In HTML it still does. */
export function literalBraces(md: MarkdownRenderer): void {
  for (const name of ["text", "code_inline"] as const) {
    const render = md.renderer.rules[name];
    if (render === undefined) throw new Error(`Cannot find markdown-it's rule ${name}`);
    md.renderer.rules[name] = (...args) => render(...args).replaceAll("{{", OPENING);
  }
}
