/** VitePress's own theme with the system's fonts, and the components of our pages. */
import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import "../../../style/index.css";
import { LiveExample } from "./LiveExample";
import { LiteNotebook } from "./LiteNotebook";
import { NotebookDownload } from "./NotebookDownload";
import { NotebookGallery } from "./NotebookGallery";
import "./style.css";

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component("LiveExample", LiveExample);
    app.component("LiteNotebook", LiteNotebook);
    app.component("NotebookDownload", NotebookDownload);
    app.component("NotebookGallery", NotebookGallery);
  },
};
export default theme;
