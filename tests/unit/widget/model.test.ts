// @vitest-environment happy-dom
import type { IBackboneModelOptions } from "@jupyter-widgets/base";
import { describe, expect, it, vi } from "vitest";
import type { FrameBufferView } from "../../../src/view/index";
import { RemoteFrameBufferModel } from "../../../src/widget/model";

interface CommMessage {
  readonly method: string;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly state?: Readonly<Record<string, unknown>>;
}

interface MessageCallbacks {
  readonly iopub?: { readonly status?: (message: unknown) => void };
}

/** The browser's end of a comm, as the widget manager passes it to a model. */
class FakeComm {
  readonly sent: CommMessage[] = [];
  isClosed = false;
  #onMessage: ((message: unknown) => unknown) | undefined;
  #onClose: ((message: unknown) => unknown) | undefined;
  #onStatus: ((message: unknown) => void) | undefined;

  on_msg(callback: (message: unknown) => unknown): void {
    this.#onMessage = callback;
  }
  on_close(callback: (message: unknown) => unknown): void {
    this.#onClose = callback;
  }
  send(data: CommMessage, callbacks?: MessageCallbacks): string {
    if (this.isClosed) throw new Error("Cannot send: the comm is closed");
    this.#onStatus = callbacks?.iopub?.status;
    this.sent.push(JSON.parse(JSON.stringify(data)) as CommMessage);
    return String(this.sent.length);
  }
  close(): void {
    this.isClosed = true;
    this.sent.push({ method: "comm_close" });
  }

  receive(data: object, buffers: readonly unknown[] = []): unknown {
    return this.#onMessage?.({ content: { data }, buffers });
  }
  /** The kernel has handled the last message. Until then a model does not send its next state. */
  idle(): void {
    this.#onStatus?.({ content: { execution_state: "idle" } });
  }
  kernelCloses(): void {
    this.isClosed = true;
    this.#onClose?.({});
  }
  get custom(): unknown[] {
    return this.sent.filter(({ method }) => method === "custom").map(({ content }) => content);
  }
}

/** JupyterLab's connection to a kernel, as the widget manager has it. */
class FakeKernel {
  isDisposed = false;
  status = "idle";
  readonly slots = new Set<(sender: unknown, status: string) => void>();
  readonly connectionStatusChanged = {
    connect: (slot: (sender: unknown, status: string) => void) => this.slots.add(slot),
    disconnect: (slot: (sender: unknown, status: string) => void) => this.slots.delete(slot),
  };

  report(...statuses: readonly string[]): void {
    for (const status of statuses) for (const slot of this.slots) slot(this, status);
  }
}

function setUp(state: Record<string, unknown> = {}, manager: object = {}) {
  const comm = new FakeComm();
  const options = {
    model_id: "m",
    comm,
    widget_manager: { callbacks: () => ({}), ...manager },
  } as unknown as IBackboneModelOptions;
  const model = new RemoteFrameBufferModel(state, options);
  return { comm, model };
}

/** Returns a function that shows or hides the view. */
function addView(model: RemoteFrameBufferModel): (isVisible: boolean) => void {
  let show: (isVisible: boolean) => void = () => undefined;
  model.display.addView(
    (listener) => {
      show = listener.onVisibilityChange.bind(listener);
      return {
        setMark: () => undefined,
        releaseAll: () => undefined,
      } as unknown as FrameBufferView;
    },
    () => undefined,
  );
  return show;
}

const frame = {
  type: "framebufferdata",
  mimetype: "image/png",
  data_b64: null,
  index: 1,
  timestamp: 7,
};

const HELLO = {
  ...{ type: "hello", version: 1, accepts: ["patches", "atlas", "ping"] },
  base64: false,
};

