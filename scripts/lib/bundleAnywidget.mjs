/**
 * Bundles the modules for anywidget into lib/anywidget/, which the kernel sends to pages: ES modules without imports. Run by
 * build.mjs.
 */
import { bundleModule } from "./bundle.mjs";

for (const name of ["frontEnd", "loader"]) {
  const source = `anywidget/${name}.ts`;
  await bundleModule({ source, folder: "lib/anywidget", name: `${name}.js` });
}
