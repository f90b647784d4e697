import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SOURCE_LISTENERS } from "../../../src/framebuffer";
import { RemoteFrameBuffer } from "../../../src/kernel";
import { DISPLAY } from "../../../src/widgets";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;

/** Counts the requests instead of drawing. */
class Counter extends RemoteFrameBuffer {
  requests = 0;
  override request_draw(): void {
    this.requests += 1;
  }
}

describe.each(KERNELS)("on $on, animate()", ({ install }) => {
  beforeEach(() => {
    kernel = install();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });

  afterEach(() => {
    removeKernel();
    vi.useRealTimers();
  });

  /** The requests of so many seconds. */
  function requestsIn(seconds: number, widget: Counter): number {
    const before = widget.requests;
    vi.advanceTimersByTime(seconds * 1000);
    return widget.requests - before;
  }

  it("requests draws at its rate, until it is 0", () => {
    const widget = new Counter({ keep_picture: false });
    widget[DISPLAY]();
    widget.animate(30);
    expect(requestsIn(10, widget)).toBeCloseTo(300, -1);
    widget.animate(60);
    expect(requestsIn(1, widget)).toBeCloseTo(60, -1);
    widget.animate(0);
    expect(requestsIn(10, widget)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("begins when the widget is shown, and pauses when its cell is gone", () => {
    const widget = new Counter({ keep_picture: false });
    widget.animate(30);
    expect(requestsIn(10, widget)).toBe(0);
    kernel.runCell("a");
    widget[DISPLAY]();
    expect(requestsIn(1, widget)).toBeCloseTo(30, -1);
    kernel.runCell("a");
    vi.advanceTimersByTime(100);
    expect(requestsIn(10, widget)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    widget[DISPLAY]();
    expect(requestsIn(1, widget)).toBeCloseTo(30, -1);
    widget.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes on while a server shows the widget", () => {
    const widget = new Counter();
    widget.animate(30);
    const listener = {
      onDrawRequest: () => undefined,
      onFrame: () => undefined,
      onClosed: () => undefined,
    };
    const serving = widget[SOURCE_LISTENERS](listener);
    expect(requestsIn(1, widget)).toBeCloseTo(30, -1);
    serving.dispose();
    vi.advanceTimersByTime(100);
    expect(requestsIn(10, widget)).toBe(0);
  });

  it("does not catch up after a pause", () => {
    const widget = new Counter({ keep_picture: false });
    widget[DISPLAY]();
    widget.animate(100);
    // A cell that computes for a second.
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 1000);
    expect(requestsIn(0.02, widget)).toBeLessThan(5);
    vi.restoreAllMocks();
  });

  it.each([-1, 1001, Number.NaN, "30"])("rejects %j", (fps) => {
    expect(() => new Counter().animate(fps as number)).toThrow(/^fps: expected a number .* got /);
  });
});
