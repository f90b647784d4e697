import { describe, expect, it } from "vitest";
import { LinkWatch, SilenceLimit } from "../../../src/client/worker/linkWatch";
import { fakeTimers } from "../picture/frames";

/** A watched connection whose server answers pings when the test says so. */
function watch(limit = new SilenceLimit()) {
  const { clock, timers } = fakeTimers();
  const pings: number[] = [];
  const deaths: number[] = [];
  const link = new LinkWatch({
    timers,
    limit,
    ping: () => pings.push(clock.monotonic()),
    onDead: () => deaths.push(clock.monotonic()),
  });
  const pong = (): void => {
    link.noteMessage();
    link.notePong();
  };
  return { clock, link, limit, pings, deaths, pong };
}

describe("a watched connection", () => {
  it("is dead within 10 s of silence", () => {
    const { clock, pings, deaths, pong } = watch();
    expect(pings).toEqual([0]);
    clock.advance(0.1);
    pong();
    clock.advance(60);
    expect(pings).toEqual([0, 3]);
    expect(deaths).toEqual([8]);
    expect(clock.pending).toBe(0);
  });

  it("lives as long as messages come, and asks for one after a silence", () => {
    const { clock, link, pings, deaths, pong } = watch();
    pong();
    for (let second = 0; second < 60; second++) {
      clock.advance(1);
      link.noteMessage();
    }
    expect(pings).toEqual([0]);
    for (let round = 0; round < 10; round++) {
      clock.advance(3.5);
      pong();
    }
    expect(pings).toHaveLength(11);
    expect(deaths).toEqual([]);
  });

  it("is never dead if the server does not know pings", () => {
    const { clock, link, deaths } = watch();
    clock.advance(600);
    link.noteMessage();
    clock.advance(600);
    expect(deaths).toEqual([]);
  });

  it("is not watched once disposed", () => {
    const { clock, link, deaths, pong } = watch();
    pong();
    link.dispose();
    clock.advance(60);
    expect(deaths).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe("the limit for silence", () => {
  it("doubles with each dead connection, up to about a minute, until one lasts", () => {
    const limit = new SilenceLimit();
    const limits: number[] = [];
    for (let times = 0; times < 5; times++) {
      limits.push(limit.current);
      limit.giveUp();
    }
    expect(limits).toEqual([8, 16, 32, 64, 64]);
    const { clock, pong } = watch(limit);
    for (let second = 0; second < 59; second++) {
      pong();
      clock.advance(1);
    }
    expect(limit.current).toBe(64);
    clock.advance(1);
    expect(limit.current).toBe(8);
  });

  it("is short again after a while without long silences", () => {
    const limit = new SilenceLimit();
    limit.giveUp();
    const { clock, deaths, pong } = watch(limit);
    const stay = (seconds: number): void => {
      for (let second = 0; second < seconds; second++) {
        pong();
        clock.advance(1);
      }
    };
    pong();
    // A hole in the connection, or a large frame.
    clock.advance(12.5);
    pong();
    expect(limit.current).toBe(24);
    stay(30);
    clock.advance(20);
    expect(deaths).toEqual([]);
    stay(120);
    expect(limit.current).toBe(8);
  });

  it("lets a large frame on a slow link arrive, and the next one too", () => {
    const limit = new SilenceLimit();
    // A frame that takes 20 s, again on each connection.
    const arrives = (): boolean => {
      const { clock, deaths, pong } = watch(limit);
      pong();
      clock.advance(20.5);
      if (deaths.length === 0) pong();
      return deaths.length === 0;
    };
    const arrivals = Array.from({ length: 5 }, arrives);
    expect(arrivals.slice(-3)).toEqual([true, true, true]);
  });
});