describe("RemoteFrameBufferModel", () => {
  it.each(["jupyter_vscode_rendererContext", "vscIPyWidgets8"])(
    "asks for base64 where there is %s: in VS Code",
    (name) => {
      vi.stubGlobal(name, {});
      const { comm } = setUp();
      expect(comm.custom).toEqual([{ ...HELLO, base64: true }]);
      vi.unstubAllGlobals();
    },
  );

  it("sends a hello when it is created, and again when its comm is back", () => {
    const { comm, model } = setUp();
    const hello = HELLO;
    expect(comm.custom).toEqual([hello]);
    model.comm_live = false;
    expect(comm.custom).toEqual([hello]);
    model.comm_live = true;
    expect(comm.custom).toEqual([hello, hello]);
  });

  it("says again that its view is visible when the connection is back: the kernel may have heard another page", () => {
    const kernel = new FakeKernel();
    const { comm, model } = setUp({}, { kernel });
    addView(model)(true);
    comm.idle();
    comm.sent.length = 0;
    kernel.report("connecting", "connected");
    expect(comm.sent).toContainEqual(
      expect.objectContaining({ method: "update", state: { _has_visible_views: true } }),
    );
  });

  it("resets the visibility that a reloaded page left behind", () => {
    const { comm } = setUp({ _has_visible_views: true });
    expect(comm.sent).toContainEqual(
      expect.objectContaining({ method: "update", state: { _has_visible_views: false } }),
    );
  });

  it("restores the state of its visible view when another page reports that it has none", async () => {
    const { comm, model } = setUp();
    const show = addView(model);
    const states = (): unknown[] =>
      comm.sent.filter(({ method }) => method === "update").map(({ state }) => state);
    const otherPageHides = (): unknown =>
      comm.receive({ method: "update", state: { _has_visible_views: false }, buffer_paths: [] });

    show(true);
    comm.idle();
    await otherPageHides();
    await vi.waitFor(() => expect(states()).toHaveLength(2));
    expect(states()).toEqual([{ _has_visible_views: true }, { _has_visible_views: true }]);
    expect(model.get("_has_visible_views")).toBe(true);

    comm.idle();
    show(false);
    comm.idle();
    await otherPageHides();
    expect(states().slice(2)).toEqual([{ _has_visible_views: false }]);
  });

  it("acknowledges a frame by a custom message, even one that it cannot show", async () => {
    const report = vi.spyOn(console, "error").mockReturnValue(undefined);
    const { comm } = setUp();
    await comm.receive({ method: "custom", content: frame }, [
      new DataView(new ArrayBuffer(8), 2, 3),
    ]);
    await vi.waitFor(() => expect(comm.custom).toHaveLength(2));
    expect(comm.custom[1]).toEqual({
      ...{ type: "frame_feedback", index: 1, timestamp: 7 },
      localtime: expect.closeTo(Date.now() / 1000, -1) as unknown,
      view_time: expect.closeTo(0, 0) as unknown,
      ...{ held: 0, displayed: false, seen: 0 },
    });
    // This environment has no image decoder: the error is reported once.
    expect(report).toHaveBeenCalledOnce();
  });

  it("survives invalid messages", async () => {
    const report = vi.spyOn(console, "error").mockReturnValue(undefined);
    const { comm } = setUp();
    for (const content of [null, 3, "x", {}, { type: "framebufferdata" }]) {
      await comm.receive({ method: "custom", content });
    }
    expect(report).toHaveBeenCalledOnce();
    expect(comm.custom).toHaveLength(1);
  });

  it("passes the state to views, with defaults for values of the wrong type", () => {
    const { model } = setUp({
      css_width: "12em",
      has_titlebar: true,
      resizable: 1,
      title: null,
      fit: "tile",
    });
    expect(model.viewProperties()).toEqual({
      cssWidth: "12em",
      cssHeight: "300px",
      resizable: true,
      fit: "fill",
      smoothing: true,
      toolbar: "auto",
      cursor: "default",
      title: "",
      hasTitlebar: true,
      isMinimizable: false,
      isClosable: false,
    });
  });

  it("sends a close event just before it closes its comm", async () => {
    const { comm, model } = setUp();
    await model.close();
    await model.close();
    expect(comm.sent.slice(1)).toEqual([
      { method: "custom", content: { type: "close", timestamp: expect.any(Number) as unknown } },
      { method: "comm_close" },
    ]);
  });

  it.each(["kernel", "page"])(
    "sends nothing about its views when the %s closes it",
    async (closer) => {
      const { comm, model } = setUp();
      // Like a comm of JupyterLab, which takes messages to the end, and the kernel then knows no
      // such comm.
      comm.send = (data) => String(comm.sent.push(data));
      let show: (isVisible: boolean) => void = () => undefined;
      const view = model.display.addView(
        (listener) => {
          show = listener.onVisibilityChange.bind(listener);
          return {
            dispose: () => show(false),
            setMark: () => undefined,
            releaseAll: () => undefined,
          } as unknown as FrameBufferView;
        },
        () => undefined,
      );
      const remove = vi.fn(() => model.display.removeView(view));
      // As a widget manager does with every view: while the model still has its comm.
      model.on("destroy", remove);
      show(true);
      const before = comm.sent.length;

      if (closer === "kernel") comm.kernelCloses();
      else await model.close();

      expect(remove).toHaveBeenCalledOnce();
      const said = comm.sent
        .slice(before)
        .map(({ method, content }) => content?.["type"] ?? method);
      expect(said).toEqual(closer === "kernel" ? [] : ["close", "comm_close"]);
      expect(model.display.hasVisibleViews).toBe(false);
    },
  );

  it("sends nothing, and does not throw, when the kernel's end of the comm is closed", () => {
    const { comm, model } = setUp();
    const before = comm.sent.length;
    comm.kernelCloses();
    expect(() => model.display.sendEvent({ type: "show", timestamp: 1 })).not.toThrow();
    expect(comm.sent).toHaveLength(before);
  });

  it("lets go and says hello when the connection to the kernel is back, until it is closed", async () => {
    const kernel = new FakeKernel();
    const { comm, model } = setUp({}, { kernel });
    const hello = HELLO;
    kernel.report("connected");
    expect(comm.custom).toEqual([hello]);
    kernel.report("connecting", "disconnected", "connecting", "connected", "connected");
    expect(comm.custom).toEqual([hello, { type: "goodbye" }, hello]);
    comm.isClosed = true;
    expect(() => kernel.report("connecting", "connected")).not.toThrow();
    await model.close();
    expect(kernel.slots.size).toBe(0);
  });

  it.each<[string, (kernel: FakeKernel, manager: { kernel: unknown }, comm: object) => void]>([
    ["closed", (_kernel, manager) => (manager.kernel = null)],
    ["disposed of", (kernel) => (kernel.isDisposed = true)],
    ["dead", (kernel) => (kernel.status = "dead")],
    [
      "another one",
      (_kernel, manager, comm) => {
        manager.kernel = new FakeKernel();
        Object.assign(comm, { jsServicesComm: { isDisposed: true } });
      },
    ],
  ])("logs no error when its kernel is %s, and can be closed", async (_how, end) => {
    const kernel = new FakeKernel();
    const manager = { kernel };
    const { comm, model } = setUp({}, manager);
    const logged = vi.spyOn(console, "error").mockReturnValue(undefined);
    end(kernel, model.widget_manager as unknown as { kernel: unknown }, comm);
    comm.isClosed = true;
    model.set("_has_visible_views", true);
    model.save_changes();
    expect(logged).not.toHaveBeenCalled();
    logged.mockRestore();
    comm.close = () => {
      throw new Error("Cannot close");
    };
    await expect(model.close()).resolves.toBeUndefined();
  });

  it.each([true, false])(
    "leaves JupyterLab's comm without callbacks when it closes, by the kernel: %j",
    async (comm_closed) => {
      const { comm, model } = setUp();
      const inner = { onMsg: () => model, onClose: () => model };
      Object.assign(comm, { jsServicesComm: inner });
      await model.close(comm_closed);
      expect([inner.onMsg(), inner.onClose()]).toEqual([undefined, undefined]);
    },
  );

  it("says goodbye when its page is closed, until it is closed itself", async () => {
    const { comm, model } = setUp();
    const goodbyes = (): unknown[] =>
      comm.custom.filter((one) => (one as { type?: unknown }).type === "goodbye");
    window.dispatchEvent(new Event("beforeunload"));
    expect(goodbyes()).toHaveLength(1);
    window.dispatchEvent(new Event("pagehide"));
    expect(goodbyes()).toHaveLength(2);
    await model.close();
    window.dispatchEvent(new Event("beforeunload"));
    window.dispatchEvent(new Event("pagehide"));
    expect(goodbyes()).toHaveLength(2);
  });

  it("releases what its views hold before it says goodbye, as the kernel would do it then", () => {
    const { comm, model } = setUp();
    model.display.addView(
      (listener) =>
        ({
          setMark: () => undefined,
          releaseAll: () => listener.onEvent({ type: "focus_out", timestamp: 1 }),
        }) as unknown as FrameBufferView,
      () => undefined,
    );
    window.dispatchEvent(new Event("beforeunload"));
    expect(comm.custom.slice(-2)).toMatchObject([{ type: "focus_out" }, { type: "goodbye" }]);
  });

  it("answers the kernel's pings, and reports those that are malformed", async () => {
    const { comm } = setUp();
    const logged = vi.spyOn(console, "error").mockReturnValue(undefined);
    for (const id of [4, "4"])
      await comm.receive({ method: "custom", content: { type: "ping", id } });
    expect(comm.custom.at(-1)).toEqual({ type: "pong", id: 4 });
    expect(logged).toHaveBeenCalledOnce();
    logged.mockRestore();
  });

  it("does not throw when sending fails", () => {
    const { comm, model } = setUp();
    comm.isClosed = true;
    expect(() => model.display.sendEvent({ type: "show", timestamp: 1 })).not.toThrow();
  });
});
