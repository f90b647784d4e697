/** What the gallery says of each notebook. */
import { readNotebooks } from "../.vitepress/notebooks/notebook";
import { mainPicture } from "../.vitepress/notebooks/pictures";

/** An example in the gallery. */
export interface Example {
  readonly name: string;
  readonly title: string;
  /** One sentence, as HTML. */
  readonly summary: string;
  /** The name of its picture's file. */
  readonly picture: string | undefined;
  readonly isLive: boolean;
}

export declare const data: readonly Example[];

export default {
  watch: ["../../examples/*.ipynb"],
  load: (): Example[] =>
    readNotebooks().map((notebook) => ({
      name: notebook.name,
      title: notebook.title,
      summary: inline(notebook.summary),
      picture: mainPicture(notebook),
      isLive: notebook.isLive,
    })),
};

/** Markdown of one sentence: code, and links as their text. */
function inline(markdown: string): string {
  return markdown
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/`([^`]*)`/g, "<code>$1</code>");
}
