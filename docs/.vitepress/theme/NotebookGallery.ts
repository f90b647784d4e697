/** The component <NotebookGallery />: a picture, a title and a sentence for each example. */
import { withBase } from "vitepress";
import { defineComponent, h } from "vue";
import { data as examples } from "../../gallery/examples.data.mjs";

const pictures = import.meta.glob<string>("../../gallery/pictures/*.png", {
  query: "?url",
  import: "default",
  eager: true,
});

export const NotebookGallery = defineComponent(() => {
  const card = ({ name, title, summary, picture, isLive }: (typeof examples)[number]) =>
    h("li", { key: name }, [
      h("a", { class: "gallery-picture", href: withBase(`/gallery/${name}.html`) }, [
        picture === undefined
          ? undefined
          : h("img", {
              src: pictures[`../../gallery/pictures/${picture}`],
              alt: "",
              loading: "lazy",
            }),
        h("strong", title),
      ]),
      isLive ? h("span", { class: "gallery-live" }, "live") : undefined,
      h("p", { innerHTML: summary }),
    ]);
  return () => h("ul", { class: "gallery" }, examples.map(card));
});
