import { describe, expect, it } from "vitest";
import { grayOf, leave, NAME, setUpRelay } from "../../support/relayHarness";
import { HELLO, HELLO_H264 } from "../../support/streamHarness";

const FRAMES = `rfb.down.${NAME}.frames.*`;
const VIDEO = { hasVideo: () => true };

describe("a stream that is published", () => {
  it("sends frames only while a viewer at an edge watches", async () => {
    const { nats, pass, publish, edge } = setUpRelay();
    const source = await publish();
    const server = edge();
    await pass(1);
    await source.publish(1);
    await pass(2);
    expect(nats.sentTo(FRAMES)).toEqual([]);
    const viewer = await server.join();
    await pass(1);
    expect(grayOf(viewer)).toBe(1);
    expect(source.stream.viewerCount).toBe(1);
    leave(viewer);
    await pass(3.5);
    expect(source.stream.viewerCount).toBe(0);
    const { length } = nats.sentTo(FRAMES);
    await source.publish(2);
    await pass(2);
    expect(nats.sentTo(FRAMES)).toHaveLength(length);
    expect([source.errors, server.errors]).toEqual([[], []]);
  });

  it("is encoded once for many viewers, at several edges", async () => {
    const { nats, pass, publish, edge } = setUpRelay();
    const source = await publish();
    const edges = [edge({ name: "one" }), edge({ name: "two" })];
    await pass(1);
    await source.publish(1);
    const viewers = [];
    for (const server of edges) {
      for (let count = 0; count < 10; count++) viewers.push(await server.join());
    }
    await pass(2);
    for (const viewer of viewers) viewer.ack();
    const [sent, encoded] = [nats.sentTo(FRAMES).length, source.lossy.qualities.length];
    await source.publish(2);
    await pass(0.1);
    expect(viewers.map(grayOf)).toEqual(Array(20).fill(2));
    expect(source.lossy.qualities).toHaveLength(encoded + 1);
    // The frame, and the config for who joins with it.
    expect(nats.sentTo(FRAMES)).toHaveLength(sent + 2);
    expect([...source.relay.metrics.edges]).toEqual([
      ["one", 10],
      ["two", 10],
    ]);
    expect(source.relay.metrics.renditions.get("image-plain")).toMatchObject({ viewers: 20 });
  });

  it("has a rendition for each kind of viewer", async () => {
    const { pass, publish, edge } = setUpRelay();
    const source = await publish({ codec: "auto" }, VIDEO);
    const server = edge();
    await pass(1);
    await source.publish(1);
    const [still, video] = [await server.join(), await server.join(HELLO_H264)];
    const show = async (value: number): Promise<void> => {
      for (const viewer of [still, video]) viewer.ack();
      await source.publish(value);
      await pass(0.2);
      for (const viewer of [still, video]) viewer.ack();
    };
    for (let value = 2; value < 8; value++) await show(value);
    expect([...source.relay.metrics.renditions.keys()].sort()).toEqual([
      "image-plain",
      "video-plain",
    ]);
    expect(still.frames.map(({ header }) => header.type)).not.toContain("video_chunk");
    expect(video.frames.map(({ header }) => header.type)).toContain("video_chunk");
    expect(still.texts[0]).toMatchObject({ type: "config", transport: "image" });
    expect(video.texts[0]).toMatchObject({ type: "config", transport: "webcodecs" });
    // Another hello: its own rendition only goes on as long as somebody else watches it.
    video.say(HELLO);
    await pass(4);
    expect(source.relay.metrics.renditions.get("video-plain")).toMatchObject({ viewers: 0 });
    const { length } = still.frames;
    await show(99);
    expect([grayOf(still), grayOf(video)]).toEqual([99, 99]);
    expect(still.frames).toHaveLength(length + 1);
  });

  it("draws nothing that nobody watches", async () => {
    const { pass, publish, edge } = setUpRelay();
    let drawn = 0;
    const source = await publish(
      {},
      {
        source: {
          get_frame: () => ({ data: new Uint8Array(8).fill(++drawn % 256), shape: [2, 4] }),
          handle_event: () => undefined,
        },
      },
    );
    const server = edge();
    await pass(3);
    expect(drawn).toBe(0);
    const viewer = await server.join();
    await pass(1);
    expect(drawn).toBeGreaterThan(0);
    leave(viewer);
    await pass(4);
    const before = drawn;
    source.stream.requestDraw();
    await pass(2);
    expect(drawn).toBe(before);
  });

  it("shows nothing to a viewer that is hidden, until it is shown", async () => {
    const { pass, publish, edge } = setUpRelay();
    const source = await publish();
    const server = edge();
    await pass(1);
    await source.publish(1);
    const viewer = await server.join();
    await pass(1);
    viewer.ack();
    viewer.say({ type: "event", event: { type: "hide", timestamp: 1 } });
    const { length } = viewer.frames;
    for (let value = 2; value < 6; value++) {
      await source.publish(value);
      await pass(1);
    }
    // It may say hello again meanwhile.
    viewer.say(HELLO);
    await source.publish(7);
    await pass(1);
    expect(viewer.frames).toHaveLength(length);
    expect(source.relay.metrics.renditions.get("image-plain")?.viewers).toBe(0);
    viewer.say({ type: "event", event: { type: "show", timestamp: 2 } });
    await pass(1);
    expect(grayOf(viewer)).toBe(7);
  });

  it("tells edges when it ends, and nothing is left of it", async () => {
    const { clock, nats, pass, publish, edge } = setUpRelay();
    const source = await publish({ driver: "first", codec: "auto" }, VIDEO);
    const server = edge();
    await pass(1);
    await source.publish(1);
    const viewers = [await server.join(), await server.join(HELLO_H264)];
    await pass(1);
    await source.publish(2);
    await clock.settle();
    source.relay.end();
    await clock.settle();
    expect(viewers.map(({ closed }) => closed?.code)).toEqual([1001, 1001]);
    expect(server.streams.all.size).toBe(0);
    expect([source.broker.listeners, source.broker.subscriptions]).toEqual([0, []]);
    server.close();
    await source.stream.close();
    for (const viewer of viewers) leave(viewer);
    expect([server.broker.listeners, nats.subscriptions]).toEqual([0, []]);
    // The heartbeat of the viewers ends with its next beat.
    clock.advance(10);
    await clock.settle();
    expect(clock.pending).toBe(0);
    expect([source.errors, server.errors]).toEqual([[], []]);
  });

  it("leaves no timer when it ends in the middle of everything", async () => {
    const { clock, nats, pass, publish, edge } = setUpRelay();
    const source = await publish({ fps: 1 });
    const server = edge();
    await pass(1);
    await source.publish(1);
    await server.join();
    await pass(0.25);
    await source.publish(2);
    server.broker.publish(
      `rfb.up.${NAME}.s9`,
      JSON.stringify({
        ...{ type: "report", version: 1, edge: "e", seq: 0, viewers: 1, joined: 0 },
        watching: { "image-plain": 1 },
        items: [
          { kind: "keyframe", rendition: "image-plain" },
          { kind: "keyframe", rendition: "image-plain" },
        ],
      }),
    );
    await clock.settle();
    source.relay.dispose();
    server.close();
    await source.stream.close();
    expect(nats.subscriptions).toEqual([]);
    const before = clock.pending;
    // What is left are the heartbeat of the viewer, and turns that do nothing.
    await clock.settle();
    clock.advance(0.9);
    expect([before, clock.pending].every((count) => count <= 1)).toBe(true);
  });
});
