import { describe, expect, it } from "vitest";
import type { Modifier, WireEvent } from "../../../src/protocol/events";
import { EventThrottle, type ThrottledEvent } from "../../../src/view/input/eventThrottle";
import { fakeScreen, fakeTimers, SCREEN_MS } from "../picture/frames";

function setUp(milliseconds: number | null = 20) {
  const { clock, timers } = fakeTimers();
  const screen = fakeScreen(clock);
  const sent: WireEvent[] = [];
  const send = (event: WireEvent): void => void sent.push(event);
  const throttle = new EventThrottle({ send, timers, frames: screen.frames });
  throttle.setInterval(milliseconds);
  return { clock, screen, sent, throttle };
}

const move = (
  x: number,
  buttons: readonly number[] = [],
  modifiers: readonly Modifier[] = [],
): ThrottledEvent => ({
  type: "pointer_move",
  timestamp: x,
  x,
  y: 0,
  button: 0,
  buttons,
  modifiers,
  ntouches: 0,
  touches: {},
});
const wheel = (dx: number, dy: number, modifiers: readonly Modifier[] = []): ThrottledEvent => ({
  ...{ type: "wheel", timestamp: 0, x: dx, y: dy, buttons: [], dx, dy, modifiers },
});
const resize = (width: number): ThrottledEvent => ({
  ...{ type: "resize", timestamp: 0, width, height: 1, pwidth: width, pheight: 1, ratio: 1 },
});
const down: WireEvent = { ...(move(0) as WireEvent & object), type: "pointer_down" } as WireEvent;
const show: WireEvent = { type: "show", timestamp: 0 };
const xs = (events: readonly WireEvent[]): unknown[] =>
  events.map((event) => ("x" in event ? event.x : event.type));

describe("EventThrottle", () => {
  it("sends the first event of a burst immediately and the last at the end of the interval", () => {
    const { clock, sent, throttle } = setUp();
    for (const x of [1, 2, 3]) throttle.push("move 1", move(x));
    expect(xs(sent)).toEqual([1]);
    clock.advance(0.019);
    expect(xs(sent)).toEqual([1]);
    clock.advance(0.001);
    expect(xs(sent)).toEqual([1, 3]);
  });

  it("sends one event per interval of a long burst, and immediately again after an empty interval", () => {
    const { clock, sent, throttle } = setUp();
    for (let x = 0; x < 100; x++) {
      throttle.push("move 1", move(x));
      clock.advance(0.001);
    }
    expect(sent).toHaveLength(6);
    clock.advance(0.04);
    throttle.push("move 1", move(200));
    expect(xs(sent).slice(-2)).toEqual([99, 200]);
  });

  it("leaves no timer running after the last event", () => {
    const { clock, throttle } = setUp();
    throttle.push("move 1", move(1));
    throttle.push("move 1", move(2));
    clock.advance(1);
    expect(clock.pending).toBe(0);
  });

  it("adds up the deltas of the wheel", () => {
    const { clock, sent, throttle } = setUp();
    for (let notch = 0; notch < 5; notch++) throttle.push("wheel", wheel(1, -100));
    clock.advance(0.02);
    expect(sent).toMatchObject([
      { dx: 1, dy: -100 },
      { dx: 4, dy: -400 },
    ]);
  });

  it.each([
    ["buttons", move(2, [1]), move(3, [1, 2])],
    ["modifiers", move(2), move(3, [], ["Shift"])],
  ])("splits moves when %s change", (_what, before, after) => {
    const { clock, sent, throttle } = setUp();
    throttle.push("move 1", move(1));
    throttle.push("move 1", before);
    throttle.push("move 1", after);
    expect(xs(sent)).toEqual([1, 2]);
    clock.advance(0.02);
    expect(xs(sent)).toEqual([1, 2, 3]);
  });

  it("splits wheel events when modifiers change", () => {
    const { clock, sent, throttle } = setUp();
    throttle.push("wheel", wheel(0, 100));
    throttle.push("wheel", wheel(0, 100));
    throttle.push("wheel", wheel(0, 100, ["Control"]));
    clock.advance(0.02);
    expect(sent).toMatchObject([{ modifiers: [] }, { modifiers: [] }, { modifiers: ["Control"] }]);
  });

  it("sends waiting events before one that is not throttled, in their order", () => {
    const { sent, throttle } = setUp();
    throttle.push("move 1", move(1));
    throttle.push("wheel", wheel(5, 5));
    throttle.push("wheel", wheel(6, 6));
    throttle.push("move 1", move(2));
    throttle.send(down);
    expect(sent.map(({ type }) => type)).toEqual([
      "pointer_move",
      "wheel",
      "wheel",
      "pointer_move",
      "pointer_down",
    ]);
    expect(xs(sent)).toEqual([1, 5, 6, 2, 0]);
  });

  it("does not merge the moves of two fingers", () => {
    const { clock, sent, throttle } = setUp();
    for (const step of [0, 1, 2]) {
      throttle.push("move 1", move(10 + step));
      throttle.push("move 2", move(50 + step));
    }
    clock.advance(0.02);
    expect(xs(sent)).toEqual([10, 50, 12, 52]);
  });

  it("keeps only the last of several sizes", () => {
    const { clock, sent, throttle } = setUp();
    for (const width of [1, 2, 3, 4]) throttle.push("resize", resize(width));
    clock.advance(0.02);
    expect(sent).toMatchObject([{ width: 1 }, { width: 4 }]);
  });

  it("sends every event at an interval of 0, and follows a new interval", () => {
    const { clock, sent, throttle } = setUp(0);
    for (const x of [1, 2]) throttle.push("move 1", move(x));
    expect(xs(sent)).toEqual([1, 2]);
    throttle.setInterval(100);
    for (const x of [3, 4]) throttle.push("move 1", move(x));
    clock.advance(0.099);
    expect(xs(sent)).toEqual([1, 2, 3]);
    clock.advance(0.001);
    expect(xs(sent)).toEqual([1, 2, 3, 4]);
  });

  it("sends nothing more when it is disposed", () => {
    const { clock, sent, throttle } = setUp();
    throttle.push("move 1", move(1));
    throttle.push("move 1", move(2));
    throttle.dispose();
    throttle.dispose();
    clock.advance(1);
    throttle.flush();
    expect(xs(sent)).toEqual([1]);
    expect(clock.pending).toBe(0);
  });

  it("can be flushed when nothing waits", () => {
    const { sent, throttle } = setUp();
    throttle.flush();
    throttle.send(show);
    expect(sent).toEqual([show]);
  });
});

