import { describe, expect, it } from "vitest";
import {
  EventTurns,
  MAX_HANDLING_SECONDS,
  MAX_WAITING_EVENTS,
  NEXT_HANDLING_SECONDS,
} from "../../../../src/framebuffer/source/eventTurns";
import { FakeClock } from "../../../support/fakeClock";

function setUp() {
  const clock = new FakeClock();
  const turns = new EventTurns();
  const log: string[] = [];
  const errors: string[] = [];
  const ends = new Map<string, { resolve(): void; reject(error: Error): void }>();
  const take = (name: string, how: "async" | "sync" = "async", type = name): void =>
    turns.take({
      type,
      clock,
      handle: () => {
        log.push(`${name} begins`);
        if (how === "sync") return undefined;
        return new Promise<void>((resolve, reject) => ends.set(name, { resolve, reject }));
      },
      onProgress: () => log.push(`${name} progresses`),
      reportError: (error) => errors.push(String(error)),
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.resolve();
    await clock.settle();
  };
  const fail = async (name: string): Promise<void> => {
    ends.get(name)?.reject(new Error(`${name} failed`));
    await clock.settle();
  };
  return { clock, end, errors, fail, log, take, turns };
}

const begun = (log: readonly string[]): string[] =>
  log.filter((line) => line.endsWith("begins")).map((line) => line.split(" ")[0] ?? "");

describe("turns of handle_event", () => {
  it("calls a handler that returns nothing at once, for each event", () => {
    const { log, take } = setUp();
    take("down", "sync");
    take("up", "sync");
    expect(log).toEqual(["down begins", "down progresses", "up begins", "up progresses"]);
  });

  it("waits for an asynchronous handler before the next event, and keeps the order", async () => {
    const { end, log, take } = setUp();
    for (const name of ["down", "up", "down2", "down3"]) take(name);
    expect(begun(log)).toEqual(["down"]);
    await end("down");
    expect(begun(log)).toEqual(["down", "up"]);
    await end("up");
    await end("down2");
    await end("down3");
    expect(begun(log)).toEqual(["down", "up", "down2", "down3"]);
  });

  it("tells when the handler has returned, and when its Promise has settled", async () => {
    const { end, log, take } = setUp();
    take("down");
    expect(log).toEqual(["down begins", "down progresses"]);
    await end("down");
    expect(log).toEqual(["down begins", "down progresses", "down progresses"]);
  });

  it("reports a rejection and goes on", async () => {
    const { errors, fail, log, take } = setUp();
    take("down");
    take("up", "sync");
    await fail("down");
    expect(errors).toEqual(["Error: down failed"]);
    expect(begun(log)).toEqual(["down", "up"]);
  });

  it("reports a handler that never ends, and goes on without it", async () => {
    const { clock, end, errors, log, take } = setUp();
    take("down");
    take("up", "sync");
    clock.advance(MAX_HANDLING_SECONDS);
    expect(errors).toEqual([expect.stringContaining("10 s after a down event")]);
    expect(begun(log)).toEqual(["down", "up"]);
    await end("down");
    expect(begun(log)).toEqual(["down", "up"]);
    expect(clock.pending).toBe(0);
  });

  it("waits for less once one took too long, until one ends in time", async () => {
    const { clock, errors, log, take, end } = setUp();
    for (const name of ["a", "b", "c", "d", "e"]) take(name);
    clock.advance(MAX_HANDLING_SECONDS + 2 * NEXT_HANDLING_SECONDS);
    expect(begun(log)).toEqual(["a", "b", "c", "d"]);
    expect(errors[2]).toContain("has not ended 1 s after a c event");
    await end("d");
    expect(begun(log).at(-1)).toBe("e");
    clock.advance(MAX_HANDLING_SECONDS - 1);
    expect(errors).toHaveLength(3);
    clock.advance(1);
    expect(errors).toHaveLength(4);
  });

  it("keeps a bounded number of events, and the close event in any case", () => {
    const { clock, errors, log, take } = setUp();
    take("down");
    for (let time = 0; time < MAX_WAITING_EVENTS + 5; time++) take(`move${time}`, "sync");
    expect(errors).toHaveLength(5);
    take("close", "sync");
    expect(errors).toHaveLength(5);
    clock.advance(MAX_HANDLING_SECONDS);
    expect(begun(log)).toHaveLength(MAX_WAITING_EVENTS + 2);
    expect(begun(log).at(-1)).toBe("close");
  });

  it("drops an event that a newer one replaces when too many wait, not the end of a drag", () => {
    const { clock, errors, log, take } = setUp();
    take("busy");
    take("pointer_down", "sync");
    for (let time = 0; time < MAX_WAITING_EVENTS; time++) {
      take(`move${time}`, "sync", "pointer_move");
    }
    for (const type of ["pointer_up", "key_up", "resize", "close"]) take(type, "sync");
    expect(errors[0]).toContain("Cannot keep more than 1000 events: handle_event takes too long");
    clock.advance(MAX_HANDLING_SECONDS);
    const [, down, firstMove, ...rest] = begun(log);
    expect([down, firstMove]).toEqual(["pointer_down", "move4"]);
    expect(rest.slice(-5)).toEqual(["move999", "pointer_up", "key_up", "resize", "close"]);
  });

  it("keeps the newest size and the newest position of all", () => {
    const { clock, log, take } = setUp();
    take("busy");
    take("resize", "sync");
    take("wheel", "sync");
    take("pointer_move", "sync");
    for (let time = 3; time < MAX_WAITING_EVENTS; time++) take(`char${time}`, "sync", "char");
    take("late", "sync", "char");
    clock.advance(MAX_HANDLING_SECONDS);
    expect(begun(log).slice(1, 4)).toEqual(["resize", "wheel", "pointer_move"]);
    expect(begun(log).at(-1)).toBe("char999");
  });

  it("gives up a press for a release, and never waits for more than a bounded number", () => {
    const { clock, log, take } = setUp();
    take("busy");
    for (let time = 0; time < MAX_WAITING_EVENTS; time++) take(`down${time}`, "sync", "key_down");
    for (let time = 0; time < MAX_WAITING_EVENTS + 5; time++) take(`up${time}`, "sync", "key_up");
    clock.advance(MAX_HANDLING_SECONDS);
    const waited = begun(log).slice(1);
    expect(waited).toHaveLength(MAX_WAITING_EVENTS);
    expect([waited[0], waited.at(-1)]).toEqual(["up0", "up999"]);
  });
});
