/** What a user's functions throw may have no text: it is reported, and nothing stops. */
import { describe, expect, it, vi } from "vitest";
import type { RfbEvent } from "../../../src/protocol/events";
import { grayFrame, setUpStream } from "../../support/streamHarness";

const values: [string, unknown][] = [
  ["an object without a prototype", Object.create(null)],
  ["an object whose toString throws", { toString: () => throwValue(new Error("no text")) }],
  ["an error whose text throws", Object.assign(new Error(), { toString: () => throwValue(1) })],
  ["a symbol", Symbol("odd")],
];

/** Throws any value, as not every library throws errors. */
function throwValue(value: unknown): never {
  // A generator that has not begun throws what it is given.
  return (function* (): Generator<never, void> {})().throw(value) as unknown as never;
}

const ways: [string, (value: unknown) => unknown][] = [
  ["throws", throwValue],
  ["rejects with", (value) => Promise.resolve().then(() => throwValue(value))],
];

const key = (name: string): object => ({
  ...{ type: "event", event: { type: "key_down", key: name, modifiers: [], timestamp: 0 } },
});

describe.each(ways)("a user's function that %s", (_how, fail) => {
  describe.each(values)("%s", (_what, value) => {
    it("as get_frame() is reported, and draws again", async () => {
      let fails = true;
      const source = {
        get_frame: () => (fails ? (fail(value) as never) : grayFrame(7)),
        handle_event: () => undefined,
      };
      const { clock, errors, join } = setUpStream({ still_after: null }, { source });
      const viewer = await join();
      expect(errors).toEqual([{ error: value, during: "get_frame" }]);
      fails = false;
      viewer.say(key("a"));
      clock.advance(1);
      await clock.settle();
      expect(viewer.frames.map(({ payload }) => payload[0])).toEqual([7]);
    });

    it("as handle_event() is reported, and gets the next event", async () => {
      const seen: string[] = [];
      const source = {
        get_frame: () => grayFrame(7),
        handle_event: (event: RfbEvent) => {
          if (event.event_type !== "key_down") return;
          seen.push(event.key);
          if (event.key === "a") return fail(value) as undefined;
        },
      };
      const { clock, errors, join } = setUpStream({}, { source });
      const viewer = await join();
      viewer.say(key("a"));
      viewer.say(key("b"));
      await clock.settle();
      expect(errors).toEqual([{ error: value, during: "handle_event" }]);
      expect(seen).toEqual(["a", "b"]);
      expect(viewer.closed).toBeUndefined();
    });

    it("as authenticate is reported, and rejects the viewer", async () => {
      const { clock, errors, join } = setUpStream({ authenticate: () => fail(value) });
      const viewer = await join();
      await clock.settle();
      expect(viewer.closed?.code).toBe(4401);
      expect(errors).toEqual([{ error: value, during: "authenticate" }]);
    });

    it("as on_error stops nothing", async () => {
      const on_error = vi.fn(() => fail(value) as undefined);
      let fails = true;
      const source = {
        get_frame: () => (fails ? throwValue(value) : grayFrame(7)),
        handle_event: () => undefined,
      };
      const { clock, join } = setUpStream({ on_error, still_after: null }, { source });
      const viewer = await join();
      expect(on_error).toHaveBeenCalled();
      fails = false;
      viewer.say(key("a"));
      clock.advance(1);
      await clock.settle();
      expect(viewer.frames.map(({ payload }) => payload[0])).toEqual([7]);
    });
  });
});