describe("an EventThrottle at the screen's pace", () => {
  /** Moves every millisecond. */
  const drag = (
    { clock, throttle }: ReturnType<typeof setUp>,
    milliseconds: number,
    each: (ms: number) => void = () => undefined,
  ): void => {
    for (let ms = 0; ms < milliseconds; ms++) {
      throttle.push("move 1", move(ms));
      each(ms);
      clock.advance(0.001);
    }
  };

  it("sends the first move at once, and then one for each animation frame", () => {
    const all = setUp(null);
    drag(all, 10 * SCREEN_MS);
    expect(xs(all.sent)).toEqual([0, 15, 31, 47, 63, 79, 95, 111, 127, 143, 159]);
  });

  it("is the pace of a new throttle", () => {
    const { clock, timers } = fakeTimers();
    const sent: WireEvent[] = [];
    const { frames } = fakeScreen(clock);
    const send = (event: WireEvent): void => void sent.push(event);
    const throttle = new EventThrottle({ send, timers, frames });
    for (const x of [1, 2, 3]) throttle.push("move 1", move(x));
    expect(xs(sent)).toEqual([1]);
    clock.advance(SCREEN_MS / 1000);
    expect(xs(sent)).toEqual([1, 3]);
  });

  it("sends moves just before receipts while these come at that pace, so that the next frame shows them", () => {
    const all = setUp(null);
    drag(all, 10 * SCREEN_MS, (ms) => {
      if (ms % SCREEN_MS === 9) all.throttle.receiptIsDue();
    });
    expect(xs(all.sent).slice(2)).toEqual([25, 41, 57, 73, 89, 105, 121, 137, 153]);
  });

  it("waits for no receipt of a slow animation", () => {
    const all = setUp(null);
    const sentAt: number[] = [];
    drag(all, 20 * SCREEN_MS, (ms) => {
      if (ms % (5 * SCREEN_MS) === 9) all.throttle.receiptIsDue();
      while (sentAt.length < all.sent.length) sentAt.push(ms);
    });
    const gaps = sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * SCREEN_MS);
    expect(sentAt.length).toBeGreaterThan(16);
    expect(sentAt.length).toBeLessThanOrEqual(22);
  });

  it("waits at most a moment for a screen that shows nothing", () => {
    const { clock, screen, sent, throttle } = setUp(null);
    screen.isOn = false;
    for (const width of [1, 2]) throttle.push("resize", resize(width));
    clock.advance(0.2);
    expect(sent).toMatchObject([{ width: 1 }, { width: 2 }]);
  });

  it("leaves nothing running after the last event, and nothing once it is disposed", () => {
    const { clock, throttle } = setUp(null);
    for (const x of [1, 2]) throttle.push("move 1", move(x));
    clock.advance(1);
    expect(clock.pending).toBe(0);
    for (const x of [3, 4]) throttle.push("move 1", move(x));
    throttle.dispose();
    expect(clock.pending).toBe(0);
  });
});
