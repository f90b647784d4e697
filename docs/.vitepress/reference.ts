/** The part of the sidebar that TypeDoc writes. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DefaultTheme } from "vitepress";

type Item = DefaultTheme.SidebarItem;

const SIDEBAR = fileURLToPath(new URL("../reference/typedoc-sidebar.json", import.meta.url));

/** Only linked to: the options of each widget, which its own page names. */
const LEFT_OUT = "Widget types";

/**
 * The modules, each with its groups. TypeDoc puts "jupyter-rfb-ts/client" inside of
 * "jupyter-rfb-ts"; here they are next to each other.
 *
 * @throws Error before TypeDoc has written the reference
 */
export function referenceSidebar(): Item[] {
  if (!existsSync(SIDEBAR)) {
    throw new Error("Cannot find docs/reference: npm run docs and npm run docs:dev write it");
  }
  const [main] = JSON.parse(readFileSync(SIDEBAR, "utf8")) as Item[];
  if (main === undefined) throw new Error("docs/reference: expected a module, got none");
  const inside = (main.items ?? []).filter(isModule);
  return [main, ...inside].map((item) => ({
    ...item,
    text: item === main ? main.text : `${main.text}/${item.text}`,
    items: (item.items ?? [])
      .filter((group) => !isModule(group) && group.text !== LEFT_OUT)
      .map((group) => ({ ...group, link: `${item.link}#${anchorOf(group)}` })),
  })) as Item[];
}

/** A group's heading on its module's page. A group without a link can't be reached by keys alone. */
function anchorOf({ text = "" }: Item): string {
  return text.toLowerCase().replaceAll(" ", "-");
}

/** A module has a page of its own, and so the link of a folder. */
function isModule({ link }: Item): boolean {
  return link?.endsWith("/") === true;
}
