/**
 * The component `<LiveExample name="...">`: an example that runs in the page. What it contains, a
 * picture of the example, shows until then.
 */
import { defineComponent, h, onBeforeUnmount, onMounted, ref } from "vue";
import { programs } from "virtual:live-examples";
import type { Disposable } from "../../../src/protocol/transport";

export const LiveExample = defineComponent({
  props: { name: { type: String, required: true } },
  setup({ name }, { slots }) {
    const place = ref<HTMLElement>();
    const hasStarted = ref(false);
    const problem = ref("");
    let example: Disposable | undefined;
    let observer: IntersectionObserver | undefined;
    let isGone = false;
    const start = async (program: (typeof programs)[string], element: HTMLElement) => {
      const { startExample } = await import("../live/example");
      if (isGone) return;
      hasStarted.value = true;
      example = startExample(program, element, (error) => (problem.value = String(error)));
    };
    onMounted(() => {
      const { value: element } = place;
      const program = programs[name];
      if (element === undefined || program === undefined) return;
      // The first time that it is on the screen; afterwards the view starts and stops it.
      observer = new IntersectionObserver((entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer?.disconnect();
        void start(program, element);
      });
      observer.observe(element);
    });
    onBeforeUnmount(() => {
      isGone = true;
      observer?.disconnect();
      example?.dispose();
    });
    return () =>
      h("div", { class: "live-example" }, [
        hasStarted.value ? undefined : slots["default"]?.(),
        h("div", { ref: place, class: { "live-place": hasStarted.value } }),
        h("p", { class: "live-text", role: "alert", hidden: problem.value === "" }, problem.value),
        h("p", { class: "live-note" }, "Live: this page draws it, without a kernel or a server."),
      ]);
  },
});
