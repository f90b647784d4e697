/**
 * The component <LiteNotebook name="...">text</LiteNotebook>: a link to a notebook in the site's own
 * JupyterLite, or the text alone where the site was built without one.
 */
import { withBase } from "vitepress";
import { defineComponent, h } from "vue";

/** Whether the site has a JupyterLite. */
declare const __HAS_LITE__: boolean;

export const LiteNotebook = defineComponent({
  props: { name: { type: String, required: true } },
  setup({ name }, { slots }) {
    const href = withBase(`/lite/lab/index.html?path=${name}.ipynb`);
    // In a window of its own, as it isn't a page of the site.
    const link = { href, target: "_blank", rel: "noreferrer" };
    return () => (__HAS_LITE__ ? h("a", link, slots["default"]?.()) : slots["default"]?.());
  },
});
