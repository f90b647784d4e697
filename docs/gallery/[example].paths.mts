/** A page for each notebook of examples/. */
import { readNotebooks } from "../.vitepress/notebooks/notebook";
import { notebookPage } from "../.vitepress/notebooks/page";

export default {
  paths: () =>
    readNotebooks().map((notebook) => ({
      params: { example: notebook.name },
      content: notebookPage(notebook),
    })),
};
