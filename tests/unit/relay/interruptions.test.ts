/** What must not stop a picture, or start a flood. */
import { describe, expect, it } from "vitest";
import { NAME, grayOf, kindsOf, numberFaults, setUpRelay } from "../../support/relayHarness";
import { grayFrame, HELLO } from "../../support/streamHarness";

const PARTS = {
  ...HELLO,
  supported: ["image/jpeg", "image/png", "rfb/patches", "rfb/atlas"],
};

interface Picture {
  readonly data: Uint8Array;
  readonly shape: number[];
}

async function setUp(first: Picture = grayFrame(1)) {
  const relay = setUpRelay();
  const source = await relay.publish({ still_after: null });
  const server = relay.edge();
  await relay.pass(1);
  source.display.publish(first);
  const viewer = await server.join(PARTS);
  await relay.pass(1);
  viewer.ack();
  return { ...relay, source, server, viewer };
}

/** A picture in which a pixel has moved. */
function withPixel(n: number): Picture {
  const data = new Uint8Array(64 * 64);
  data[n * 3] = 255;
  return { data, shape: [64, 64] };
}

describe("a publisher that was cut off from the broker, while its edges were not", () => {
  it("is followed by them with frames that they can use", async () => {
    const { source, viewer, pass } = await setUp(withPixel(99));
    const move = async (from: number, to: number): Promise<void> => {
      for (let n = from; n < to; n++) {
        source.display.publish(withPixel(n));
        await pass(0.2);
        viewer.ack();
      }
    };
    await move(0, 5);
    expect(kindsOf(viewer).slice(-3)).toEqual(["delta", "delta", "delta"]);
    source.broker.isConnected = false;
    // It forgets its edges, and makes nothing for them.
    await pass(10);
    expect(source.relay.metrics.renditions.get("image")?.viewers).toBe(0);
    source.broker.isConnected = true;
    const { length } = viewer.frames;
    await pass(2);
    viewer.ack();
    await move(5, 8);
    expect(kindsOf(viewer).slice(length)).toEqual(["key", "delta", "delta", "delta"]);
    expect(numberFaults(viewer)).toEqual([]);
  });
});

describe("a broker that can't be reached for half a minute", () => {
  it("leaves nothing that grows, and then the picture goes on", async () => {
    const { source, server, viewer, clock, nats, pass } = await setUp(withPixel(99));
    const brokers = [source.broker, server.broker];
    const rendition = server.stream.renditionFor(PARTS.supported, false);
    const animate = async (seconds: number): Promise<void> => {
      for (let n = 0; n < seconds * 10; n++) {
        source.display.publish(withPixel(n % 60));
        await pass(0.1);
        viewer.ack();
      }
    };
    /** What could grow. */
    const look = () => ({
      timers: clock.pending,
      listeners: brokers.map(({ listeners }) => listeners),
      subscriptions: nats.subscriptions,
      kept: rendition.kept.newest,
      sent: nats.sent.length,
      frames: viewer.frames.length,
    });
    await animate(2);
    for (const broker of brokers) broker.isConnected = false;
    // By then it has given up what it had begun.
    await animate(10);
    const before = look();
    expect(viewer.texts.filter(({ type }) => type === "status").at(-1)).toMatchObject({
      text: expect.stringMatching(/can't be reached|lost|answer/) as string,
    });
    await animate(20);
    expect(look()).toEqual(before);
    for (const broker of brokers) broker.isConnected = true;
    await animate(2);
    expect(viewer.frames.length).toBeGreaterThan(before.frames + 10);
    expect(kindsOf(viewer)[before.frames]).toBe("key");
    expect(numberFaults(viewer)).toEqual([]);
  });
});

describe("a viewer that joins within a moment of another", () => {
  it("gets the picture, although the one that was requested is kept no longer", async () => {
    const { server, pass } = await setUp();
    const rendition = server.stream.renditionFor(PARTS.supported, false);
    rendition.awaitKeyframe(false);
    await pass(0.1);
    rendition.kept.clear();
    const late = await server.join(PARTS);
    expect(late.frames).toEqual([]);
    await pass(2);
    expect(grayOf(late)).toBe(1);
  });
});

describe("a viewer that asks for the picture again and again", () => {
  it.each([{ type: "decoder_reset" }, { type: "request_keyframe" }, PARTS])(
    "by $type gets it a few times a second",
    async (message) => {
      const { source, viewer, pass } = await setUp();
      const before = viewer.frames.length;
      const made = source.relay.metrics.renditions.get("image")?.keyframes ?? 0;
      for (let n = 0; n < 200; n++) viewer.say(message);
      await pass(1, 0.05);
      expect(viewer.frames.length).toBeLessThan(before + 12);
      expect(viewer.frames.length).toBeGreaterThan(before);
      const keyframes = source.relay.metrics.renditions.get("image")?.keyframes ?? 0;
      expect(keyframes - made).toBeLessThanOrEqual(2);
      expect(numberFaults(viewer)).toEqual([]);
    },
  );
});

describe("a viewer's events", () => {
  it("never close the stream, even if its edge says so", async () => {
    const { nats, source, viewer, pass } = await setUp();
    viewer.say({ type: "event", event: { type: "key_down", key: "a", modifiers: [] } });
    await pass(0.1);
    const [{ client_id = "" } = {}] = source.display.poll_events();
    const report = nats.sent.filter(({ subject }) => subject.startsWith(`rfb.up.${NAME}.`)).at(-1);
    const edge = JSON.parse(Buffer.from(report?.payload ?? "").toString()) as { seq: number };
    const event = { type: "close", timestamp: 0 };
    nats
      .connect()
      .publish(
        report?.subject ?? "",
        JSON.stringify({ ...edge, items: [{ kind: "event", viewer: client_id, event }] }),
      );
    await pass(0.1);
    // The numbers of the reports don't fit, so that keys are released.
    expect(source.display.poll_events().map(({ event }) => event.type)).toEqual(["key_up"]);
  });

  it("carry what authenticate returned, even if that has changed since", async () => {
    const relay = setUpRelay();
    const source = await relay.publish();
    const session: { name: string; self?: unknown } = { name: "Ada" };
    const server = relay.edge({ authenticate: () => session });
    await relay.pass(1);
    const viewer = await server.join(PARTS);
    session.self = session;
    session.name = "Eve";
    viewer.say({ type: "event", event: { type: "key_down", key: "a", modifiers: [] } });
    await relay.pass(1);
    expect(source.display.poll_events()).toMatchObject([{ principal: { name: "Ada" } }]);
    expect(server.errors).toEqual([]);
  });
});
