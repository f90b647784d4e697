/** Links in the repository's files, which are also read outside the site. */
import { posix } from "node:path";
import type { MarkdownRenderer } from "vitepress";

type Token = ReturnType<MarkdownRenderer["parse"]>[number];

/** Pages of docs/ that include a file of the repository's root, where their links start. */
const INCLUDING = /^(?:contributing|changelog)\.md$/;

/** Files of the root that are a page of the site. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ["README.md", "docs/index.md"],
  ["CONTRIBUTING.md", "docs/contributing.md"],
  ["CHANGELOG.md", "docs/changelog.md"],
]);

/**
 * Lets a link to another file of the repository lead to its page. One to a file that has no page,
 * such as "../src/protocol/events.ts", stays as text: a site has no sources, and no fixed address
 * has them.
 */
export function repositoryLinks(md: MarkdownRenderer): void {
  md.core.ruler.push("repository-links", ({ tokens, env }) => {
    const { relativePath: page = "" } = env as { relativePath?: string };
    for (const { children } of tokens) if (children !== null) replaceLinks(children, page);
  });
}

function replaceLinks(tokens: Token[], page: string): void {
  let isRemoving = false;
  for (const token of tokens) {
    if (token.type === "link_open") {
      const href = siteLink(token.attrGet("href") ?? "", page);
      isRemoving = href === undefined;
      if (href !== undefined) token.attrSet("href", href);
    }
    if (isRemoving && /^link_(?:open|close)$/.test(token.type)) {
      isRemoving = token.type === "link_open";
      Object.assign(token, { type: "text", tag: "", content: "" });
    }
  }
}

/**
 * Returns where a page's link leads on the site, relative to the page; undefined if it leaves the
 * site.
 */
function siteLink(href: string, page: string): string | undefined {
  // Other hosts, this page, and absolute paths, which VitePress checks.
  if (/^(?:[a-z]+:|#|\/)/i.test(href)) return href;
  const [, path = "", anchor = ""] = /^([^#]*)(.*)$/.exec(href) ?? [];
  const source = INCLUDING.test(page) ? "." : posix.dirname(posix.join("docs", page));
  const wanted = posix.join(source, path);
  const found = PAGES.get(wanted) ?? wanted;
  if (!found.startsWith("docs/")) return undefined;
  const relative = posix.relative(posix.dirname(posix.join("docs", page)), found);
  // relative() drops the slash that makes a folder's index.
  return `./${relative}${/\/$/.test(path) && relative !== "" ? "/" : ""}${anchor}`;
}
