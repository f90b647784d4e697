import type { WidgetModel } from "@jupyter-widgets/base";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { CommTransport } from "../../../src/widget/commTransport";
import { frontEnd } from "../../../src/widget/frontEnd";

const hide = { type: "hide", timestamp: 1 } as const;

/** A model whose comm contains JupyterLab's own, like the widget manager's. */
function setUp(comm: object) {
  const send = vi.fn();
  const model = { comm, comm_live: true, send } as unknown as WidgetModel;
  return { transport: new CommTransport(model), send, model };
}

describe("CommTransport where another process may keep a message's future", () => {
  it("sends as the widget manager does, and lets the kernel send the idle", () => {
    const inner = { send: vi.fn() };
    const { transport, send } = setUp({ jsServicesComm: inner });
    expect(frontEnd.ownsFutures).toBe(false);
    transport.send(hide);
    expect(inner.send).not.toHaveBeenCalled();
    expect(send.mock.calls).toEqual([[hide]]);
  });
});

describe("CommTransport in JupyterLab", () => {
  beforeAll(() => frontEnd.setOwnsFutures());

  it("disposes a message's future immediately, and tells the kernel to send no idle", () => {
    const future = { dispose: vi.fn() };
    const inner = { send: vi.fn(() => future) };
    const { transport, send } = setUp({ jsServicesComm: inner });
    transport.send(hide);
    expect(inner.send.mock.calls).toEqual([
      [
        { method: "custom", content: hide },
        { "jupyter-rfb-ts": { idle: false, direct: false } },
        [],
        true,
      ],
    ]);
    expect(future.dispose).toHaveBeenCalledTimes(1);
    expect(send).not.toHaveBeenCalled();
  });

  it.each([
    ["no comm of JupyterLab's", {}],
    ["something else under its name", { jsServicesComm: { send: 1 } }],
  ])("sends through the model if there is %s", (_name, comm) => {
    const { transport, send } = setUp(comm);
    transport.send(hide);
    expect(send.mock.calls).toEqual([[hide]]);
  });

  it("lets the kernel send the idle if the future cannot be disposed", () => {
    const inner = { send: vi.fn(() => "a message id") };
    const { transport, send } = setUp({ jsServicesComm: inner });
    transport.send(hide);
    transport.send(hide);
    expect(inner.send).toHaveBeenCalledTimes(1);
    expect(send.mock.calls).toEqual([[hide]]);
  });

  it("takes what the kernel sends to this page only, and says that it does", () => {
    const inner = { send: vi.fn(() => ({ dispose: () => undefined })) };
    const slots = new Set<(sender: unknown, message: unknown) => void>();
    const unhandledMessage = {
      connect: (slot: (sender: unknown, message: unknown) => void) => slots.add(slot),
      disconnect: (slot: (sender: unknown, message: unknown) => void) => slots.delete(slot),
    };
    const model = {
      comm: { comm_id: "c", jsServicesComm: inner },
      comm_live: true,
      on: () => undefined,
      off: () => undefined,
      widget_manager: { kernel: { unhandledMessage } },
    } as unknown as WidgetModel;
    const transport = new CommTransport(model);
    const receiver = vi.fn();
    const subscription = transport.onMessage(receiver);
    transport.send(hide);
    expect(inner.send.mock.calls[0]?.at(1)).toEqual({
      "jupyter-rfb-ts": { idle: false, direct: true },
    });

    const deliver = (change: object): void => {
      const message = {
        channel: "shell",
        header: { msg_type: "comm_msg" },
        content: { comm_id: "c", data: { method: "custom", content: { a: 1 } } },
        buffers: [new DataView(new Uint8Array([7]).buffer)],
        ...change,
      };
      for (const slot of slots) slot(undefined, message);
    };
    deliver({ channel: "iopub" });
    deliver({ header: { msg_type: "execute_reply" } });
    deliver({ header: undefined });
    deliver({ content: { comm_id: "other", data: { method: "custom", content: 1 } } });
    deliver({ content: { comm_id: "c", data: { method: "update" } } });
    deliver({ content: { comm_id: "c" } });
    for (const slot of slots) slot(undefined, undefined);
    expect(receiver).not.toHaveBeenCalled();
    deliver({});
    expect(receiver.mock.calls).toEqual([[{ a: 1 }, [new Uint8Array([7])]]]);
    subscription.dispose();
    expect(slots.size).toBe(0);
  });

  it("throws when the comm is closed", () => {
    const { transport, model } = setUp({});
    model.comm_live = false;
    expect(() => transport.send(hide)).toThrow("the comm is closed");
  });
});
