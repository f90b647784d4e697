import { describe, expect, it } from "vitest";
import type { StreamStatus } from "../../../src/protocol/streamMessages";
import { packAnnouncement, type Announcement } from "../../../src/relay/announcement";
import { grayOf, leave, NAME, numberFaults, setUpRelay } from "../../support/relayHarness";
import { HELLO_H264, type FakeSocket } from "../../support/streamHarness";

const VIDEO = { hasVideo: () => true };

const statusesOf = ({ texts }: FakeSocket): StreamStatus[] =>
  texts.filter((text) => text.type === "status");

/** A stream with one viewer at an edge, which sees it. */
async function setUp(options = {}, join: object = HELLO_H264) {
  const relay = setUpRelay();
  const source = await relay.publish({ codec: "auto", ...options }, VIDEO);
  const server = relay.edge();
  await relay.pass(1);
  await source.publish(1);
  const viewer = await server.join(join);
  await relay.pass(1);
  viewer.ack();
  /** Shows a gray, for a viewer that acknowledges. */
  const show = async (value: number, from = source): Promise<void> => {
    await from.publish(value);
    await relay.pass(0.2);
    viewer.ack();
  };
  return { ...relay, source, server, viewer, show };
}

describe("an edge that was cut off from the broker", () => {
  it.each([1, 10])("for %d s shows the picture that came meanwhile", async (seconds) => {
    const { source, server, viewer, show, pass } = await setUp();
    await show(2);
    await pass(2);
    viewer.ack();
    await pass(1);
    server.broker.isConnected = false;
    await source.publish(3);
    await pass(seconds);
    expect(grayOf(viewer)).toBe(2);
    server.broker.isConnected = true;
    // Nothing new is drawn, and nothing waits for a receipt.
    await pass(1);
    expect([grayOf(viewer), numberFaults(viewer)]).toEqual([3, []]);
    expect([source.errors, server.errors]).toEqual([[], []]);
  });

  it("tells its viewers, and shows the picture to those that came meanwhile", async () => {
    const { server, viewer, show, pass } = await setUp();
    await show(2);
    server.broker.isConnected = false;
    expect(statusesOf(viewer).at(-1)?.kind).toBe("error");
    expect(statusesOf(viewer).at(-1)?.text).toMatch(/lost its connection to the program/);
    const late = await server.join(HELLO_H264);
    await pass(1);
    server.broker.isConnected = true;
    await pass(2);
    expect(statusesOf(viewer).at(-1)).toMatchObject({ kind: "ok" });
    expect(grayOf(late)).toBe(2);
    await show(3);
    late.ack();
    expect([grayOf(viewer), grayOf(late)]).toEqual([3, 3]);
  });

  it("tells a viewer that comes meanwhile, also the first of its kind", async () => {
    const { server, pass } = await setUp();
    server.broker.isConnected = false;
    const late = await server.join({ ...HELLO_H264, supported: ["image/jpeg", "image/png"] });
    expect(late.texts.map(({ type }) => type)).toEqual(["config", "status"]);
    server.broker.isConnected = true;
    await pass(2);
    expect(statusesOf(late).at(-1)).toMatchObject({ kind: "ok" });
  });

  it("tells of its viewers again, and of nothing that they did before", async () => {
    const { source, server, viewer, pass } = await setUp();
    const key = (type: string): void => {
      viewer.say({ type: "event", event: { type, timestamp: 1, key: "a", modifiers: [] } });
    };
    const keys = (): string[] => source.display.poll_events().map(({ event }) => event.type);
    key("key_down");
    await pass(0.1);
    expect(keys()).toEqual(["key_down"]);
    server.broker.isConnected = false;
    key("key_up");
    await pass(5);
    // The publisher doesn't wait for it.
    expect([keys(), source.stream.viewerCount]).toEqual([["key_up"], 0]);
    server.broker.isConnected = true;
    await pass(1);
    expect([keys(), source.stream.viewerCount]).toEqual([[], 1]);
    key("key_down");
    await pass(0.1);
    expect(keys()).toEqual(["key_down"]);
  });

  it("lets go of what its viewers hold, where the release was lost", async () => {
    const { source, server, viewer, pass } = await setUp();
    const key = (type: string): void => {
      viewer.say({ type: "event", event: { type, timestamp: 1, key: "a", modifiers: [] } });
    };
    key("key_down");
    await pass(0.1);
    source.broker.isConnected = false;
    key("key_up");
    await pass(0.5);
    source.broker.isConnected = true;
    await pass(1);
    expect(source.display.poll_events().map(({ event }) => event.type)).toEqual([
      ...["key_down", "key_up"],
    ]);
    expect(server.errors).toEqual([]);
  });
});

