/** The component <NotebookDownload name="..." />: a link to the notebook's file. */
import { defineComponent, h } from "vue";

const files = import.meta.glob<string>("../../../examples/*.ipynb", {
  query: "?url",
  import: "default",
  eager: true,
});

export const NotebookDownload = defineComponent({
  props: { name: { type: String, required: true } },
  setup({ name }) {
    const file = `${name}.ipynb`;
    const href = files[`../../../examples/${file}`];
    return () => h("p", h("a", { href, download: file }, `Download ${file}`));
  },
});
