import type { WidgetModel } from "@jupyter-widgets/base";
import { describe, expect, it, vi } from "vitest";
import { CommTransport } from "../../../src/widget/commTransport";

const hide = { type: "hide", timestamp: 1 } as const;

/** A model whose comm contains JupyterLab's own, like the widget manager's. */
function setUp(comm: object) {
  const send = vi.fn();
  const model = { comm, comm_live: true, send } as unknown as WidgetModel;
  return { transport: new CommTransport(model), send, model };
}

describe("CommTransport", () => {
  it("disposes a message's future immediately, and tells the kernel to send no idle", () => {
    const future = { dispose: vi.fn() };
    const inner = { send: vi.fn(() => future) };
    const { transport, send } = setUp({ jsServicesComm: inner });
    transport.send(hide);
    expect(inner.send.mock.calls).toEqual([
      [{ method: "custom", content: hide }, { "jupyter-rfb-ts": { idle: false } }, [], true],
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

  it("throws when the comm is closed", () => {
    const { transport, model } = setUp({});
    model.comm_live = false;
    expect(() => transport.send(hide)).toThrow("the comm is closed");
  });
});