describe("a publisher that was cut off from the broker", () => {
  it.each([1, 10])("for %d s shows its newest picture", async (seconds) => {
    const { source, server, viewer, show, pass } = await setUp();
    await show(2);
    source.broker.isConnected = false;
    for (let value = 3; value < 8; value++) await source.publish(value);
    await pass(seconds);
    const isSilent = seconds > 4;
    expect(statusesOf(viewer).at(-1)?.kind ?? "ok").toBe(isSilent ? "error" : "ok");
    source.broker.isConnected = true;
    await pass(2);
    viewer.ack();
    await pass(1);
    expect(statusesOf(viewer).at(-1)?.kind ?? "ok").toBe("ok");
    expect([grayOf(viewer), numberFaults(viewer)]).toEqual([7, []]);
    await show(9);
    expect(grayOf(viewer)).toBe(9);
    expect([source.errors, server.errors]).toEqual([[], []]);
  });

  it("goes on when the connection is lost before the broker has a frame", async () => {
    const { source, viewer, show, pass } = await setUp();
    source.broker.failsFlush = true;
    for (let value = 2; value < 20; value++) await show(value);
    source.broker.failsFlush = false;
    source.broker.isConnected = false;
    source.broker.isConnected = true;
    await pass(1);
    viewer.ack();
    await show(20);
    expect([grayOf(viewer), numberFaults(viewer)]).toEqual([20, []]);
  });
});

