/**
 * Builds a JupyterLite for the docs site into docs/.vitepress/lite/: JupyterLab with a JavaScript kernel, our extension and
 * some examples, which runs in the page without a server.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeHostsVenv } from "./environment.mjs";
import { at, hostsPython } from "./paths.mjs";
import { StepError, run, say } from "./run.mjs";
import { copyOnce, fingerprint, forget, once } from "./stamp.mjs";

/** Where the site is built. */
export const liteSite = "docs/.vitepress/lite/";

/** The examples that it has. */
export const liteExamples = ["hello_world", "dashboard", "linked"];

/** What it is built from. */
export const liteWork = "docs/.vitepress/lite-work/";

/** The extensions of .venv-hosts that it has, besides ours. */
const extensions = [
  "@jupyterlite/javascript-kernel-extension",
  "@jupyter-widgets/jupyterlab-manager",
];

/** Says what the site was built from. */
const stamp = "lib/.stamps/lite";

/** What JupyterLite leaves in its site, and no page of it loads. */
const unused = /^(rspack\.config.*|doc)$/;

/**
 * Makes the environment that builds the site, and builds it.
 *
 * @returns {Promise<boolean>} whether there is a site: not without Python
 */
export async function makeLite() {
  try {
    makeHostsVenv();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    say(`building the docs without JupyterLite: ${error.message}`);
    rmSync(at(liteSite), { recursive: true, force: true });
    return false;
  }
  await buildLite();
  return true;
}

/** Builds the site, unless nothing has changed. */
export async function buildLite() {
  // It needs packages, which a fresh clone doesn't have yet.
  const { liteNotebook } = await import("./liteNotebooks.mjs");
  const notebooks = await Promise.all(
    liteExamples.map(async (name) => [`${name}.ipynb`, await liteNotebook(name)]),
  );
  const print = fingerprint(["labextension", "scripts/lib/lite.mjs", "requirements-hosts.txt"], {
    extra: notebooks.flat(),
  });
  if (!existsSync(at(liteSite, "lab/index.html"))) forget(stamp);
  once(stamp, print, () => {
    say(`building ${liteSite}`);
    const files = at(liteWork, "files");
    rmSync(files, { recursive: true, force: true });
    mkdirSync(files, { recursive: true });
    for (const [name = "", text = ""] of notebooks) writeFileSync(join(files, name), text);
    writeFileSync(at(liteWork, "jupyter_lite_config.json"), JSON.stringify(buildConfig()));
    writeFileSync(at(liteWork, "jupyter-lite.json"), JSON.stringify(siteConfig));
    // It remembers in its folder what it has done.
    run(hostsPython, ["-m", "jupyter", "lite", "build"], {
      cwd: at(liteWork),
      hint: "The reason is above",
    });
    for (const name of readdirSync(at(liteSite))) {
      if (unused.test(name)) rmSync(at(liteSite, name), { recursive: true, force: true });
    }
  });
}

/** Puts the site into a folder of the docs site.
 * @param {string} folder relative to the root */
export function copyLite(folder) {
  copyOnce("lib/.stamps/lite-copy", readFileSync(at(stamp), "utf8"), liteSite, folder);
}

/** How `jupyter lite build` builds. */
function buildConfig() {
  const installed = join(hostsPython, "../../share/jupyter/labextensions");
  return {
    LiteBuildConfig: {
      ...{
        output_dir: at(liteSite),
        cache_dir: at(liteWork, "cache"),
        contents: [at(liteWork, "files")],
      },
      ...{ apps: ["lab"], no_sourcemaps: true, no_unused_shared_packages: true },
      // .venv-hosts has extensions that need a server.
      ignore_sys_prefix: ["federated_extensions"],
      federated_extensions: [
        ...extensions.map((name) => join(installed, name)),
        at("labextension"),
      ],
    },
  };
}

/** What the site's pages read. */
const siteConfig = {
  "jupyter-lite-schema-version": 0,
  "jupyter-config-data": {
    appName: "jupyter-rfb-ts",
    defaultKernelName: "javascript-worker",
    // The tests ask the page's application which kernel is connected.
    exposeAppInBrowser: true,
  },
};
