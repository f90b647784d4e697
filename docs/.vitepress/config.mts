/** The docs site. `npm run docs` builds it, `npm run docs:dev` serves it with reload. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type DefaultTheme } from "vitepress";
import { indentedCode } from "./markdown/indentedCode";
import { literalBraces } from "./markdown/literalBraces";
import { repositoryLinks } from "./markdown/repositoryLinks";
import { tableLabels } from "./markdown/tableLabels";
import { readNotebooks } from "./notebooks/notebook";
import { writePictures } from "./notebooks/pictures";
import { notebooks } from "./notebooks/plugin";
import { referenceSidebar } from "./reference";
import { renderForSearch } from "./search";
import { strict } from "./strict";

const inRepository = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Where the site will lie on its server: "/", or "/name/" for a project's page. */
const base = process.env["DOCS_BASE"] ?? "/";

const icon = readFileSync(inRepository("src/demo/icon.svg"), "base64");

const guide: DefaultTheme.SidebarItem[] = [
  { text: "Start in a notebook", link: "/guide/notebooks" },
  { text: "VS Code, Voila, static pages", link: "/guide/other-places" },
  { text: "Start on a web page", link: "/guide/web-pages" },
  { text: "Events", link: "/guide/events" },
  { text: "Scheduling", link: "/guide/scheduling" },
  { text: "Codecs and speed", link: "/guide/codecs" },
  { text: "Slow links", link: "/guide/slow-links" },
  { text: "Security", link: "/guide/security" },
  { text: "Serving", link: "/guide/serving" },
  { text: "Many viewers", link: "/SCALING" },
  { text: "Widgets", link: "/guide/widgets" },
  { text: "tslab", link: "/guide/tslab" },
  { text: "Deno's kernel", link: "/guide/deno" },
  { text: "JupyterLite", link: "/guide/jupyterlite" },
  { text: "What works where", link: "/guide/compatibility" },
  { text: "Troubleshooting", link: "/guide/troubleshooting" },
];

const comingFrom: DefaultTheme.SidebarItem[] = [
  { text: "jupyter_rfb", link: "/coming-from/jupyter-rfb" },
  { text: "pdum.rfb", link: "/coming-from/pdum-rfb" },
];

const project: DefaultTheme.SidebarItem[] = [
  { text: "Architecture", link: "/ARCHITECTURE" },
  { text: "Protocol", link: "/PROTOCOL" },
  { text: "Performance", link: "/PERFORMANCE" },
  { text: "Contributing", link: "/contributing" },
  { text: "Changelog", link: "/changelog" },
];

const sections: DefaultTheme.SidebarItem[] = [
  { text: "Guide", items: guide },
  { text: "Coming from", items: comingFrom },
  { text: "Project", items: project },
];

const warnings = strict();
writePictures(readNotebooks());

export default defineConfig({
  title: "jupyter-rfb-ts",
  description:
    "Remote frame buffer for TypeScript: draw in a notebook's kernel or on a server, look and interact in the browser",
  lang: "en",
  base,
  srcDir: fileURLToPath(new URL("..", import.meta.url)),
  ignoreDeadLinks: false,
  head: [["link", { rel: "icon", href: `data:image/svg+xml;base64,${icon}` }]],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (md) => md.use(repositoryLinks).use(literalBraces).use(indentedCode).use(tableLabels),
  },
  vite: {
    define: { __HAS_LITE__: JSON.stringify(process.env["DOCS_HAVE_LITE"] === "1") },
    plugins: [notebooks(), warnings.plugin],
    // The notebooks' files and pictures stay files, so that they can be downloaded.
    build: {
      assetsInlineLimit: 0,
      // In kB. The largest is the index of the search, which is loaded at the first search.
      chunkSizeWarningLimit: 1500,
    },
    server: { fs: { allow: [inRepository("")] } },
  },
  buildEnd: warnings.check,
  themeConfig: {
    nav: [
      { text: "Guide", link: "/guide/notebooks", activeMatch: "^/guide/" },
      { text: "Gallery", link: "/gallery/", activeMatch: "^/gallery/" },
      { text: "Reference", link: "/reference/", activeMatch: "^/reference/" },
      { text: "Coming from", items: comingFrom as DefaultTheme.NavItemWithLink[] },
      { text: "Project", items: project as DefaultTheme.NavItemWithLink[] },
    ],
    sidebar: {
      "/reference/": referenceSidebar(),
      "/": sections,
    },
    outline: [2, 3],
    search: { provider: "local", options: { _render: renderForSearch } },
  },
});
