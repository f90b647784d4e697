/** Serves pages of tests: texts, and files of packages. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { build, type Rollup } from "vite";
import { root } from "../../../scripts/lib/paths.mjs";

/** What is served at each path: a page or a script. */
export type Served = Readonly<Record<string, { readonly html: string } | { readonly js: string }>>;

/** A server of pages. */
export interface PageServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** The paths that were asked for and aren't there. */
  readonly missing: readonly string[];
  stop(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. What isn't named is 404. */
export async function servePages(served: Served): Promise<PageServer> {
  const missing: string[] = [];
  const server = createServer((request, response) => {
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
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    missing,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
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
export async function pageScript(name: string): Promise<string> {
  const result = await build({
    root: dirname(import.meta.dirname),
    configFile: false,
    logLevel: "error",
    define: { "process.env": "{}", global: "globalThis" },
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: {
        entry: join(import.meta.dirname, "..", "pages", name),
        ...{ formats: ["iife"], name: "page" },
      },
    },
  });
  const [output] = (Array.isArray(result) ? result : [result]) as Rollup.RollupOutput[];
  const [chunk] = output?.output ?? [];
  if (chunk === undefined) throw new Error(`Cannot bundle ${name}: no output`);
  return chunk.code;
}
