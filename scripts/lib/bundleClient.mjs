/**
 * Bundles the browser client into lib/client/: ES modules without dependencies, and the worker as a file of its own, which is in
 * index.js too. Run by build.mjs after tsc, which writes the declarations.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { bundleInMemory, bundleModule } from "./bundle.mjs";
import { at } from "./paths.mjs";

/** The worker, in one piece without imports, so that it runs as a classic worker and as a module. */
async function bundleWorker() {
  const output = await bundleInMemory({
    lib: { entry: at("src/client/worker.ts"), formats: ["iife"], name: "worker" },
  });
  const code = output[0]?.code;
  if (code === undefined) throw new Error("Cannot bundle the worker: no output");
  writeFileSync(at("lib/client/worker.js"), code);
  return code;
}

/** One ES module.
 * @param {string} name that of its source and of the module
 * @param {string} worker the worker's program
 * @param {readonly string[]} external modules that it imports */
function bundlePage(name, worker, external) {
  return bundleModule({
    ...{ source: `client/${name}.ts`, folder: "lib/client", name: `${name}.js`, external },
    define: { __RFB_WORKER_PROGRAM__: JSON.stringify(worker) },
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
