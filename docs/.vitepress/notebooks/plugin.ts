/** A Vite plugin: notebooks as modules of the site. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vitepress";
import { liveProgram } from "./liveProgram";
import {
  EXAMPLES,
  README,
  readNotebook,
  readNotebooks,
  readTenLines,
  TEN_LINES_FILE,
} from "./notebook";
import { writePictures } from "./pictures";

/** The module of the notebooks that run in a page, by name. */
const LIVE_EXAMPLES = "virtual:live-examples";
/** The end of the id of a program. */
const PROGRAM = "?program";
/** What a page writes for the ten lines of README.md. */
const TEN_LINES = "<!-- the ten lines -->";
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
      const file = id.slice(0, -PROGRAM.length);
      this.addWatchFile(file === TEN_LINES_FILE ? README : file);
      return liveProgram(file === TEN_LINES_FILE ? readTenLines() : readNotebook(file));
    },
    transform(source, id) {
      if (!source.includes(TEN_LINES) || !id.endsWith(".md")) return undefined;
      const code = readTenLines().cells.map((cell) => cell.source);
      return source.replace(TEN_LINES, `\`\`\`ts\n${code.join("")}\`\`\``);
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
  const entries = [readTenLines(), ...readNotebooks()].flatMap(({ name, file, isLive }) =>
    isLive ? [`${JSON.stringify(name)}: () => import(${JSON.stringify(`${file}?program`)})`] : [],
  );
  return `export const programs = {\n${entries.join(",\n")}\n};`;
}
