import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../../src/protocol/errors";
import { leave, NAME, setUpRelay } from "../../support/relayHarness";
import { FakeSocket, HELLO } from "../../support/streamHarness";

async function setUp(options: Parameters<ReturnType<typeof setUpRelay>["edge"]>[0] = {}) {
  const relay = setUpRelay();
  const source = await relay.publish({ driver: "first" });
  const server = relay.edge(options);
  await relay.pass(1);
  await source.publish(1);
  return { ...relay, source, server };
}

const frameSubjects = (subjects: readonly string[]): string[] =>
  subjects.filter((subject) => subject.includes(".frames."));

describe("a viewer of an edge", () => {
  it.each([[["image/png"]], [["image/jpeg"]], [["image/webp", "webcodecs/h264-annexb"]], [[]]])(
    "that can show only %j is refused",
    async (supported) => {
      const { nats, pass, server, source } = await setUp();
      const viewer = await server.join({ ...HELLO, supported });
      expect(viewer.closed?.code).toBe(1003);
      expect(viewer.closed?.reason).toMatch(
        /hello\.supported: expected image\/jpeg and image\/png/,
      );
      expect(() =>
        server.stream.open({
          ...{ socket: new FakeSocket(), principal: null, maxBufferedBytes: 1000 },
          hello: { type: "hello", supported, device_pixel_ratio: 1 },
        }),
      ).toThrow(ProtocolError);
      await pass(1);
      expect([server.stream.viewerCount, source.stream.viewerCount]).toEqual([0, 0]);
      expect(frameSubjects(nats.subscriptions)).toEqual([]);
    },
  );

  it("is refused also when it says so later", async () => {
    const { nats, server } = await setUp();
    const [viewer, hidden] = [await server.join(), await server.join()];
    hidden.say({ type: "event", event: { type: "hide", timestamp: 1 } });
    for (const one of [viewer, hidden]) one.say({ ...HELLO, supported: [] });
    hidden.say({ type: "event", event: { type: "show", timestamp: 1 } });
    expect([viewer.closed?.code, hidden.closed?.code]).toEqual([1003, 1003]);
    for (const one of [viewer, hidden]) leave(one);
    expect(server.stream.viewerCount).toBe(0);
    expect(frameSubjects(nats.subscriptions)).toEqual([]);
  });

  it("gets the config as the answer to each hello", async () => {
    const { pass, server } = await setUp();
    const viewer = await server.join();
    await pass(1);
    const configs = (): number => viewer.texts.filter(({ type }) => type === "config").length;
    expect(configs()).toBe(1);
    viewer.say(HELLO);
    expect(configs()).toBe(2);
  });

  it("is refused where its principal is longer than what an edge passes on", async () => {
    const { nats, pass, server, source } = await setUp({
      authenticate: ({ token }) => ({ name: "x".repeat(Number(token)) }),
    });
    const long = await server.join({ ...HELLO, token: "4086" });
    expect(long.closed?.code).toBe(4401);
    expect(server.errors).toEqual([
      `authenticate of ${NAME}: authenticate: expected what JSON can hold in 4096 characters, got 4097`,
    ]);
    await server.join({ ...HELLO, token: "4085" });
    await pass(1);
    expect([server.stream.viewerCount, source.stream.viewerCount]).toEqual([1, 1]);
    expect(nats.sentTo(`rfb.up.${NAME}.*`).length).toBeGreaterThan(0);
  });

  it("is refused where its principal is none that JSON can hold", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const { server } = await setUp({ authenticate: () => circle });
    const viewer = await server.join();
    expect([viewer.closed?.code, server.stream.viewerCount]).toEqual([4401, 0]);
    expect(server.errors).toHaveLength(1);
  });

  it("is refused where the edge is full", async () => {
    const { server } = await setUp({ maxViewers: 2 });
    const viewers = [await server.join(), await server.join(), await server.join()] as const;
    expect(viewers.map(({ isOpen }) => isOpen)).toEqual([true, true, false]);
    leave(viewers[0]);
    expect((await server.join()).isOpen).toBe(true);
  });
});

describe("an edge", () => {
  it("serves no streams whose names paths can't have", async () => {
    const { nats, pass, server } = await setUp();
    const [{ payload } = { payload: "" }] = nats.sentTo("rfb.down.*.info");
    for (const name of ["health", "%2E", "a b", "a/b", "x".repeat(101)]) {
      nats.deliver(undefined, `rfb.down.${name}.info`, payload);
    }
    nats.deliver(undefined, "rfb.down.a%2Eb.info", payload);
    await pass(0.1);
    expect([...server.streams.all.keys()]).toEqual([NAME, "a.b"]);
    expect(server.errors).toHaveLength(5);
  });
});
