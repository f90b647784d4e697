import { describe, expect, it, vi } from "vitest";
import { ErrorReporter, logToConsole } from "../../../src/hosting/errorReporter";
import { PlainError, ProtocolError } from "../../../src/protocol/errors";
import { edgeSettings } from "../../../src/relay/edge/edgeOptions";
import { streamSettings } from "../../../src/server/streamOptions";
import { MAX_DISTINCT_ERRORS } from "../../../src/protocol/repeatLimit";
import { FakeClock } from "../../support/fakeClock";

function setUp() {
  const clock = new FakeClock();
  const told: string[] = [];
  const errors: unknown[] = [];
  const reporter = new ErrorReporter((error, during) => {
    errors.push(error);
    told.push(`${during}: ${String(error)}`);
  }, clock);
  return { clock, errors, reporter, told };
}

describe("an error that repeats", () => {
  it("is reported at once, and then once a second with a count", () => {
    const { clock, errors, reporter, told } = setUp();
    const broken = new Error("broken");
    for (let time = 0; time < 60; time++) reporter.report(broken, "get_frame");
    expect(errors).toEqual([broken]);
    clock.advance(1);
    expect(told.slice(1)).toEqual(["get_frame: Error: broken (60 times)"]);
    expect(errors[1]).toMatchObject({ cause: broken });
    clock.advance(10);
    expect(told).toHaveLength(2);
    reporter.report(broken, "get_frame");
    expect(told.slice(2)).toEqual(["get_frame: Error: broken (61 times)"]);
  });

  it("is another one where it comes from elsewhere", () => {
    const { reporter, told } = setUp();
    reporter.report(new Error("broken"), "get_frame");
    reporter.report(new Error("broken"), "handle_event");
    expect(told).toEqual(["get_frame: Error: broken", "handle_event: Error: broken"]);
  });

  it("is reported once where once is enough", () => {
    const { clock, reporter, told } = setUp();
    for (let time = 0; time < 60; time++) {
      reporter.reportOnce(new Error("broken"), "encode");
      clock.advance(1);
    }
    expect(told).toEqual(["encode: Error: broken"]);
  });
});

describe("on_error by default", () => {
  it("prints the message alone where no code is to blame, and else the error", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = new Error("broken");
    const clock = new FakeClock();
    const reporter = new ErrorReporter(logToConsole, clock);
    for (const error of [new PlainError("slow"), new ProtocolError("hello: no"), broken]) {
      reporter.report(error, "x");
    }
    for (let time = 0; time < 2; time++) reporter.report(new PlainError("slow"), "x");
    clock.advance(1);
    expect(print.mock.calls).toEqual([
      ["jupyter-rfb-ts, x:", "slow"],
      ["jupyter-rfb-ts, x:", "hello: no"],
      ["jupyter-rfb-ts, x:", broken],
      ["jupyter-rfb-ts, x:", "slow (3 times)"],
    ]);
    print.mockRestore();
  });

  it("is that of streams and of edges", () => {
    expect(streamSettings({}).on_error).toBe(logToConsole);
    expect(edgeSettings({ nats: "nats://127.0.0.1" }).onError).toBe(logToConsole);
  });
});

describe("more different errors than are told apart", () => {
  it.each(["report", "reportOnce"] as const)("are reported once a second: %s", (method) => {
    const { clock, reporter, told } = setUp();
    const flood = (from: number, to: number): void => {
      for (let at = from; at < to; at++) reporter[method](new Error(`${at}!`), "encode");
    };
    flood(0, MAX_DISTINCT_ERRORS + 50);
    expect(told).toHaveLength(MAX_DISTINCT_ERRORS);
    clock.advance(1);
    const note = method === "report" ? " (and 49 other errors)" : "";
    expect(told.slice(MAX_DISTINCT_ERRORS)).toEqual([`encode: Error: 149!${note}`]);
    flood(150, 250);
    expect(told).toHaveLength(MAX_DISTINCT_ERRORS + 1);
    clock.advance(1);
    expect(told.slice(MAX_DISTINCT_ERRORS + 1)).toEqual([expect.stringContaining("249!")]);
    // Those that are known stay so.
    reporter.reportOnce(new Error("0!"), "encode");
    expect(told.at(-1)).toContain(method === "report" ? "0!" : "249!");
  });
});

describe("a reporter", () => {
  it("reports nothing more of what was due when it is disposed of", () => {
    const { clock, reporter, told } = setUp();
    for (let time = 0; time < 3; time++) reporter.report(new Error("broken"), "get_frame");
    reporter.dispose();
    reporter.dispose();
    clock.advance(5);
    expect([told.length, clock.pending]).toEqual([1, 0]);
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("no console");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no console"))],
  ])("goes on when on_error %s", (_what, onError) => {
    let calls = 0;
    const reporter = new ErrorReporter(() => {
      calls += 1;
      return onError() as undefined;
    }, new FakeClock());
    reporter.report(new Error("one"), "get_frame");
    reporter.report(new Error("two"), "get_frame");
    reporter.reportOnce(new Error("three"), "encode");
    expect(calls).toBe(3);
  });
});
