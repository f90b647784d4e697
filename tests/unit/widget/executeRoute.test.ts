import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { DenoKernels } from "../../../src/widget/denoKernels";
import {
  callingCode,
  ExecuteRoute,
  type Future,
  type JupyterMessage,
} from "../../../src/widget/executeRoute";
import type { Signal } from "../../../src/widget/signal";

type Hook = (message: JupyterMessage) => boolean;

/** A future that the test ends. */
class FakeFuture implements Future {
  readonly msg: JupyterMessage;
  readonly done: Promise<void>;
  end: () => void = () => undefined;
  isDisposed = false;
  readonly onIOPub = vi.fn();
  hook: Hook = () => true;

  constructor(msg: JupyterMessage) {
    this.msg = msg;
    this.done = new Promise((resolve) => (this.end = resolve));
  }

  registerMessageHook(hook: Hook): void {
    this.hook = hook;
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

class FakeSignal implements Signal {
  readonly #slots = new Set<(sender: unknown, value: unknown) => void>();

  connect(slot: (sender: unknown, value: unknown) => void): void {
    this.#slots.add(slot);
  }

  disconnect(slot: (sender: unknown, value: unknown) => void): void {
    this.#slots.delete(slot);
  }

  emit(value: unknown): void {
    for (const slot of this.#slots) slot(undefined, value);
  }
}

/** A kernel connection that records what is sent. */
function fakeKernel(name = "deno") {
  const futures: FakeFuture[] = [];
  const anyMessage = new FakeSignal();
  const connectionStatusChanged = new FakeSignal();
  const sendShellMessage = (message: JupyterMessage): Future => {
    const future = new FakeFuture(message);
    futures.push(future);
    return future;
  };
  return { name, clientId: "page", anyMessage, connectionStatusChanged, sendShellMessage, futures };
}

function setUp() {
  const kernel = fakeKernel();
  new ExecuteRoute(kernel);
  let ids = 0;
  const send = (type: string, content: object, rest: Partial<JupyterMessage> = {}): Future =>
    kernel.sendShellMessage({
      ...{ header: { msg_id: `m${++ids}`, msg_type: type }, content, channel: "shell" },
      ...rest,
    });
  const view = (content: object, comm_id = "c"): Future =>
    send(
      "comm_msg",
      { comm_id, data: { method: "custom", content } },
      { metadata: { "jupyter-rfb-ts": { idle: false, direct: true } } },
    );
  return { kernel, futures: kernel.futures, send, view };
}

/** What the kernel's function gets of a request. */
function receivedBy({ msg }: FakeFuture) {
  const { code } = msg.content as { readonly code: string };
  const receive = vi.fn();
  expect(runInNewContext(code, { [Symbol.for("jupyter-rfb-ts.deno.1")]: receive })).toBe(undefined);
  const [[json = ""] = []] = receive.mock.calls as [string?][];
  return JSON.parse(json) as {
    readonly page: string;
    readonly base64: boolean;
    readonly messages: readonly { type: string; content: Record<string, unknown> }[];
  };
}

const move = (x: number, more: object = {}): object => ({
  ...{ type: "pointer_move", pointer_id: 1, buttons: [], modifiers: [], x },
  ...more,
});

/** The views' messages in a request, in short. */
function eventsOf(future: FakeFuture): unknown[] {
  return receivedBy(future).messages.map(({ content }) => {
    const { content: event } = content["data"] as { content: Record<string, unknown> };
    return [event["type"], event["x"] ?? event["dy"] ?? event["index"]];
  });
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("callingCode", () => {
  it.each([
    [`"); throw new Error("injected"); ("`],
    ['`${1}` \' " \\ \\" \\u2028 */ // <!-- --> </script>'],
    ["\u2028\u2029\u0000\n\r\ud800 \ud83d\ude00"],
  ])("passes %j as it is", (text) => {
    const messages = { ["__proto__"]: 1, text, nested: { [text]: [text] } };
    const code = callingCode(messages);
    expect(code).toMatch(/^[^\n\r\u2028\u2029<]*$/);
    const receive = vi.fn();
    runInNewContext(code, { [Symbol.for("jupyter-rfb-ts.deno.1")]: receive });
    expect(JSON.parse(String(receive.mock.calls[0]?.[0]))).toEqual(messages);
  });

  it("does nothing in a kernel without the library", () => {
    expect(runInNewContext(callingCode({}), {})).toBe(undefined);
  });
});

describe("ExecuteRoute", () => {
  it("sends a comm message as silent code that keeps its id", () => {
    const { futures, send } = setUp();
    const content = { comm_id: "c", data: { method: "update", state: { value: 2 } } };
    const buffers = [Uint8Array.of(1, 2).buffer, new DataView(Uint8Array.of(9, 255).buffer, 1)];
    const future = send("comm_msg", content, { buffers });
    expect(future).toBe(futures[0]);
    expect(future.msg.header).toEqual({ msg_id: "m1", msg_type: "execute_request" });
    expect(future.msg.content).toMatchObject({
      ...{ silent: true, store_history: false, stop_on_error: false, allow_stdin: false },
    });
    const messages = [{ type: "comm_msg", content, buffers: ["AQI=", "/w=="] }];
    expect(receivedBy(futures[0] as FakeFuture)).toEqual({ page: "page", base64: true, messages });
  });

  it("leaves other messages alone", () => {
    const { futures, send } = setUp();
    send("execute_request", { code: "1 + 1" });
    send("comm_info_request", {});
    expect(futures.map(({ msg }) => msg.header.msg_type)).toEqual([
      "execute_request",
      "comm_info_request",
    ]);
    expect(futures[0]?.msg.content).toEqual({ code: "1 + 1" });
  });

  it("sends what a view says in one job together, and one request at a time", async () => {
    const { futures, view } = setUp();
    view(move(1));
    view({ type: "frame_feedback", index: 4 });
    expect(futures).toHaveLength(0);
    await settle();
    expect(eventsOf(futures[0] as FakeFuture)).toEqual([
      ["pointer_move", 1],
      ["frame_feedback", 4],
    ]);
    view({ type: "key_down" });
    await settle();
    expect(futures).toHaveLength(1);
    futures[0]?.end();
    await settle();
    expect(futures).toHaveLength(2);
  });

  it("goes on after a lost connection, whose answers never come", async () => {
    const { futures, kernel, view } = setUp();
    view({ type: "key_down" });
    await settle();
    view({ type: "key_up" });
    await settle();
    expect(futures).toHaveLength(1);
    kernel.connectionStatusChanged.emit("connecting");
    await settle();
    expect(futures).toHaveLength(1);
    kernel.connectionStatusChanged.emit("connected");
    await settle();
    expect(futures.map(eventsOf)).toEqual([[["key_down", undefined]], [["key_up", undefined]]]);
    // An answer that comes all the same is not that of the newest request.
    futures[0]?.end();
    view(move(1));
    await settle();
    expect(futures).toHaveLength(2);
    futures[1]?.end();
    await settle();
    expect(futures).toHaveLength(3);
  });

  it("merges moves and wheels while a request is under way, each at the place of the last", async () => {
    const { futures, view } = setUp();
    view({ type: "hello" });
    await settle();
    view(move(1));
    view({ type: "frame_feedback", index: 1 });
    view(move(2));
    view(move(7, { pointer_id: 2 }));
    view(move(3));
    view({ type: "wheel", dx: 0, dy: 1, buttons: [], modifiers: [] });
    view({ type: "wheel", dx: 0, dy: 2, buttons: [], modifiers: [] });
    view({ type: "pointer_down", x: 3 });
    view(move(4, { buttons: [1] }));
    view(move(5, { buttons: [1] }));
    view(move(6, { buttons: [] }));
    view(move(9), "other");
    view(move(8));
    futures[0]?.end();
    await settle();
    expect(eventsOf(futures[1] as FakeFuture)).toEqual([
      ["frame_feedback", 1],
      ["pointer_move", 7],
      ["pointer_move", 3],
      ["wheel", 3],
      ["pointer_down", 3],
      ["pointer_move", 5],
      ["pointer_move", 9],
      ["pointer_move", 8],
    ]);
  });

  it("keeps the order of a view's messages, other messages and cells", async () => {
    const { futures, send, view } = setUp();
    view({ type: "first" });
    send("comm_msg", { comm_id: "c", data: { method: "update" } });
    view({ type: "second" });
    send("execute_request", { code: "x" });
    await settle();
    expect(futures.map(({ msg }) => msg.header.msg_id)).toEqual(["m1", "m2", "m3", "m4"]);
    expect(eventsOf(futures[0] as FakeFuture)).toEqual([["first", undefined]]);
  });

  it("sends a page's last words at once", () => {
    const { futures, view } = setUp();
    view({ type: "pointer_up" });
    view({ type: "goodbye" });
    expect(eventsOf(futures[0] as FakeFuture)).toEqual([
      ["pointer_up", undefined],
      ["goodbye", undefined],
    ]);
  });

  it("goes on after a kernel that can't take a message", async () => {
    const kernel = fakeKernel();
    const { sendShellMessage, futures } = kernel;
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    let isDead = true;
    kernel.sendShellMessage = (message) => {
      if (isDead) throw new Error("Kernel is dead");
      return sendShellMessage(message);
    };
    new ExecuteRoute(kernel);
    const message = (): Future =>
      kernel.sendShellMessage({
        header: { msg_id: "m", msg_type: "comm_msg" },
        content: { comm_id: "c", data: { method: "custom", content: { type: "hide" } } },
        metadata: { "jupyter-rfb-ts": { idle: false } },
      });
    message();
    await settle();
    expect(log).toHaveBeenCalledTimes(1);
    isDead = false;
    message();
    await settle();
    expect(futures).toHaveLength(1);
  });

  it("opens the comm on which all widgets are asked for, if that was sent before", () => {
    const { futures, send } = setUp();
    const request = (comm_id: string): Future =>
      send("comm_msg", { comm_id, data: { method: "request_states" } });
    request("early");
    send("comm_open", { comm_id: "late", target_name: "jupyter.widget.control", data: {} });
    request("late");
    const types = futures.map((future) => receivedBy(future).messages.map(({ type }) => type));
    expect(types).toEqual([["comm_open", "comm_msg"], ["comm_open"], ["comm_msg"]]);
    expect(receivedBy(futures[0] as FakeFuture).messages[0]?.content).toEqual({
      ...{ comm_id: "early", target_name: "jupyter.widget.control", data: {} },
    });
  });

  it("shows what handlers print at the cell that ran last", () => {
    const { futures, send } = setUp();
    const printed = (): JupyterMessage => ({
      header: { msg_id: "p", msg_type: "stream" },
      content: {},
    });
    const update = (): void => void send("comm_msg", { comm_id: "c", data: { method: "update" } });
    update();
    expect(futures[0]?.hook(printed())).toBe(true);
    send("execute_request", { code: "1" });
    send("execute_request", { code: "2", silent: true });
    update();
    expect(futures[3]?.hook(printed())).toBe(false);
    expect(futures[1]?.onIOPub).toHaveBeenCalledTimes(1);
    const status = { header: { msg_id: "s", msg_type: "status" }, content: {} };
    expect(futures[3]?.hook(status)).toBe(true);
    futures[1]?.dispose();
    expect(futures[3]?.hook(printed())).toBe(true);
  });

  it("keeps only the newest request once it is answered", async () => {
    const { futures, send } = setUp();
    const update = (): void => void send("comm_msg", { comm_id: "c", data: { method: "update" } });
    update();
    update();
    for (const future of futures) future.end();
    await settle();
    expect(futures.map(({ isDisposed }) => isDisposed)).toEqual([true, false]);
  });

  it("turns base64 in the metadata of comm messages back into buffers", () => {
    const { kernel } = setUp();
    const received = (type: string, direction: string): JupyterMessage => {
      const own = { "jupyter-rfb-ts": { buffers: ["AQI=", ""] } };
      const msg = {
        ...{ header: { msg_id: "m", msg_type: type }, channel: "iopub", content: {} },
        ...{ metadata: { version: "2.1.0", ...own }, buffers: [] },
      };
      kernel.anyMessage.emit({ msg, direction });
      return msg;
    };
    const { buffers, metadata } = received("comm_msg", "recv");
    expect(metadata).toEqual({ version: "2.1.0" });
    const bytes = (buffers as DataView[]).map((view) => [...new Uint8Array(view.buffer)]);
    expect(bytes).toEqual([[1, 2], []]);
    expect(received("comm_msg", "send").buffers).toEqual([]);
    expect(received("stream", "recv").buffers).toEqual([]);
    kernel.anyMessage.emit(undefined);
  });
});

describe("DenoKernels", () => {
  const isRouted = (kernels: DenoKernels, name: string): boolean => {
    const kernel = fakeKernel(name);
    const { sendShellMessage } = kernel;
    kernels.add(kernel);
    return kernel.sendShellMessage !== sendShellMessage;
  };

  it("routes the kernels called deno, and those that Deno's command starts", () => {
    const kernels = new DenoKernels();
    kernels.setCommands((name) =>
      name === "mine"
        ? ["/bin/deno", "jupyter", "--kernel", "--conn", "{connection_file}"]
        : ["/bin/tslab", "kernel", "--config-path", "{connection_file}"],
    );
    expect(["deno", "mine", "tslab"].map((name) => isRouted(kernels, name))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("routes each connection of a notebook once", () => {
    const kernels = new DenoKernels();
    const [first, second] = [fakeKernel(), fakeKernel()];
    const kernelChanged = new FakeSignal();
    kernels.follow({ session: { kernel: first }, kernelChanged });
    const { sendShellMessage } = first;
    kernels.add(first);
    expect(first.sendShellMessage).toBe(sendShellMessage);
    const before = second.sendShellMessage;
    kernelChanged.emit({ newValue: null });
    kernelChanged.emit({ newValue: second });
    expect(second.sendShellMessage).not.toBe(before);
  });
});
