import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { REST_DELAY } from "../../../src/framebuffer/pacing/restTimer";
import { RemoteFrameBuffer } from "../../../src/kernel";
import { DISPLAY, openWidgets, STATUS } from "../../../src/widgets";
import { collectStdout } from "../../support/collectStdout";
import { collectGarbage } from "../../support/garbage";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;
let written: string[];

class Picture extends RemoteFrameBuffer {
  readonly events: string[] = [];
  level = 100;
  override get_frame(): { data: Uint8Array; shape: number[] } | null {
    return { data: new Uint8Array(12).fill(this.level), shape: [2, 2, 3] };
  }
  override handle_event({ event_type }: { event_type: string }): void {
    this.events.push(event_type);
  }
}

describe.each(KERNELS)("on $on, a picture whose cell runs again", ({ install }) => {
  beforeEach(() => {
    kernel = install();
    written = collectStdout();
  });

  afterEach(() => {
    vi.restoreAllMocks();
    removeKernel();
  });

  function frames(widget: RemoteFrameBuffer): Readonly<Record<string, unknown>>[] {
    return kernel
      .messages(widget.model_id, "custom")
      .map(({ content }) => content as Readonly<Record<string, unknown>>);
  }

  async function nextFrame(widget: RemoteFrameBuffer, count: number): Promise<unknown> {
    await expect.poll(() => frames(widget).length, { timeout: 10_000 }).toBeGreaterThan(count);
    return frames(widget)[count];
  }

  /** Lets what is planned for the next turns of the event loop happen. */
  async function turns(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  }

  /** A page shows the widget. */
  function look(widget: RemoteFrameBuffer): void {
    kernel.custom(widget.model_id, { type: "hello", version: 1 });
    kernel.update(widget.model_id, { _has_visible_views: true });
  }

  /** Shows a widget in a cell, and waits for its first frame. */
  async function show<Shown extends RemoteFrameBuffer>(widget: Shown): Promise<Shown> {
    widget[DISPLAY]();
    look(widget);
    await nextFrame(widget, 0);
    return widget;
  }

  it("leaves with the place for its text, and gets no close event", async () => {
    kernel.runCell("a");
    const widget = await show(new Picture());
    kernel.runCell("a");
    expect(openWidgets()).toEqual([]);
    expect(widget[STATUS]).toBe("left");
    expect(widget.events).not.toContain("close");
  });

  it("is drawn no more, whatever asks for it, until it is shown again", async () => {
    kernel.runCell("a");
    const widget = await show(new Picture());
    const getFrame = vi.spyOn(widget, "get_frame");
    kernel.runCell("a");
    const sent = kernel.sent.length;
    widget.request_draw();
    widget.title = "changed";
    await turns();
    expect(getFrame).not.toHaveBeenCalled();
    expect(kernel.sent).toHaveLength(sent);
    const count = frames(widget).length;
    await show(widget);
    // Its number shows that none was sent in between.
    expect(await nextFrame(widget, count)).toMatchObject({ index: count + 1 });
    expect(getFrame).toHaveBeenCalled();
  });

  it("keeps the newest frame that was sent meanwhile, for the next view", async () => {
    class Pushed extends Picture {
      override get_frame(): null {
        return null;
      }
    }
    kernel.runCell("a");
    const widget = new Pushed();
    widget[DISPLAY]();
    look(widget);
    widget.send_frame({ data: new Uint8Array(12).fill(10), shape: [2, 2, 3] });
    await nextFrame(widget, 0);
    kernel.runCell("a");
    const sent = kernel.sent.length;
    widget.send_frame({ data: new Uint8Array(12).fill(200), shape: [2, 2, 3] });
    expect(widget[STATUS]).toBe("left");
    await turns();
    expect(kernel.sent).toHaveLength(sent);
    const count = frames(widget).length;
    widget[DISPLAY]();
    look(widget);
    expect(await nextFrame(widget, count)).toMatchObject({ index: count + 1 });
    expect([...(widget.snapshot().data?.data ?? [])]).toEqual(new Array(12).fill(200));
  });

  it("does not come back when a draw ends that had begun before", async () => {
    let finish: (() => void) | undefined;
    class Slow extends RemoteFrameBuffer {
      override async get_frame(): Promise<{ data: Uint8Array; shape: number[] }> {
        await new Promise<void>((resolve) => (finish = resolve));
        return { data: new Uint8Array(12).fill(50), shape: [2, 2, 3] };
      }
    }
    kernel.runCell("a");
    const widget = new Slow();
    widget[DISPLAY]();
    look(widget);
    await expect.poll(() => finish).toBeDefined();
    kernel.runCell("a");
    finish?.();
    await turns();
    expect(widget[STATUS]).toBe("left");
    widget[DISPLAY]();
    look(widget);
    expect(await nextFrame(widget, 0)).toMatchObject({ index: 1 });
    const opened = kernel.sent.filter(
      ({ commId, type }) => commId === widget.model_id && type === "comm_open",
    );
    expect(opened).toHaveLength(2);
  });

  it("prints to the standard output, as its cell is gone", async () => {
    kernel.runCell("a");
    const widget = await show(new Picture());
    kernel.runCell("a");
    widget.print("still here");
    expect(written).toEqual(["still here\n"]);
    expect(widget[STATUS]).toBe("left");
    widget[DISPLAY]();
    widget.print("back");
    await expect.poll(() => JSON.stringify(kernel.sent.at(-1)?.data)).toContain("back");
    expect(written).toHaveLength(1);
  });

  it("prints below the picture that another cell shows", async () => {
    kernel.runCell("a");
    const widget = await show(new Picture());
    kernel.runCell("b");
    widget[DISPLAY]();
    kernel.runCell("a");
    expect(widget[STATUS]).toBe("open");
    widget.print("below");
    await expect.poll(() => JSON.stringify(kernel.sent.at(-1)?.data)).toContain("below");
    expect(written).toEqual([]);
  });

  it("still takes snapshots and can be closed", async () => {
    kernel.runCell("a");
    const widget = await show(new Picture());
    kernel.runCell("a");
    widget.level = 7;
    expect(widget.snapshot().data?.data[0]).toBe(7);
    widget.close();
    expect(widget.events.filter((type) => type === "close")).toHaveLength(1);
  });

  it("goes to the garbage, unless the user's code refers to it", async () => {
    const kept: RemoteFrameBuffer[] = [];
    const showTwo = async (): Promise<WeakRef<RemoteFrameBuffer>[]> => {
      kernel.runCell("a");
      const [lost, held] = [new Picture(), new Picture()];
      kept.push(held);
      for (const widget of [lost, held]) {
        widget[DISPLAY]();
        look(widget);
        while (frames(widget).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return [new WeakRef(lost), new WeakRef(held)];
    };
    const [lost, held] = await showTwo();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    kernel.runCell("a");
    vi.advanceTimersByTime(1000 * REST_DELAY);
    vi.useRealTimers();
    const isGone = (): boolean => lost?.deref() === undefined;
    await vi.waitUntil(
      () => {
        collectGarbage();
        return isGone();
      },
      { timeout: 10_000, interval: 20 },
    );
    expect(held?.deref()).toBe(kept[0]);
  });
});
