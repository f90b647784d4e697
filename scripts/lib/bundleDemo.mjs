/**
 * Builds the viewer page into lib/demo/: its script, and its other files as they are. Run by build.mjs; the page's
 * worker is lib/client/worker.js.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { bundleModule } from "./bundle.mjs";
import { at } from "./paths.mjs";

mkdirSync(at("lib/demo"), { recursive: true });
for (const file of ["index.html", "demo.css", "icon.svg"]) {
  copyFileSync(at("src/demo", file), at("lib/demo", file));
}
await bundleModule({
  ...{ source: "demo/demo.ts", folder: "lib/demo", name: "demo.js" },
  // The page's content security policy forbids a worker that is part of the script.
  define: { __RFB_WORKER_PROGRAM__: '""' },
});
