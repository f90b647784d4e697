import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RequestStatsMessage, StatsMessage } from "../../../src/protocol/messages";
import { SessionStats } from "../../../src/view/sessionStats";

let sent: RequestStatsMessage[];
let stats: SessionStats;

beforeEach(() => {
  vi.useFakeTimers({
    now: 1_000_000,
    toFake: ["setTimeout", "clearTimeout", "Date", "performance"],
  });
  sent = [];
  stats = new SessionStats((message) => sent.push(message));
});

afterEach(() => {
  vi.useRealTimers();
});

/** A session whose clocks are 100 s (monotonic) and 7 s (of the day) ahead of the page's. */
function answer(localtime: number, there: number, measured: Partial<StatsMessage> = {}): void {
  const means = { event_age: null, drawing: null, encoding: null };
  const monotonic = localtime + there + 100;
  const now = Date.now() / 1000 - there + 7;
  stats.receive({ type: "stats", localtime, monotonic, now, ...means, ...measured });
}

describe("a session's statistics", () => {
  it("are corrected by the difference of the clocks", async () => {
    const asked = stats.request();
    vi.advanceTimersByTime(20);
    const [{ localtime } = { localtime: 0 }] = sent;
    answer(localtime, 0.01, { event_age: 100.004, drawing: 0.002, encoding: 0.003 });
    const times = await asked;
    expect(times?.roundTrip).toBeCloseTo(20);
    expect(times?.ahead).toBeCloseTo(7);
    expect(times?.event).toBeCloseTo(4);
    expect(times?.draw).toBeCloseTo(2);
    expect(times?.encode).toBeCloseTo(3);
  });

  it("know the clocks by the quickest answer", async () => {
    const first = stats.request();
    vi.advanceTimersByTime(2);
    answer(sent[0]?.localtime ?? 0, 0.001);
    await first;
    const second = stats.request();
    vi.advanceTimersByTime(500);
    // All of the delay was on the way there.
    answer(sent[1]?.localtime ?? 0, 0.5, { event_age: 100.003 });
    expect((await second)?.event).toBeCloseTo(3);
  });

  it("are undefined where no answer comes, and then those before", async () => {
    const first = stats.request();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await first).toBeUndefined();
    const second = stats.request();
    answer(sent[1]?.localtime ?? 0, 0, { drawing: 0.005 });
    await second;
    const third = stats.request();
    await vi.advanceTimersByTimeAsync(1000);
    expect((await third)?.draw).toBeCloseTo(5);
  });

  it("don't come from the answer to another page", async () => {
    const asked = stats.request();
    answer(-5, 0, { drawing: 1 });
    stats.dispose();
    expect(await asked).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});
