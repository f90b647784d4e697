// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import createWidget from "../../../src/anywidget/loader";

interface Loader {
  initialize(props: { readonly model: object }): () => void;
  render(props: { readonly el: HTMLElement }): Promise<unknown>;
}

/** Shows a model, as anywidget does. Returns the text that the element then has. */
async function shown(model: object): Promise<string> {
  const loader = createWidget() as Loader;
  const dispose = loader.initialize({ model });
  const el = document.createElement("div");
  await loader.render({ el });
  dispose();
  return el.textContent;
}

describe("the module that anywidget loads for a picture", () => {
  const state: Readonly<Record<string, string>> = {
    _model_id: "IPY_MODEL_picture",
    _front_end: "IPY_MODEL_code",
  };
  const get = (key: string): unknown => state[key];

  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
  });
  afterEach(() => expect(console.error).toHaveBeenCalled());

  it("says in the picture's place that the page can't look up other models", async () => {
    const text =
      "Cannot show the picture: this page's widget manager can't look up other widgets; anywidget 0.11 in a Jupyter front end can";
    expect(await shown({ get })).toBe(text);
    expect(await shown({ get, widget_manager: {} })).toBe(text);
  });

  it.each(["_model_id", "_front_end"])(
    "says that the kernel has closed its %s",
    async (missing) => {
      const get_model = vi.fn(() => Promise.resolve({ get: () => "" }));
      const model = {
        get: (key: string) => (key === missing ? null : get(key)),
        widget_manager: { get_model },
      };
      expect(await shown(model)).toBe(
        `Cannot show the picture: its ${missing} refers to a widget that isn't open; run the cell that shows the picture again`,
      );
    },
  );

  it.each([
    ["_model_id", "picture"],
    ["_front_end", "code"],
  ])("says why the page's manager can't find its %s, and what to do", async (key, missing) => {
    const get_model = (id: string): Promise<unknown> =>
      id === missing
        ? Promise.reject(new Error("widget model not found"))
        : Promise.resolve({ get: () => "" });
    expect(await shown({ get, widget_manager: { get_model } })).toBe(
      `Cannot show the picture: its ${key} refers to a widget that can't be found: widget model not found; run the cell that shows the picture again`,
    );
  });
});
