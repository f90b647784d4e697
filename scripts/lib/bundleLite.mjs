/**
 * Bundles the library for JupyterLite's JavaScript kernel into lib/lite/: one ES module without dependencies. Run by build.mjs
 * after tsc, which writes the declarations.
 */
import { copyFileSync, writeFileSync } from "node:fs";
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

// Before 20.19 Node takes .js in this package for CommonJS, and so does TypeScript with .d.ts.
copyFileSync(at("lib/lite/index.js"), at("lib/lite/index.mjs"));
writeFileSync(at("lib/lite/index.d.mts"), 'export * from "./index.js";\n');
