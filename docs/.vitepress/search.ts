/** What the search finds. */
import type { MarkdownEnv } from "vitepress";

/**
 * Renders a page for the index of the search. Of a page of the reference that is its title, its
 * first paragraphs and the names of its members: their texts would make the index ten times as
 * large as that of all other pages.
 */
export function renderForSearch(
  source: string,
  env: MarkdownEnv,
  md: { render(source: string, env: MarkdownEnv): string },
): string {
  const html = md.render(source, env);
  if (!env.relativePath.startsWith("reference/")) return html;
  const [introduction = ""] = source.split(/^## /m);
  const members = source.match(/^### .*$/gm) ?? [];
  return md.render([introduction, ...members].join("\n\n"), env);
}
