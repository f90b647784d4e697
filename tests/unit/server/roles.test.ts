import { describe, expect, it } from "vitest";
import type { StreamRole } from "../../../src/protocol/roleMessages";
import { HELLO, setUpStream, type FakeSocket } from "../../support/streamHarness";

const key = (type: string, name: string, timestamp = 1) => ({
  type: "event",
  event: { type, timestamp, key: name, modifiers: [] },
});

function roleOf(socket: FakeSocket): StreamRole | undefined {
  return socket.texts.filter((text) => text.type === "role").at(-1);
}

/** Which of some viewers drive, by what they were told. */
const drivers = (...sockets: FakeSocket[]): boolean[] =>
  sockets.map((socket) => roleOf(socket)?.drives === true);

const keysIn = (events: readonly { readonly event: object }[]): string[] =>
  events.map(
    ({ event }) => `${(event as { type: string }).type} ${(event as { key: string }).key}`,
  );

describe("where every viewer drives", () => {
  it("all events come, and nobody is told a role", async () => {
    const { display, join } = setUpStream();
    const [one, other] = [await join(), await join()];
    one.say(key("key_down", "a"));
    other.say(key("key_down", "b"));
    other.say({ type: "request_drive" });
    expect(keysIn(display.poll_events())).toEqual(["key_down a", "key_down b"]);
    expect([roleOf(one), roleOf(other)]).toEqual([undefined, undefined]);
    expect(display.driver).toBeNull();
    expect(() => display.set_driver(null)).toThrow(/the stream's option driver is "any" or "none"/);
  });
});

describe("where one viewer drives", () => {
  it("only its events come: those of the first one", async () => {
    const { display, join } = setUpStream({ driver: "first" });
    const [one, other] = [await join(), await join()];
    // The format is announced first.
    expect(one.texts.map(({ type }) => type).slice(0, 2)).toEqual(["config", "role"]);
    one.say(key("key_down", "a"));
    other.say(key("key_down", "b"));
    const events = display.poll_events();
    expect(keysIn(events)).toEqual(["key_down a"]);
    expect(display.driver).toBe(events[0]?.client_id);
    expect(roleOf(one)).toEqual({
      ...{ type: "role", drives: true, may_drive: true, has_driver: true, asks: false },
    });
    expect(roleOf(other)).toEqual({
      ...{ type: "role", drives: false, may_drive: true, has_driver: true, asks: false },
    });
  });

  it("it hands over to the one that asked first, and lets go of what it held", async () => {
    const { display, join } = setUpStream({ driver: "first" });
    const [one, two, three] = [await join(), await join(), await join()];
    one.say(key("key_down", "a"));
    // Nobody has asked, and others have nothing to hand over.
    one.say({ type: "hand_over" });
    two.say({ type: "hand_over" });
    expect(drivers(one, two, three)).toEqual([true, false, false]);
    three.say({ type: "request_drive" });
    two.say({ type: "request_drive" });
    three.say({ type: "request_drive" });
    expect(roleOf(three)?.asks).toBe(true);
    expect(roleOf(one)?.asking).toHaveLength(2);
    expect(roleOf(two)?.asking).toBeUndefined();
    display.poll_events();
    one.say({ type: "hand_over" });
    expect(drivers(one, two, three)).toEqual([false, false, true]);
    expect(keysIn(display.poll_events())).toEqual(["key_up a"]);
    expect(roleOf(three)).toMatchObject({ asks: false, asking: [expect.any(String)] });
    // What it lets go of later was released already.
    one.say(key("key_up", "a", 2));
    expect(display.poll_events()).toEqual([]);
  });

  it("it may name another one that asks, but nobody who isn't there", async () => {
    const { join } = setUpStream({ driver: "first" });
    const [one, two, three] = [await join(), await join(), await join()];
    two.say({ type: "request_drive" });
    three.say({ type: "request_drive" });
    const [, id = ""] = roleOf(one)?.asking ?? [];
    one.say({ type: "hand_over", to: "somebody" });
    expect(drivers(one, two, three)).toEqual([true, false, false]);
    one.say({ type: "hand_over", to: id });
    expect(drivers(one, two, three)).toEqual([false, false, true]);
  });

  it("the next one drives within five seconds when nothing comes from it", async () => {
    const { clock, join } = setUpStream({ driver: "first" });
    const [silent, two] = [await join(), await join()];
    for (let second = 0; second < 20; second++) {
      clock.advance(1);
      for (const viewer of [silent, two]) viewer.listener?.onPong();
    }
    expect(drivers(silent, two)).toEqual([true, false]);
    const third = await join();
    // All but the third are gone.
    for (let second = 0; second < 5; second++) {
      clock.advance(1);
      third.listener?.onPong();
    }
    expect(drivers(silent, two, third)).toEqual([false, false, true]);
    expect(silent.isTerminated).toBe(false);
  });

  it("who asked is the next one when nothing comes from it, and what it held is released", async () => {
    const { clock, display, join } = setUpStream({ driver: "first" });
    const [silent, two, three] = [await join(), await join(), await join()];
    silent.say(key("key_down", "a"));
    three.say({ type: "request_drive" });
    clock.advance(3);
    // A sign of life in time.
    silent.listener?.onPong();
    clock.advance(3);
    expect(drivers(silent, two, three)).toEqual([true, false, false]);
    three.listener?.onPong();
    clock.advance(2);
    expect(drivers(silent, two, three)).toEqual([false, false, true]);
    expect(keysIn(display.poll_events())).toEqual(["key_down a", "key_up a"]);
    // It may ask again.
    silent.say({ type: "request_drive" });
    expect(roleOf(silent)).toMatchObject({ drives: false, asks: true });
    three.say({ type: "hand_over" });
    expect(drivers(silent, two, three)).toEqual([true, false, false]);
  });

  it("it goes on driving where nobody else may, however long nothing comes from it", async () => {
    const { clock, join } = setUpStream({
      driver: ({ principal }) => principal === "ada",
      authenticate: ({ token }) => token ?? "",
    });
    const silent = await join({ ...HELLO, token: "ada" });
    await join();
    clock.advance(20);
    expect(roleOf(silent)?.drives).toBe(true);
  });

  it("the next one drives when it leaves: who asked first, or else who came first", async () => {
    const { display, join } = setUpStream({ driver: "first" });
    const viewers = [await join(), await join(), await join(), await join()] as const;
    const [one, two, three, four] = viewers;
    one.say(key("key_down", "a"));
    four.say({ type: "request_drive" });
    one.listener?.onClose();
    expect(drivers(two, three, four)).toEqual([false, false, true]);
    expect(keysIn(display.poll_events())).toEqual(["key_down a", "key_up a"]);
    four.listener?.onClose();
    expect(drivers(two, three)).toEqual([true, false]);
    two.listener?.onClose();
    three.listener?.onClose();
    expect(display.driver).toBeNull();
    expect(drivers(await join())).toEqual([true]);
  });

  it("the program can choose it", async () => {
    const { display, join } = setUpStream({ driver: "first" });
    const [one, two] = [await join(), await join()];
    two.say({ type: "request_drive" });
    const [id = ""] = roleOf(one)?.asking ?? [];
    display.set_driver(id);
    expect([display.driver, ...drivers(one, two)]).toEqual([id, false, true]);
    display.set_driver(null);
    expect(drivers(one, two)).toEqual([false, false]);
    expect(roleOf(one)?.has_driver).toBe(false);
    one.say({ type: "request_drive" });
    expect(drivers(one, two)).toEqual([true, false]);
    expect(() => display.set_driver("nobody")).toThrow(/no viewer "nobody" is there/);
  });

  it("nobody drives as long as the program wants it, until a viewer asks", async () => {
    const { display, join } = setUpStream({ driver: "first" });
    const [one, two] = [await join(), await join()];
    two.say({ type: "request_drive" });
    display.set_driver(null);
    // A viewer that connects again is not the driver, and nobody waits for one.
    const three = await join();
    expect(drivers(one, two, three)).toEqual([false, false, false]);
    expect(roleOf(two)).toMatchObject({ asks: false, has_driver: false });
    two.say({ type: "request_drive" });
    expect(drivers(one, two, three)).toEqual([false, true, false]);
    two.listener?.onClose();
    expect(drivers(one, three)).toEqual([true, false]);
  });

  it("it can't hand over to one that doesn't ask", async () => {
    const { join } = setUpStream({ driver: "first" });
    const [one, two] = [await join(), await join()];
    two.say({ type: "request_drive" });
    const [id = ""] = roleOf(one)?.asking ?? [];
    one.say({ type: "hand_over" });
    one.say({ type: "request_drive" });
    two.say({ type: "hand_over" });
    one.say({ type: "hand_over", to: id });
    expect(drivers(one, two)).toEqual([true, false]);
  });

  it("the picture has its size, and then that of the next", async () => {
    const { clock, display, join } = setUpStream({
      ...{ driver: "first", resize_policy: "match_client" },
    });
    const size = (width: number) => ({
      ...{ type: "set_viewport", width, height: 50, pwidth: width, pheight: 50, ratio: 1 },
    });
    const [one, two] = [await join(), await join()];
    one.say(size(100));
    two.say(size(200));
    clock.advance(1);
    expect(display.target_size).toEqual([100, 50]);
    two.say({ type: "request_drive" });
    one.say({ type: "hand_over" });
    clock.advance(1);
    expect(display.target_size).toEqual([200, 50]);
    const resized = display.poll_events().filter(({ event }) => event.type === "resize");
    expect(resized.map(({ event }) => "width" in event && event.width)).toEqual([100, 200]);
  });
});

describe("a source", () => {
  const size = (width: number) => ({
    ...{ type: "set_viewport", width, height: 50, pwidth: width, pheight: 50, ratio: 1 },
  });

  it("gets the driver's events and size, and close as the last one", async () => {
    const seen: string[] = [];
    const source = {
      get_frame: () => null,
      handle_event: (event: { readonly type: string; readonly width?: number }) =>
        void seen.push(`${event.type} ${event.width ?? ""}`.trim()),
    };
    const { display, join } = setUpStream({ driver: "first" }, { source: source });
    const [one, two, three] = [await join(), await join(), await join()];
    one.say(size(100));
    two.say(size(200));
    three.say(size(300));
    two.say(key("key_down", "b"));
    one.say(key("key_down", "a"));
    // One that only looked leaves: nothing changes.
    three.listener?.onClose();
    expect(seen).toEqual(["resize 100", "key_down"]);
    await display.close();
    expect(seen.slice(2)).toEqual(["key_up", "close"]);
  });

  it.each(["none", () => false] as const)(
    "gets a size also where nobody drives: %o",
    async (driver) => {
      const { clock, display, join } = setUpStream({ driver, resize_policy: "match_client" });
      const [one, two] = [await join(), await join()];
      one.say(size(100));
      two.say(size(200));
      clock.advance(1);
      expect(display.target_size).toEqual([200, 50]);
      two.listener?.onClose();
      clock.advance(1);
      expect(display.target_size).toEqual([100, 50]);
    },
  );
});

describe("where some viewers may drive", () => {
  it("one of them does, and the others can't ask", async () => {
    const { join } = setUpStream({
      authenticate: ({ token }) => token ?? "pupil",
      driver: ({ principal }) => principal === "teacher",
    });
    const pupil = await join();
    expect(roleOf(pupil)).toMatchObject({ drives: false, may_drive: false, has_driver: false });
    const teachers = [
      await join({ ...HELLO, token: "teacher" }),
      await join({ ...HELLO, token: "teacher" }),
    ] as const;
    pupil.say({ type: "request_drive" });
    expect(drivers(pupil, ...teachers)).toEqual([false, true, false]);
    expect(roleOf(teachers[0])?.asking).toBeUndefined();
    teachers[0].listener?.onClose();
    expect(drivers(pupil, teachers[1])).toEqual([false, true]);
    teachers[1].listener?.onClose();
    expect(roleOf(pupil)).toMatchObject({ drives: false, has_driver: false });
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no database");
      },
      "no database",
    ],
    [
      "is async",
      () => Promise.reject(new Error("no database")) as never,
      "driver: expected true or false, got a Promise",
    ],
  ])("a function that %s is reported, and the viewer may not", async (_what, driver, message) => {
    const { errors, join } = setUpStream({ driver });
    expect(roleOf(await join())).toMatchObject({ drives: false, may_drive: false });
    expect(errors.map(({ error, during }) => [(error as Error).message, during])).toEqual([
      [message, "driver"],
    ]);
  });

  it.each(["last", 5])("%o is no rule", (driver) => {
    expect(() => setUpStream({ driver: driver as never })).toThrow(
      /driver: expected "any", "first", "none" or a function, got/,
    );
  });
});

describe("where nobody drives", () => {
  it("no events come", async () => {
    const { display, join } = setUpStream({ driver: "none" });
    const viewer = await join();
    viewer.say(key("key_down", "a"));
    viewer.say({ type: "request_drive" });
    expect(display.poll_events()).toEqual([]);
    expect(roleOf(viewer)).toMatchObject({ drives: false, may_drive: false });
  });
});
