/** Serves pages of tests: texts, and files of packages. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../../scripts/lib/paths.mjs";
import { bundlePage } from "../../support/bundlePage";
import { listen, type ListeningServer } from "../../support/listen";

/** What is served at each path: a page or a script. */
export type Served = Readonly<Record<string, { readonly html: string } | { readonly js: string }>>;

/** A server of pages. */
export interface PageServer extends ListeningServer {
  /** The paths that were asked for and aren't there. */
  readonly missing: readonly string[];
}

/** Starts a server on a free port of 127.0.0.1. What isn't named is 404. */
export async function servePages(served: Served): Promise<PageServer> {
  const missing: string[] = [];
  const server = await listen((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const found = served[path];
    if (found === undefined) {
      missing.push(path);
      response.writeHead(404).end();
      return;
    }
    const isPage = "html" in found;
    response.setHeader("Content-Type", isPage ? "text/html; charset=utf-8" : "text/javascript");
    response.end(isPage ? found.html : found.js);
  });
  return { ...server, missing };
}

/** A file of an installed package, of development too. */
export function packageFile(name: string, path: string): string {
  const require = createRequire(join(root, "package.json"));
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return readFileSync(join(folder, name, path), "utf8");
    } catch {
      // It may be in the next folder.
    }
  }
  throw new Error(`Cannot find ${path} of ${name}: run npm install`);
}

/** Bundles a script of tests/hosts/pages for a page. */
export function pageScript(name: string): Promise<string> {
  const define = { "process.env": "{}", global: "globalThis" };
  return bundlePage(join(import.meta.dirname, "..", "pages", name), define);
}
