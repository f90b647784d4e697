import { describe, expect, it } from "vitest";
import type { Departure } from "../../../src/framebuffer/pacing/frameLedger";
import { StageTimes } from "../../../src/framebuffer/stageTimes";

const REQUEST = { type: "request_stats", localtime: 5 } as const;

function departure(part: Partial<Departure>): Departure {
  return { purpose: "draw", queuedAt: 0, sentAt: 0, ...part } as Departure;
}

describe("the times of the stages", () => {
  const clock = { monotonic: () => 40, now: () => 1000 };

  it("are null before anything was measured", () => {
    expect(new StageTimes(clock).answer(REQUEST)).toEqual({
      type: "stats",
      localtime: 5,
      monotonic: 40,
      now: 1000,
      event_age: null,
      drawing: null,
      encoding: null,
    });
  });

  it("are running means", () => {
    const times = new StageTimes(clock);
    times.eventCame(30);
    for (let count = 0; count < 100; count += 1) times.drew(0.002);
    times.drew(0.012);
    times.recordSend(departure({ queuedAt: 1, sentAt: 1.5 }));
    // Its encoder works with more care, while nothing moves.
    times.recordSend(departure({ purpose: "lossless redraw", queuedAt: 1, sentAt: 9 }));
    const { event_age, drawing, encoding } = times.answer(REQUEST);
    expect(event_age).toBe(10);
    expect(drawing).toBeCloseTo(0.003);
    expect(encoding).toBe(0.5);
  });
});
