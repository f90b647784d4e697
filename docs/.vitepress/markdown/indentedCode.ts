/** Indented code: in the repository's files, diagrams and trees of folders. */
import type { MarkdownRenderer } from "vitepress";

/** Gives indented code the frame and the scrolling of fenced code. */
export function indentedCode(md: MarkdownRenderer): void {
  md.renderer.rules.code_block = (...args) => {
    const { fence } = md.renderer.rules;
    if (fence === undefined) throw new Error("Cannot find markdown-it's rule fence");
    return fence(...args);
  };
}
