/**
 * Bundles the modules for anywidget into lib/anywidget/, which the kernel sends to pages: ES modules without imports. Run by
 * build.mjs.
 */
import { build } from "vite";
import { at } from "./paths.mjs";

for (const name of ["frontEnd", "loader"]) {
  await build({
    root: at(),
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      // That of the client, bundleClient.mjs.
      target: "es2022",
      outDir: at("lib/anywidget"),
      emptyOutDir: false,
      lib: { entry: at(`src/anywidget/${name}.ts`), formats: ["es"], fileName: () => `${name}.js` },
      rolldownOptions: { output: { minify: true } },
    },
  });
}
