import { describe, expect, it } from "vitest";
import {
  MAX_DISTINCT_ERRORS,
  REPEAT_INTERVAL,
  RepeatLimit,
} from "../../../src/protocol/repeatLimit";
import { FakeClock } from "../../support/fakeClock";

function setUp() {
  const clock = new FakeClock();
  const limit = new RepeatLimit(clock.delay);
  const lines: string[] = [];
  const replaced: (string | undefined)[] = [];
  const add = (text: string): void =>
    limit.add(text, ({ line, before }) => {
      lines.push(line);
      replaced.push(before);
    });
  return { add, clock, limit, lines, replaced };
}

describe("the limit of repeated errors", () => {
  it("shows different errors at once", () => {
    const { add, lines } = setUp();
    add("a");
    add("b");
    expect(lines).toEqual(["a", "b"]);
  });

  it("shows an error that repeats once a second, as one line with a count", () => {
    const { add, clock, lines, replaced } = setUp();
    for (let time = 0; time < 180; time++) {
      add("a");
      clock.advance(1 / 60);
    }
    expect(lines.length).toBeLessThanOrEqual(4);
    expect(lines[0]).toBe("a");
    clock.advance(REPEAT_INTERVAL);
    expect(lines.at(-1)).toBe("a (180 times)");
    expect(replaced).toEqual([undefined, ...lines.slice(0, -1)]);
  });

  it("shows the second of two errors that are far apart at once", () => {
    const { add, clock, lines } = setUp();
    add("a");
    clock.advance(60);
    add("a");
    expect(lines).toEqual(["a", "a (2 times)"]);
  });

  it("shows only the newest once a second after 100 different ones", () => {
    const { add, clock, lines } = setUp();
    for (let time = 0; time < MAX_DISTINCT_ERRORS; time++) add(`known ${time}`);
    expect(lines).toHaveLength(MAX_DISTINCT_ERRORS);
    clock.advance(60);
    lines.length = 0;
    for (let time = 0; time < 120; time++) {
      add(`other ${time}`);
      clock.advance(1 / 60);
    }
    clock.advance(REPEAT_INTERVAL);
    expect(lines.length).toBeLessThanOrEqual(4);
    expect(lines[0]).toBe("other 0");
    expect(lines.at(-1)).toBe("other 119 (and 119 other errors)");
  });

  it("leaves no timer behind", () => {
    const { add, clock, limit, lines } = setUp();
    add("a");
    add("a");
    limit.dispose();
    expect(clock.pending).toBe(0);
    clock.advance(9);
    expect(lines).toEqual(["a"]);
  });
});
