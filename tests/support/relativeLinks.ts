/**
 * The files, relative to its own folder, that a Markdown page links to or shows. Links in code are
 * text, and what begins with "/" is a path of a site.
 */
export function relativeLinks(page: string): string[] {
  const prose = page.replace(/^ *(```+|~~~+)[^]*?^ *\1 *$/gm, "").replace(/`[^`\n]*`/g, "code");
  const inline = prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+["'][^)]*)?\)/g);
  const defined = prose.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm);
  const html = prose.matchAll(/\b(?:href|src|srcset|poster)="([^"\s]+)/g);
  return [...inline, ...defined, ...html]
    .map(([, target = ""]) => decodeURI(target.replace(/[?#].*$/, "")))
    .filter((target) => target !== "" && !/^([a-z][a-z\d+.-]*:|\/)/i.test(target));
}
