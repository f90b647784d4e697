/** The built site as files: its pages, and what they link to. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";

/** Where `npm run docs` puts the site. */
export const SITE = join(import.meta.dirname, "../../docs/.vitepress/dist");

/** A page of the site. */
export interface BuiltPage {
  /** Its path from the site's root, such as "/guide/events.html". */
  readonly path: string;
  readonly title: string;
  /** What it links to on this site, and its pictures, as absolute paths with their anchors. */
  readonly targets: readonly string[];
  readonly ids: ReadonlySet<string>;
}

/** The site's JupyterLite, whose pages are a program and not of this project. */
export const LITE = "lite/lab/index.html";

/** All pages, except for that of a wrong address, and those of JupyterLite. */
export function readPages(): BuiltPage[] {
  if (!existsSync(SITE))
    throw new Error("Cannot find docs/.vitepress/dist: npm run docs builds it");
  return readdirSync(SITE, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".html") && file !== "404.html" && !/^lite[\\/]/.test(file))
    .map((file) => readPage(`/${file.split(sep).join("/")}`))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

function readPage(path: string): BuiltPage {
  const html = readFileSync(join(SITE, path), "utf8");
  const attributes = (name: string): string[] =>
    [...html.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))].map(([, value = ""]) =>
      decode(value),
    );
  const links = [...attributes("href"), ...attributes("src")].filter(
    (link) => !/^(?:[a-z]+:|\/\/)/i.test(link),
  );
  return {
    path,
    title: decode(/<title>([^<]*)<\/title>/.exec(html)?.[1] ?? ""),
    targets: links.map((link) =>
      link.startsWith("#") ? path + link : posix.resolve(posix.dirname(path), link),
    ),
    ids: new Set(attributes("id")),
  };
}

/** The targets that lead nowhere, each with a page that has it. */
export function deadLinks(pages: readonly BuiltPage[]): string[] {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  const isDead = (target: string): boolean => {
    const [address = "", anchor] = target.split("#");
    const [path = ""] = address.split("?");
    const file = existsSync(join(SITE, path, "index.html")) ? posix.join(path, "index.html") : path;
    if (!existsSync(join(SITE, file))) return true;
    if (anchor === undefined || anchor === "") return false;
    return byPath.get(file)?.ids.has(decodeURIComponent(anchor)) !== true;
  };
  const found = new Map<string, string>();
  for (const { path, targets } of pages) {
    for (const target of targets) {
      if (!found.has(target) && isDead(target)) found.set(target, `${path} -> ${target}`);
    }
  }
  return [...found.values()];
}

function decode(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
