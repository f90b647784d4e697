import { describe, expect, it } from "vitest";
import type { StreamRole } from "../../../src/protocol/roleMessages";
import { leave, NAME, setUpRelay } from "../../support/relayHarness";
import { HELLO, type FakeSocket } from "../../support/streamHarness";
import type { StreamOptions } from "../../../src/server/streamOptions";

const key = (type: string, name: string) => ({
  type: "event",
  event: { type, timestamp: 1, key: name, modifiers: [] },
});

const roleOf = ({ texts }: FakeSocket): StreamRole | undefined =>
  texts.filter((text) => text.type === "role").at(-1);

const drivers = (...sockets: FakeSocket[]): boolean[] =>
  sockets.map((socket) => roleOf(socket)?.drives === true);

async function setUp(options: StreamOptions) {
  const relay = setUpRelay();
  const source = await relay.publish(options);
  const authenticate = ({ token }: { readonly token?: string | undefined }): string =>
    token ?? "anybody";
  const edges = [relay.edge({ authenticate }), relay.edge({ authenticate })] as const;
  await relay.pass(1);
  await source.publish(1);
  const join = async (at: 0 | 1, token?: string): Promise<FakeSocket> => {
    const viewer = await edges[at].join({ ...HELLO, ...(token === undefined ? {} : { token }) });
    await relay.pass(0.5);
    return viewer;
  };
  const keys = (): string[] =>
    source.display
      .poll_events()
      .map(({ event }) => `${event.type} ${"key" in event ? event.key : ""}`.trim());
  return { ...relay, source, edges, join, keys };
}

describe("where every viewer drives", () => {
  it("the events of all edges come, with viewer, principal and edge", async () => {
    const { source, join, pass } = await setUp({});
    const [one, other] = [await join(0, "ada"), await join(1)];
    one.say(key("key_down", "a"));
    other.say(key("key_down", "b"));
    other.say({ type: "event", event: { type: "close", timestamp: 1 } });
    await pass(0.1);
    expect(source.display.poll_events()).toEqual([
      expect.objectContaining({ principal: "ada", edge: "edge" }),
      expect.objectContaining({ principal: "anybody", edge: "edge" }),
    ]);
    expect([roleOf(one), roleOf(other)]).toEqual([undefined, undefined]);
  });

  it("what one holds is released when it leaves, or its edge is gone", async () => {
    const { edges, join, keys, pass, source } = await setUp({});
    const [one, two] = [await join(0), await join(1)];
    one.say(key("key_down", "a"));
    two.say(key("key_down", "b"));
    await pass(0.1);
    leave(one);
    await pass(0.1);
    expect(keys()).toEqual(["key_down a", "key_down b", "key_up a"]);
    edges[1].broker.isConnected = false;
    await pass(5);
    expect(keys()).toEqual(["key_up b"]);
    expect(source.stream.viewerCount).toBe(0);
  });
});

