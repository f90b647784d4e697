import { describe, expect, it } from "vitest";
import { ReceiptPace } from "../../../src/picture/receiptPace";
import { fakeScreen, fakeTimers, SCREEN_MS } from "./frames";

/** A page that paints frames, and a session that answers each receipt after some milliseconds. */
function setUp({ answerMs = 4, inFlight = 1 } = {}) {
  const { clock, timers } = fakeTimers();
  const screen = fakeScreen(clock);
  const now = (): number => clock.monotonic() * 1000;
  const pace = new ReceiptPace({ frames: screen.frames, timers, now });
  /** When frames were painted and receipts sent. */
  const painted: number[] = [];
  const sent: { at: number; held: number; seen: number }[] = [];
  const state = { answerMs, isStill: false };
  const paint = (): void => {
    painted.push(now());
    pace.done(true, (held, seen) => {
      sent.push({ at: now(), held, seen });
      if (!state.isStill) clock.delay(state.answerMs / 1000, paint);
    });
  };
  return {
    ...{ clock, pace, painted, sent, screen, state },
    /** Begins an animation with so many frames in flight. */
    animate: () => {
      for (let frame = 0; frame < inFlight; frame++) paint();
    },
    run: (seconds: number) => {
      const before = painted.length;
      clock.advance(seconds);
      return painted.slice(before);
    },
  };
}

/** The animation frames in which something new was painted. */
const seenIn = (times: readonly number[]): number =>
  new Set(times.map((time) => Math.floor(time / SCREEN_MS))).size;

describe("receipts of an animation", () => {
  it.each([1, 2, 4])(
    "that is faster than the screen let one frame through for each of its frames, with %i in flight",
    (inFlight) => {
      const { animate, run } = setUp({ inFlight });
      animate();
      run(0.5);
      const times = run(1.6);
      expect(times).toHaveLength(100);
      expect(seenIn(times)).toBe(100);
    },
  );

  it.each([6, 10, 15])(
    "are answered in %i ms: every frame of the screen has a new picture",
    (answerMs) => {
      const { animate, run } = setUp({ answerMs });
      animate();
      run(0.5);
      const times = run(1.6);
      expect(seenIn(times)).toBeGreaterThanOrEqual(99);
      expect(times.length - seenIn(times)).toBeLessThanOrEqual(1);
    },
  );

  it.each([18, 30, 100])("that are answered in %i ms wait for nothing", (answerMs) => {
    const { animate, run, sent } = setUp({ answerMs });
    animate();
    run(2);
    expect(sent.length).toBeGreaterThanOrEqual(Math.floor(2000 / (answerMs + SCREEN_MS / 2)));
    expect(Math.max(...sent.slice(10).map(({ held }) => held))).toBeLessThan(1);
  });

  it("are sent at once again when answers become slow", () => {
    const { animate, run, sent, state } = setUp({ answerMs: 4 });
    animate();
    run(0.5);
    state.answerMs = 50;
    run(1);
    sent.length = 0;
    run(1);
    expect(sent.map(({ held }) => held)).toEqual(sent.map(() => 0));
  });

  it("say how many frames were seen", () => {
    const { animate, run, painted, sent } = setUp({ answerMs: 30 });
    animate();
    run(3);
    const last = sent.at(-1);
    // The last ones have no animation frame yet.
    expect(painted.length - (last?.seen ?? 0)).toBeLessThanOrEqual(2);
  });
});

describe("a receipt", () => {
  it("of a dropped frame goes with the one before it", () => {
    const { pace, clock } = setUp();
    const sent: string[] = [];
    pace.done(true, () => sent.push("first"));
    pace.done(true, () => sent.push("held"));
    pace.done(false, () => sent.push("dropped"));
    expect(sent).toEqual(["first"]);
    clock.advance(SCREEN_MS / 1000);
    expect(sent).toEqual(["first", "held", "dropped"]);
  });

  it("of a dropped frame waits for nothing if no other waits", () => {
    const { pace } = setUp();
    const sent: string[] = [];
    pace.done(true, () => sent.push("painted"));
    pace.done(false, () => sent.push("dropped"));
    expect(sent).toEqual(["painted", "dropped"]);
  });

  it("does not wait after a long rest", () => {
    const { animate, pace, run, state } = setUp();
    animate();
    run(1);
    state.isStill = true;
    run(10);
    const sent: string[] = [];
    pace.done(true, () => sent.push("painted"));
    expect(sent).toEqual(["painted"]);
  });
});

describe("a hidden page", () => {
  it("does not stop an animation: after a moment nothing waits for the screen", () => {
    const { animate, run, screen } = setUp({ answerMs: 4 });
    animate();
    run(0.5);
    screen.isOn = false;
    run(0.2);
    expect(run(1).length).toBeGreaterThanOrEqual(249);
    screen.isOn = true;
    run(0.1);
    expect(run(1.6)).toHaveLength(100);
  });
});

it("sends nothing and leaves nothing running once it is disposed", () => {
  const { animate, clock, pace, run, sent } = setUp();
  animate();
  run(0.1);
  const { length } = sent;
  pace.dispose();
  pace.done(true, () => sent.push({ at: 0, held: 0, seen: 0 }));
  run(1);
  expect(sent).toHaveLength(length);
  expect(clock.pending).toBe(0);
});

describe("the receipt of a frame that only refines the picture", () => {
  it("takes no animation frame from those in motion, and isn't counted as seen", () => {
    const { animate, pace, run, sent } = setUp();
    animate();
    run(0.5);
    const { seen: before = 0 } = sent.at(-1) ?? {};
    let receipts = 0;
    for (let count = 0; count < 10; count++) {
      run(0.05);
      pace.done(false, () => (receipts += 1));
    }
    run(0.5);
    expect(receipts).toBe(10);
    const seen = (sent.at(-1)?.seen ?? 0) - before;
    expect(Math.abs(seen - 1000 / SCREEN_MS)).toBeLessThanOrEqual(1);
  });
});
