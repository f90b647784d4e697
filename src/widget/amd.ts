/**
 * The entry of dist/index.js: an AMD module for front ends other than JupyterLab, which load a
 * widget's module from a CDN or from nbextensions/.
 */
export * from "./index";

// scripts/lib/bundleWidget.mjs puts style/index.css here.
declare const __RFB_STYLE__: string;

const STYLE_ID = "jupyter-rfb-ts-style";

/** A page may load the module again, such as after an update: then the newer style counts. */
function addStyle(css: string): void {
  const found = document.getElementById(STYLE_ID);
  const style = found ?? document.createElement("style");
  style.id = STYLE_ID;
  style.textContent = css;
  if (found === null) document.head.append(style);
}

addStyle(__RFB_STYLE__);
