/** The part of the sidebar that TypeDoc writes. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DefaultTheme } from "vitepress";

const SIDEBAR = fileURLToPath(new URL("../reference/typedoc-sidebar.json", import.meta.url));

/** @throws Error before TypeDoc has written the reference */
export function referenceSidebar(): DefaultTheme.SidebarItem[] {
  if (!existsSync(SIDEBAR)) {
    throw new Error("Cannot find docs/reference: npm run docs and npm run docs:dev write it");
  }
  return JSON.parse(readFileSync(SIDEBAR, "utf8")) as DefaultTheme.SidebarItem[];
}
