/**
 * Bundles the library for JupyterLite's JavaScript kernel into lib/lite/: one ES module without dependencies. Run by build.mjs
 * after tsc, which writes the declarations.
 */
import { writeFileSync } from "node:fs";
import { bundleModule } from "./bundle.mjs";
import { at } from "./paths.mjs";

await bundleModule({
  source: "lite/index.ts",
  folder: "lib/lite",
  name: "index.js",
  // Errors and printed widgets begin with the name of their class.
  keepsClassNames: true,
});

// Node and TypeScript take the other .js and .d.ts files of this package for CommonJS.
writeFileSync(at("lib/lite/package.json"), '{ "type": "module" }\n');