describe("where one viewer drives", () => {
  it("it is the first one of all edges, and hands over to one of another edge", async () => {
    const { source, join, keys, pass } = await setUp({ driver: "first" });
    const [one, two] = [await join(0), await join(1)];
    expect(drivers(one, two)).toEqual([true, false]);
    expect(roleOf(two)).toMatchObject({ may_drive: true, has_driver: true, asks: false });
    one.say(key("key_down", "a"));
    two.say(key("key_down", "b"));
    two.say({ type: "hand_over" });
    await pass(0.1);
    expect(keys()).toEqual(["key_down a"]);
    two.say({ type: "request_drive" });
    await pass(0.1);
    expect([roleOf(two)?.asks, roleOf(one)?.asking]).toEqual([true, [expect.any(String)]]);
    one.say({ type: "hand_over" });
    await pass(0.1);
    expect(drivers(one, two)).toEqual([false, true]);
    expect(keys()).toEqual(["key_up a"]);
    two.say(key("key_down", "b"));
    one.say(key("key_down", "a"));
    await pass(0.1);
    expect(keys()).toEqual(["key_down b"]);
    leave(two);
    await pass(0.5);
    expect(drivers(one)).toEqual([true]);
    expect(source.errors).toEqual([]);
  });

  it("it may be a viewer of the publisher itself", async () => {
    const { source, join, pass } = await setUp({ driver: "first" });
    const local = await source.join();
    const remote = await join(0);
    expect(drivers(local, remote)).toEqual([true, false]);
    remote.say({ type: "request_drive" });
    await pass(0.1);
    local.say({ type: "hand_over", to: roleOf(local)?.asking?.[0] });
    await pass(0.1);
    expect(drivers(local, remote)).toEqual([false, true]);
    expect(source.stream.viewerCount).toBe(2);
  });

  it("the next one drives when nothing comes from it", async () => {
    const { clock, join } = await setUp({ driver: "first" });
    const [silent, two] = [await join(0), await join(1)];
    for (let second = 0; second < 6; second++) {
      clock.advance(1);
      two.listener?.onPong();
      await clock.settle();
    }
    expect(drivers(silent, two)).toEqual([false, true]);
  });

  it("it is one that the publisher lets, and the others are told", async () => {
    const { join, keys, pass, source } = await setUp({
      driver: ({ principal }) => principal === "teacher",
    });
    const [pupil, teacher] = [await join(0, "pupil"), await join(1, "teacher")];
    expect(drivers(pupil, teacher)).toEqual([false, true]);
    expect(roleOf(pupil)).toMatchObject({ may_drive: false, has_driver: true });
    pupil.say({ type: "request_drive" });
    pupil.say(key("key_down", "a"));
    teacher.say(key("key_down", "b"));
    await pass(1);
    expect([keys(), roleOf(teacher)?.asking]).toEqual([["key_down b"], undefined]);
    leave(teacher);
    await pass(1);
    expect(roleOf(pupil)).toMatchObject({ drives: false, has_driver: false });
    expect(source.errors).toEqual([]);
  });

  it("it goes on after its edge was cut off for a moment", async () => {
    const { edges, join, keys, pass } = await setUp({ driver: "first" });
    const [one, two] = [await join(0), await join(1)];
    edges[0].broker.isConnected = false;
    await pass(2);
    edges[0].broker.isConnected = true;
    await pass(2);
    expect(drivers(one, two)).toEqual([true, false]);
    one.say(key("key_down", "a"));
    await pass(0.1);
    expect(keys()).toEqual(["key_down a"]);
  });

  it("viewers are known that came while the publisher was cut off", async () => {
    const { join, pass, source } = await setUp({ driver: "first" });
    source.broker.isConnected = false;
    const [one, two] = [await join(0), await join(0)];
    await pass(1);
    source.broker.isConnected = true;
    await pass(4);
    expect(drivers(one, two)).toEqual([true, false]);
    expect(source.stream.viewerCount).toBe(2);
    leave(one);
    await pass(0.5);
    expect(drivers(two)).toEqual([true]);
  });

  it("it is one of the viewers that are there when the publisher is started again", async () => {
    const { join, keys, pass, publish, source } = await setUp({ driver: "first" });
    const [one, two] = [await join(0), await join(1)];
    source.relay.dispose();
    const again = await publish({ driver: "first" });
    await pass(1);
    expect(drivers(one, two).filter(Boolean)).toHaveLength(1);
    expect(again.stream.viewerCount).toBe(2);
    const [driver, other] = drivers(one)[0] === true ? [one, two] : [two, one];
    other.say({ type: "request_drive" });
    await pass(0.1);
    driver.say({ type: "hand_over" });
    await pass(0.1);
    expect(drivers(driver, other)).toEqual([false, true]);
    expect(keys()).toEqual([]);
  });
});

describe("where nobody drives", () => {
  it("no events come, and no sizes", async () => {
    const { join, pass, source, nats } = await setUp({
      ...{ driver: "none", resize_policy: "match_client" },
    });
    const viewer = await join(0);
    expect(roleOf(viewer)).toMatchObject({ drives: false, may_drive: false, has_driver: false });
    const { length } = nats.sentTo(`rfb.up.${NAME}.*`);
    viewer.say(key("key_down", "a"));
    expect(nats.sentTo(`rfb.up.${NAME}.*`)).toHaveLength(length);
    viewer.say({
      ...{ type: "set_viewport", width: 100, height: 50, pwidth: 100, pheight: 50, ratio: 1 },
    });
    await pass(1);
    expect(source.display.target_size).toBeNull();
  });
});
