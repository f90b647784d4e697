/**
 * Bundles the library for JupyterLite's JavaScript kernel into lib/lite/: one ES module without dependencies. Run by build.mjs
 * after tsc, which writes the declarations.
 */
import { writeFileSync } from "node:fs";
import { build } from "vite";
import { at } from "./paths.mjs";

await build({
  root: at(),
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  build: {
    // That of the client, bundleClient.mjs.
    target: "es2022",
    outDir: at("lib/lite"),
    emptyOutDir: false,
    lib: { entry: at("src/lite/index.ts"), formats: ["es"], fileName: () => "index.js" },
    rolldownOptions: { output: { minify: true } },
  },
});

// Node and TypeScript take the other .js and .d.ts files of this package for CommonJS.
writeFileSync(at("lib/lite/package.json"), '{ "type": "module" }\n');
