// @vitest-environment happy-dom
import type { WidgetModel } from "@jupyter-widgets/base";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openPicture } from "../../../src/anywidget/frontEnd";

/** The page's part of a widget, whose comm throws once its kernel is gone. */
class FakeModel {
  readonly state: Record<string, unknown> = {};
  readonly kernel = { isDisposed: false, status: "idle" };
  readonly comm = {
    comm_id: "c",
    close: (): void => {
      if (this.kernel.isDisposed) throw new Error("Cannot close");
      this.closed.push("in the kernel");
    },
    jsServicesComm: { onMsg: (): string => "views", onClose: (): string => "views" },
  };
  readonly comm_live = true;
  readonly closed: string[] = [];
  readonly sent: unknown[] = [];
  readonly texts = new Map<string, HTMLElement>();
  readonly widget_manager = {
    kernel: this.kernel,
    get_model: (id: string) => Promise.resolve(id),
    create_view: (id: unknown) => {
      const el = document.createElement("pre");
      this.texts.set(String(id), el);
      return Promise.resolve({ el, remove: () => el.remove() });
    },
  };
  readonly #listeners = new Map<string, Set<() => void>>();

  get(key: string): unknown {
    return this.state[key];
  }
  set(key: string, value: unknown): void {
    this.state[key] = value;
    for (const listener of this.#listeners.get(`change:${key}`) ?? []) listener();
  }
  on(names: string, listener: () => void): void {
    for (const name of names.split(" ")) {
      this.#listeners.set(name, (this.#listeners.get(name) ?? new Set()).add(listener));
    }
  }
  off(names: string, listener: () => void): void {
    for (const name of names.split(" ")) this.#listeners.get(name)?.delete(listener);
  }
  save_changes(): void {}
  send(content: unknown): void {
    this.sent.push(content);
  }
  close(comm_closed = false): Promise<void> {
    if (!comm_closed) this.comm.close();
    this.closed.push("in the page");
    return Promise.resolve();
  }

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

function setUp() {
  const model = new FakeModel();
  const picture = openPicture(model as unknown as WidgetModel);
  const show = () => {
    const element = document.createElement("div");
    document.body.append(element);
    return { element, remove: picture.render(element) };
  };
  const pressClose = (element: HTMLElement): void => {
    const buttons = [...element.querySelectorAll("button")];
    const button = buttons.find(({ title }) => /^Close/.test(title));
    if (button === undefined) throw new Error("there is no button that closes");
    button.click();
  };
  return { model, picture, show, pressClose };
}

afterEach(() => document.body.replaceChildren());

describe("a picture that anywidget shows", () => {
  it("is closed in the kernel with its last view", () => {
    const { model, show, pressClose } = setUp();
    const [one, other] = [show(), show()];
    pressClose(one.element);
    expect(one.element.childElementCount).toBe(0);
    expect(model.closed).toEqual([]);
    pressClose(other.element);
    expect(model.closed).toEqual(["in the kernel", "in the page"]);
    expect(model.sent).toContainEqual(expect.objectContaining({ type: "close" }));
    // JupyterLab keeps the comm, which would keep the views.
    expect(model.comm.jsServicesComm.onMsg()).toBeUndefined();
  });

  it("is closed in the page where the kernel is gone", () => {
    const { model, show, pressClose } = setUp();
    const { element } = show();
    model.kernel.isDisposed = true;
    pressClose(element);
    expect(model.closed).toEqual(["in the page"]);
  });

  it("goes with all its views, what they print and what they listen to", async () => {
    const { model, picture, show } = setUp();
    const one = show();
    show();
    model.set("_output", "IPY_MODEL_text");
    await vi.waitFor(() => expect(one.element.querySelector("pre")).not.toBeNull());
    picture.dispose();
    expect(model.listeners).toBe(0);
    await vi.waitFor(() => expect(document.querySelector("pre, canvas")).toBeNull());
    // Anywidget may remove the views afterwards.
    one.remove();
  });

  it("shows what it prints now, in place of what it printed before", async () => {
    const { model, show } = setUp();
    const { element } = show();
    model.set("_output", "IPY_MODEL_first");
    model.set("_output", "IPY_MODEL_second");
    await vi.waitFor(() => expect(model.texts.get("second")?.isConnected).toBe(true));
    expect(element.querySelectorAll("pre")).toHaveLength(1);
    model.set("_output", null);
    await vi.waitFor(() => expect(element.querySelector("pre")).toBeNull());
  });
});
