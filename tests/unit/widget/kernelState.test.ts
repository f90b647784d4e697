import type { WidgetModel } from "@jupyter-widgets/base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KernelState } from "../../../src/widget/kernelState";

type Slot = (sender: unknown, value: unknown) => void;

/** A signal of JupyterLab's. */
class Signal {
  readonly slots = new Set<Slot>();
  connect(slot: Slot): void {
    this.slots.add(slot);
  }
  disconnect(slot: Slot): void {
    this.slots.delete(slot);
  }
  emit(value: unknown): void {
    for (const slot of [...this.slots]) slot(this, value);
  }
}

class Kernel {
  isDisposed = false;
  status = "idle";
  connectionStatus = "connected";
  readonly statusChanged = new Signal();
  readonly connectionStatusChanged = new Signal();
  become(status: string): void {
    this.status = status;
    this.statusChanged.emit(status);
  }
  connect(status: string): void {
    this.connectionStatus = status;
    this.connectionStatusChanged.emit(status);
  }
}

class Model {
  comm_live = true;
  comm: object | undefined = {};
  status: unknown = null;
  readonly listeners = new Map<string, () => void>();
  constructor(readonly widget_manager: { kernel?: Kernel | null }) {}
  get(): unknown {
    return this.status;
  }
  on(names: string, listener: () => void): void {
    for (const name of names.split(" ")) this.listeners.set(name, listener);
  }
  off(names: string): void {
    for (const name of names.split(" ")) this.listeners.delete(name);
  }
  say(status: unknown): void {
    this.status = status;
    this.listeners.get("change:_status")?.();
  }
}

const BUSY = "wait: The kernel is busy. In a loop, `await new Promise(setImmediate)` lets it draw.";

describe("the mark over a picture", () => {
  let kernel: Kernel;
  let model: Model;
  let state: KernelState;
  let shown: string | undefined;
  let answers: boolean;

  function watch(manager: { kernel?: Kernel | null }): void {
    model = new Model(manager);
    state = new KernelState({
      model: model as unknown as WidgetModel,
      answers: () => Promise.resolve(answers),
      onChange: (content) => {
        shown = content && `${content.kind}: ${content.text}`;
      },
    });
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    kernel = new Kernel();
    answers = false;
    shown = undefined;
    watch({ kernel });
  });

  afterEach(() => {
    state.dispose();
    vi.useRealTimers();
  });

  it("says nothing while all is well, or where nothing is known", () => {
    vi.advanceTimersByTime(60_000);
    watch({});
    expect(shown).toBeUndefined();
  });

  it("says that the kernel is busy after a second without frames, until it is idle", () => {
    kernel.become("busy");
    vi.advanceTimersByTime(999);
    expect(shown).toBeUndefined();
    state.painted();
    vi.advanceTimersByTime(999);
    expect(shown).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(shown).toBe(BUSY);
    state.painted();
    expect(shown).toBeUndefined();
    vi.advanceTimersByTime(1000);
    expect(shown).toBe(BUSY);
    kernel.become("idle");
    expect(shown).toBeUndefined();
    vi.advanceTimersByTime(60_000);
    expect(shown).toBeUndefined();
  });

  it("doesn't say so of a kernel that runs a cell and answers", async () => {
    answers = true;
    kernel.become("busy");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(shown).toBeUndefined();
    answers = false;
    await vi.advanceTimersByTimeAsync(2000);
    expect(shown).toContain("wait: The kernel is busy");
    answers = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect(shown).toBeUndefined();
  });

  it("says that the connection is lost, until it is back", () => {
    kernel.connect("connecting");
    expect(shown).toBe("wait: No connection to the kernel. Trying again.");
    kernel.connect("connected");
    expect(shown).toBeUndefined();
  });

  it("says that the kernel was restarted or has ended", () => {
    model.comm_live = false;
    model.listeners.get("comm_live_update")?.();
    expect(shown).toBe("error: The kernel was restarted or has ended. Run the cell again.");
    model.comm_live = true;
    model.listeners.get("comm_live_update")?.();
    expect(shown).toBeUndefined();
    kernel.become("dead");
    expect(shown).toContain("has ended");
  });

  it("says nothing on a page that shows a saved state, and has no kernel", () => {
    shown = undefined;
    watch({});
    Object.assign(model, { comm: undefined, comm_live: false });
    model.listeners.get("comm_live_update")?.();
    expect(shown).toBeUndefined();
    Object.assign(model, { comm: {} });
    model.listeners.get("comm_live_update")?.();
    expect(shown).toContain("has ended");
  });

  it("says what the kernel says, errors before all that may pass", () => {
    model.say({ kind: "empty", text: "Nothing drawn yet" });
    expect(shown).toBe("empty: Nothing drawn yet");
    kernel.become("busy");
    vi.advanceTimersByTime(1000);
    expect(shown).toBe(BUSY);
    model.say({ kind: "error", text: "get_frame(): no light" });
    expect(shown).toBe("error: get_frame(): no light");
    model.say(null);
    expect(shown).toBe(BUSY);
  });

  it.each([7, "text", { kind: "loud", text: "x" }, { kind: "error", text: 5 }, {}])(
    "ignores %j as a status",
    (status) => {
      model.say(status);
      expect(shown).toBeUndefined();
    },
  );

  it("leaves nothing behind", () => {
    kernel.become("busy");
    state.dispose();
    expect([kernel.statusChanged.slots.size, kernel.connectionStatusChanged.slots.size]).toEqual([
      0, 0,
    ]);
    expect(model.listeners.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
