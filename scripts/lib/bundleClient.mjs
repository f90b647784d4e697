/**
 * Bundles the browser client into lib/client/: ES modules without dependencies, and the worker as a file of its own, which is in
 * index.js too. Run by build.mjs after tsc, which writes the declarations.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "vite";
import { at } from "./paths.mjs";

/** Every browser with an OffscreenCanvas understands it: Safari, the last, since 16.4. */
const TARGET = "es2022";

/** @type {import("vite").InlineConfig} */
const common = { root: at(), configFile: false, logLevel: "warn", publicDir: false };

/** The worker, in one piece without imports, so that it runs as a classic worker and as a module.
 * @returns {Promise<string>} */
async function bundleWorker() {
  const output = await build({
    ...common,
    build: {
      target: TARGET,
      outDir: at("lib/client"),
      emptyOutDir: false,
      lib: {
        entry: at("src/client/worker.ts"),
        formats: ["iife"],
        name: "worker",
        fileName: () => "worker.js",
      },
    },
  });
  const [first] = Array.isArray(output) ? output : [output];
  const chunk = first !== undefined && "output" in first ? first.output[0] : undefined;
  if (chunk === undefined) throw new Error("Cannot bundle the worker: no output");
  return chunk.code;
}

/** One ES module.
 * @param {string} name that of its source and of the module
 * @param {string} worker the worker's program
 * @param {readonly string[]} external modules that it imports */
async function bundlePage(name, worker, external) {
  await build({
    ...common,
    define: { __RFB_WORKER_PROGRAM__: JSON.stringify(worker) },
    build: {
      target: TARGET,
      outDir: at("lib/client"),
      emptyOutDir: false,
      lib: { entry: at(`src/client/${name}.ts`), formats: ["es"], fileName: () => `${name}.js` },
      // Vite leaves the spaces in ES modules; not much is left of the comments of one that is minified.
      rolldownOptions: { external: [...external], output: { minify: true } },
    },
  });
}

const worker = await bundleWorker();
await bundlePage("index", worker, []);
await bundlePage("element", worker, ["./index.js"]);
await bundlePage("react", worker, ["./index.js", "react"]);

// For pages that are prepared in Node: before 20.19 it takes .js in this package for CommonJS.
// TypeScript takes .d.ts for CommonJS too, so they have declarations of their own.
for (const name of ["index", "element", "react"]) {
  const code = readFileSync(at(`lib/client/${name}.js`), "utf8");
  writeFileSync(at(`lib/client/${name}.mjs`), code.replaceAll("./index.js", "./index.mjs"));
  writeFileSync(at(`lib/client/${name}.d.mts`), `export * from "./${name}.js";\n`);
}
