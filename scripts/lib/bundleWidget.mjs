/**
 * Bundles the widget into dist/index.js, where CDNs and VS Code look for it: an AMD module that asks for
 * @jupyter-widgets/base alone, as some loaders know neither `require` nor `exports`. Run by build.mjs.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { bundleInMemory } from "./bundle.mjs";
import { at } from "./paths.mjs";

const BASE = "@jupyter-widgets/base";

/** The style sheet, without spaces and comments. */
async function bundleStyle() {
  const output = await bundleInMemory({ rolldownOptions: { input: at("style/index.css") } });
  const style = output.find(({ fileName }) => fileName.endsWith(".css"))?.source;
  if (style === undefined) throw new Error("Cannot bundle the style: no output");
  return String(style);
}

/** The widget, as a function of the base module. @param {string} style */
async function bundleWidget(style) {
  const output = await bundleInMemory(
    {
      lib: { entry: at("src/widget/amd.ts"), formats: ["iife"], name: "widget" },
      rolldownOptions: { external: [BASE], output: { globals: { [BASE]: "base" } } },
    },
    { __RFB_STYLE__: JSON.stringify(style) },
  );
  const code = output[0]?.code;
  if (code === undefined) throw new Error("Cannot bundle the widget: no output");
  return code;
}

const widget = await bundleWidget(await bundleStyle());
mkdirSync(at("dist"), { recursive: true });
writeFileSync(
  at("dist/index.js"),
  `define(["${BASE}"],function(base){${widget.trim()}\nreturn widget});\n`,
);
