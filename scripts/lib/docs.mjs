/** Builds the docs site, or serves it while it is written. */
import { existsSync } from "node:fs";
import { copyLite, liteSite, liteWork, makeLite } from "./lite.mjs";
import { at } from "./paths.mjs";
import { runInForeground, runNode, say } from "./run.mjs";
import { fingerprint, forget, once } from "./stamp.mjs";

const vitepress = "node_modules/vitepress/bin/vitepress.js";
const site = "docs/.vitepress/dist/";
const reference = "docs/reference/";

/** @param {string} path */
const isBuilt = (path) =>
  [
    ...[site, reference, liteSite, liteWork],
    ...["docs/.vitepress/cache/", "docs/gallery/pictures/"],
  ].some((folder) => path.startsWith(folder));

/** Writes docs/reference/ from the comments in the built declarations, and checks them. */
export function buildReference() {
  const print = fingerprint([
    ...["src", "scripts/generateCoreWidgets.mjs", "scripts/lib/referencePlugin.mjs"],
    ...["typedoc.json", "docs/tsconfig.typedoc.json", "package-lock.json"],
  ]);
  if (!existsSync(at(reference, "typedoc-sidebar.json"))) forget("lib/.stamps/reference");
  once("lib/.stamps/reference", print, () => {
    say("writing docs/reference/");
    runNode("node_modules/typedoc/bin/typedoc", ["--logLevel", "Warn"], {
      hint: "Every export needs a TSDoc comment, and each {@link} a target that is exported: see above",
    });
  });
}

/** Builds the site in docs/.vitepress/dist/. DOCS_BASE is the path at which a server will have it. */
export async function buildDocs() {
  buildReference();
  const hasLite = await makeLite();
  const print = fingerprint(
    [
      ...["docs", "examples", "src", "style", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"],
      ...["typedoc.json", "scripts/lib/referencePlugin.mjs", "package-lock.json"],
    ],
    { skip: isBuilt, extra: [process.env["DOCS_BASE"] ?? "", String(hasLite)] },
  );
  if (!existsSync(at(site, "index.html"))) forget("lib/.stamps/docs");
  once("lib/.stamps/docs", print, () => {
    say("building docs/.vitepress/dist/");
    runNode(vitepress, ["build", "docs"], {
      hint: "The page and the line are above",
      env: { DOCS_HAVE_LITE: hasLite ? "1" : "" },
    });
  });
  // VitePress empties the folder that it builds.
  if (hasLite) copyLite(`${site}lite/`);
}

/** Serves the site, and shows what changes in docs/ and examples/ at once.
 * @param {readonly string[]} args passed to vitepress */
export function serveDocs(args) {
  buildReference();
  return runInForeground(process.execPath, [at(vitepress), "dev", "docs", ...args], {});
}
