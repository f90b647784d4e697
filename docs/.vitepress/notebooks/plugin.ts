/** A Vite plugin: notebooks as modules of the site. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vitepress";
import { liveProgram } from "./liveProgram";
import { EXAMPLES, readNotebook, readNotebooks } from "./notebook";
import { writePictures } from "./pictures";

/** The module of the notebooks that run in a page, by name. */
const LIVE_EXAMPLES = "virtual:live-examples";
/** The end of the id of a notebook's program. */
const PROGRAM = ".ipynb?program";
/** What a notebook's `import ... from "jupyter-rfb-ts"` is in a page. */
const LIBRARY = fileURLToPath(new URL("../live/library.ts", import.meta.url));

/** Adds what a page needs of the notebooks in examples/. */
export function notebooks(): Plugin {
  return {
    name: "notebooks",
    enforce: "pre",
    resolveId(source, importer) {
      if (source === LIVE_EXAMPLES) return source;
      if (source.endsWith(PROGRAM)) return source;
      const isProgram = importer?.endsWith(PROGRAM) === true;
      return isProgram && source === "jupyter-rfb-ts" ? LIBRARY : undefined;
    },
    load(id) {
      if (id === LIVE_EXAMPLES) return liveExamples();
      if (!id.endsWith(PROGRAM)) return undefined;
      const file = id.slice(0, -"?program".length);
      this.addWatchFile(file);
      return liveProgram(readNotebook(file));
    },
    configureServer(server) {
      server.watcher.add(join(EXAMPLES, "*.ipynb"));
      server.watcher.on("change", (path) => {
        if (!path.endsWith(".ipynb")) return;
        writePictures(readNotebooks());
        void server.restart();
      });
    },
  };
}

function liveExamples(): string {
  const entries = readNotebooks().flatMap(({ name, file, isLive }) =>
    isLive ? [`${JSON.stringify(name)}: () => import(${JSON.stringify(`${file}?program`)})`] : [],
  );
  return `export const programs = {\n${entries.join(",\n")}\n};`;
}