describe("a publisher that is started again", () => {
  it("shows its picture, of another size, to the viewers that are there", async () => {
    const { source, server, viewer, show, pass, publish } = await setUp({}, HELLO_H264);
    for (let value = 2; value < 9; value++) await show(value);
    source.relay.dispose();
    await pass(5);
    expect(statusesOf(viewer).at(-1)?.text).toMatch(/doesn't answer/);
    const again = await publish({ codec: "auto" }, VIDEO);
    const size = { width: 8, height: 6 };
    await again.publish(50, size);
    await pass(2);
    viewer.ack();
    await pass(1);
    expect(statusesOf(viewer).at(-1)?.kind).toBe("ok");
    expect([grayOf(viewer), numberFaults(viewer)]).toEqual([50, []]);
    expect(viewer.frames.at(-1)?.header).toMatchObject(size);
    expect(server.stream.size).toEqual(size);
    for (let value = 60; value < 66; value++) {
      await again.publish(value, size);
      await pass(0.2);
      viewer.ack();
    }
    expect([grayOf(viewer), numberFaults(viewer)]).toEqual([65, []]);
    expect([again.stream.viewerCount, source.stream.viewerCount]).toEqual([1, 0]);
    expect(server.errors).toEqual([]);
  });

  it("takes the name over, and what the one before still sends isn't shown", async () => {
    const { source, server, viewer, show, pass, publish } = await setUp();
    await show(2);
    const again = await publish({ codec: "auto" }, { ...VIDEO, takeover: true });
    expect(source.seen.lost).toBe(1);
    await again.publish(50);
    await pass(1);
    viewer.ack();
    await source.publish(3);
    await pass(1);
    expect([grayOf(viewer), numberFaults(viewer)]).toEqual([50, []]);
    // An announcement of the one before comes late.
    const { epoch } = server.stream;
    const before: Announcement = {
      ...{ publisher: "before", epoch: epoch - 1, isClosed: true, fps: 30, renditions: [] },
      size: { width: 1, height: 1 },
      status: { kind: "ok", text: "" },
      roles: { mode: "any", asking: [] },
    };
    for (const isClosed of [true, false]) {
      source.broker.publish(`rfb.down.${NAME}.info`, packAnnouncement({ ...before, isClosed }));
      await pass(0.1);
    }
    expect([viewer.isOpen, server.stream.epoch, server.stream.size.width]).toEqual([
      ...[true, epoch, 4],
    ]);
  });

  it("counts after the silence of the one before, also with a lower epoch", async () => {
    const { nats, source, server, viewer, pass } = await setUp();
    const other = nats.connect();
    source.relay.dispose();
    await pass(5);
    const epoch = server.stream.epoch - 5000;
    other.publish(
      `rfb.down.${NAME}.info`,
      packAnnouncement({
        ...{ publisher: "other", epoch, isClosed: false, size: { width: 5, height: 5 }, fps: 30 },
        ...{ status: { kind: "ok", text: "" }, roles: { mode: "any", asking: [] } },
        renditions: [{ id: "image-plain", needs: ["image/png"] }],
      }),
    );
    await pass(0.1);
    expect([server.stream.epoch, server.stream.size.width]).toEqual([epoch, 5]);
    expect(statusesOf(viewer).at(-1)?.kind).toBe("ok");
  });

  it("isn't waited for where nobody watches", async () => {
    const { clock, nats, source, server, viewer, pass } = await setUp();
    leave(viewer);
    source.relay.dispose();
    await pass(9);
    expect(server.streams.all.size).toBe(1);
    await pass(3);
    expect(server.streams.all.size).toBe(0);
    server.close();
    expect(nats.subscriptions).toEqual([]);
    clock.advance(10);
    await source.stream.close();
    expect(clock.pending).toBe(0);
  });
});

describe("a relay that runs for long", () => {
  it("keeps nothing of viewers that left, nor of connections that were lost", async () => {
    const { clock, nats, server, source, viewer, show, pass } = await setUp({ driver: "first" });
    const round = async (): Promise<void> => {
      const guests = [await server.join(), await server.join(HELLO_H264)];
      await show(Math.floor(clock.monotonic()) % 256);
      server.broker.isConnected = false;
      await pass(1);
      for (const guest of guests) leave(guest);
      server.broker.isConnected = true;
      source.broker.isConnected = false;
      source.broker.isConnected = true;
      await pass(5);
      viewer.ack();
    };
    const state = () => ({
      pending: clock.pending,
      subscriptions: [...nats.subscriptions].sort(),
      listeners: [server.broker.listeners, source.broker.listeners],
      viewers: [server.stream.viewerCount, source.stream.viewerCount],
      roles: source.stream.events.roles.summary,
      edges: [...source.relay.metrics.edges],
    });
    for (let count = 0; count < 3; count++) await round();
    const before = state();
    for (let count = 0; count < 30; count++) await round();
    expect(state()).toEqual(before);
    expect(numberFaults(viewer)).toEqual([]);
  });
});

describe("a message of anybody on the broker", () => {
  it("ends nothing", async () => {
    const { nats, server, source, viewer, show, pass } = await setUp();
    const session = nats.sentTo(`rfb.up.${NAME}.*`)[0]?.subject.split(".").at(-1) ?? "";
    const subjects = [
      ...[`rfb.down.${NAME}.info`, `rfb.down.${NAME}.frames.video-plain`],
      ...[`rfb.down.${NAME}.edge.${session}`, `rfb.up.${NAME}.${session}`, `rfb.claim.${NAME}`],
      ...["rfb.down.health.info", "rfb.down.%2E.info", "rfb.down. .info"],
    ];
    const { epoch } = server.stream;
    const nothing = packAnnouncement({
      ...{ publisher: "x", epoch, isClosed: false, size: { width: 1, height: 1 }, fps: 30 },
      ...{ status: { kind: "ok", text: "" }, roles: { mode: "any", asking: [] }, renditions: [] },
    });
    const part = new Uint8Array(40);
    part[0] = 1;
    part[4] = 1;
    new DataView(part.buffer).setFloat64(16, epoch, true);
    for (const subject of subjects) {
      for (const payload of ["", "{", "null", "[]", "{}", nothing, part, new Uint8Array(100)]) {
        nats.deliver(undefined, subject, payload);
        await pass(0.05);
      }
    }
    // What suits no viewer is announced for a while, in which sizes are chosen.
    for (let second = 0; second < 6; second++) {
      nats.deliver(undefined, `rfb.down.${NAME}.info`, nothing);
      for (let value = 0; value < 10; value++) await source.publish(100 + value);
      await pass(0.9);
    }
    await pass(2);
    viewer.ack();
    await show(78);
    // It catches up.
    for (let count = 0; count < 60; count++) {
      viewer.ack();
      await pass(0.01);
    }
    expect([viewer.isOpen, grayOf(viewer), numberFaults(viewer)]).toEqual([true, 78, []]);
    expect(server.errors.length).toBeGreaterThan(0);
    expect(source.seen.lost).toBe(0);
  });
});
