/** The icons of the tools: lines on a square of 16 units. */
import type { ToolName } from "./tools";

const SVG = "http://www.w3.org/2000/svg";

const PATHS: Readonly<Record<ToolName | "tools", string>> = {
  tools: "M3 8h.01M8 8h.01M13 8h.01",
  save: "M8 2v8M5 7l3 3 3-3M2.5 11v2.5h11V11",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  record: "M8 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z",
  fullScreen: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  originalSize: "M2.5 4.5h11v7h-11zM5 7v2M8 7.2h.01M8 8.8h.01M11 7v2",
  statistics: "M2.5 13.5h11M4.5 11V8M8 11V3.5M11.5 11V6",
  help: "M5.5 6a2.5 2.5 0 1 1 3.4 2.3c-.6.3-.9.7-.9 1.4M8 12.5h.01",
};

/** Creates an icon in the colour of the text around it. */
export function createIcon(page: Document, name: ToolName | "tools"): SVGElement {
  const icon = page.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 16 16");
  icon.setAttribute("aria-hidden", "true");
  const path = page.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  icon.append(path);
  return icon;
}
