import { describe, expect, it } from "vitest";
import type { RelayedStream } from "../../../src/relay/publisher/relayedStream";
import { Rendition } from "../../../src/relay/publisher/rendition";
import { PartJoiner } from "../../../src/relay/frameParts";
import { relayedStream } from "../../../src/server/relayedStream";
import type { StreamOptions } from "../../../src/server/streamOptions";
import { FakeNats } from "../../support/fakeBroker";
import { setUpStream } from "../../support/streamHarness";

const OFFER = { id: "image-plain", needs: ["image/jpeg", "image/png"] };

function setUp(options: StreamOptions = {}) {
  const source = setUpStream({ codec: "jpeg", still_after: null, ...options });
  const { clock, stream } = source;
  const nats = new FakeNats(clock);
  const broker = nats.connect();
  const joiner = new PartJoiner();
  /** What came, "kind group/object". */
  const seen: string[] = [];
  nats.connect().subscribe("rfb.down.lecture.frames.*", (part) => {
    const message = joiner.take(part);
    if (message !== undefined) seen.push(`${message.kind} ${message.group}/${message.object}`);
  });
  const open = (parts: Partial<RelayedStream> = {}): Rendition =>
    new Rendition({
      ...{ broker, name: "lecture", offer: OFFER, epoch: 5, firstGroup: 0, clock },
      stream: { ...relayedStream(stream), ...parts },
    });
  const pass = async (seconds: number): Promise<void> => {
    await clock.settle();
    clock.advance(seconds);
    await clock.settle();
  };
  return { ...source, broker, nats, open, pass, seen, take: () => seen.splice(0) };
}

describe("a rendition", () => {
  it("sends how frames travel before each frame that begins a group", async () => {
    const { open, pass, publish, take } = setUp();
    open();
    await pass(1);
    expect(take()).toEqual(["config 0/0"]);
    await publish(1);
    await pass(1);
    await publish(2);
    await pass(1);
    expect(take()).toEqual(["config 0/0", "frame 0/0", "config 1/0", "frame 1/0"]);
  });

  it("sends a frame that needs no other on demand, four times a second at most", async () => {
    const { clock, open, pass, publish, take } = setUp();
    const rendition = open();
    await publish(1);
    await pass(1);
    take();
    for (let at = 0; at < 100; at++) {
      rendition.requestKeyframe();
      await pass(0.01);
    }
    await pass(1);
    expect(take().filter((text) => text.startsWith("frame")).length).toBeLessThanOrEqual(5);
    expect(rendition.totals.keyframes).toBeGreaterThan(3);
    // One comes at once, and one is due later.
    rendition.requestKeyframe();
    rendition.requestKeyframe();
    await clock.settle();
    expect(take()).toHaveLength(2);
    rendition.dispose();
    rendition.requestKeyframe();
    await pass(1);
    expect([take(), clock.pending]).toEqual([[], 0]);
  });

  it("sends no more frames than the stream aims at", async () => {
    const { open, pass, publish, take } = setUp({ fps: 10 });
    open();
    for (let at = 0; at < 100; at++) {
      await publish(at);
      await pass(0.02);
    }
    const frames = take().filter((text) => text.startsWith("frame"));
    expect(frames.length).toBeGreaterThan(15);
    expect(frames.length).toBeLessThan(25);
  });

  it("sends large frames in parts", async () => {
    const { nats, open, pass, publish, take } = setUp();
    nats.maxPayload = 1000;
    open();
    await publish(1, { width: 100, height: 100 });
    await pass(1);
    expect(take()).toContain("frame 0/0");
    expect(nats.sent.length).toBeGreaterThan(10);
  });

  it("reports once that the broker takes too little", async () => {
    const { errors, nats, open, pass, publish, take } = setUp();
    nats.maxPayload = 20;
    open();
    for (let value = 0; value < 5; value++) {
      await publish(value);
      await pass(1);
    }
    expect(take()).toEqual([]);
    expect(String(errors[0]?.error)).toMatch(/max_payload is 20 bytes; raise max_payload/);
    expect(errors.every(({ during }) => during === "publish")).toBe(true);
  });

  it("leaves nothing behind when the stream can't be encoded", () => {
    const { broker, clock, open, nats } = setUp();
    const before = nats.subscriptions.length;
    const openRendition = (): never => {
      throw new Error("no encoder");
    };
    expect(() => open({ openRendition })).toThrow("no encoder");
    expect([broker.listeners, nats.subscriptions.length, clock.pending]).toEqual([0, before, 0]);
  });
});
