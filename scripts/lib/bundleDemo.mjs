/**
 * Builds the viewer page into lib/demo/: its script, and its other files as they are. Run by build.mjs; the page's
 * worker is lib/client/worker.js.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { build } from "vite";
import { at } from "./paths.mjs";

mkdirSync(at("lib/demo"), { recursive: true });
for (const file of ["index.html", "demo.css", "icon.svg"]) {
  copyFileSync(at("src/demo", file), at("lib/demo", file));
}
await build({
  root: at(),
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  // The page's content security policy forbids a worker that is part of the script.
  define: { __RFB_WORKER_PROGRAM__: '""' },
  build: {
    // That of the client, bundleClient.mjs.
    target: "es2022",
    outDir: at("lib/demo"),
    emptyOutDir: false,
    lib: { entry: at("src/demo/demo.ts"), formats: ["es"], fileName: () => "demo.js" },
    rolldownOptions: { output: { minify: true } },
  },
});
