/** Publishers, edges and viewers with a real NATS server. */
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  publish_to,
  serve,
  serve_edge,
  type Display,
  type EdgeOptions,
  type EdgeServer,
  type RelayOptions,
  type StreamOptions,
} from "../../src/server";
import { decodeJpeg, decodePng } from "../support/decodeImage";
import { NatsServer } from "../support/natsServer";
import { IMAGES, StreamViewer } from "../support/streamViewer";

const PARTS = [...IMAGES, "rfb/patches", "rfb/atlas"];
const H264 = [...PARTS, "webcodecs/h264-annexb"];

const WAIT = { timeout: 15_000, interval: 20 };

/** What began in a test, to be ended after it. */
const ends: (() => unknown)[] = [];
let nats: NatsServer;
/** What publishers and edges reported. */
const errors: string[] = [];
const on_error = (error: unknown, during: string): void => {
  errors.push(`${during}: ${(error as Error).message}`);
};

beforeEach(async () => {
  errors.length = 0;
  nats = await NatsServer.start();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await nats.stop();
});

async function publish(options: StreamOptions & RelayOptions = {}): Promise<Display> {
  const display = await serve(64, 48, {
    port: 0,
    nats: nats.url,
    name: "lecture",
    codec: "jpeg",
    on_error,
    ...options,
  });
  ends.push(() => display.close());
  return display;
}

async function edge(options: Partial<EdgeOptions> = {}): Promise<EdgeServer> {
  const server = await serve_edge({ nats: nats.url, port: 0, on_error, ...options });
  ends.push(() => server.close());
  return server;
}

function view(server: EdgeServer, hello: object = { supported: PARTS }): StreamViewer {
  const viewer = new StreamViewer(`${server.ws_url ?? ""}lecture`, hello);
  ends.push(() => viewer.ws.terminate());
  return viewer;
}

/** A frame of one gray. */
const gray = (value: number, width = 64, height = 48) => ({
  data: new Uint8Array(width * height).fill(value),
  shape: [height, width],
});

/** The gray of the picture that the newest frame of a viewer shows, if it is a whole one. */
async function shownGray(viewer: StreamViewer): Promise<number | undefined> {
  const frame = viewer.frames.at(-1);
  if (frame?.header.type !== "image_frame") return undefined;
  const isPng = frame.header.mime === "image/png";
  const { rgba } = isPng ? decodePng(frame.payload) : await decodeJpeg(frame.payload);
  return rgba[0];
}

describe("a stream at two edges", () => {
  it("shows the same to viewers of both, and counts them", async () => {
    const display = await publish();
    const [one, other] = [await edge({ edge_name: "one" }), await edge({ edge_name: "other" })];
    expect(one.streams).toEqual(["lecture"]);
    display.publish(gray(100));
    const viewers = [view(one), view(one), view(other)];
    await vi.waitFor(() => expect(display.client_count).toBe(3), WAIT);
    await vi.waitFor(async () => {
      for (const viewer of viewers) expect(await shownGray(viewer)).toBe(100);
    }, WAIT);
    viewers[0]?.ws.terminate();
    await vi.waitFor(() => expect(display.client_count).toBe(2), WAIT);
    await display.close();
    await vi.waitFor(() => expect(viewers[2]?.closed?.code).toBe(1001), WAIT);
    expect(errors).toEqual([]);
  });

  it("shows a late joiner a whole picture at rest", async () => {
    const display = await publish();
    const server = await edge();
    display.publish(gray(50));
    const first = view(server);
    await vi.waitFor(async () => expect(await shownGray(first)).toBe(50), WAIT);
    await wait(500);
    const late = view(server);
    await vi.waitFor(async () => expect(await shownGray(late)).toBe(50), WAIT);
  });

  it("draws nothing while nobody looks", async () => {
    let drawn = 0;
    const source = {
      get_frame: () => {
        drawn += 1;
        return gray(drawn % 256);
      },
      handle_event: () => undefined,
    };
    const display = await publish_to(source, { nats: nats.url, name: "lecture", on_error });
    ends.push(() => display.close());
    const server = await edge();
    expect(drawn).toBe(0);
    const viewer = view(server);
    await vi.waitFor(() => expect(viewer.frames.length).toBeGreaterThan(0), WAIT);
    expect(drawn).toBeGreaterThan(0);
    expect(H264.length).toBe(5);
  });

  it("passes events on, with viewer, principal and edge", async () => {
    const display = await publish();
    const server = await edge({
      edge_name: "north",
      authenticate: ({ token }) => (token === "secret" ? { name: "Ada" } : null),
    });
    display.publish(gray(1));
    const viewer = view(server, { supported: PARTS, token: "secret" });
    const refused = view(server, { supported: PARTS, token: "wrong" });
    await vi.waitFor(() => expect(viewer.frames.length).toBe(1), WAIT);
    await vi.waitFor(() => expect(refused.closed?.code).toBe(4401), WAIT);
    viewer.say({ type: "event", event: { type: "key_down", key: "a", modifiers: [] } });
    viewer.say({ type: "event", event: { type: "key_up", key: "a", modifiers: [] } });
    const events: unknown[] = [];
    await vi.waitFor(() => {
      events.push(...display.poll_events());
      expect(events).toHaveLength(2);
    }, WAIT);
    expect(events).toMatchObject([
      { edge: "north", principal: { name: "Ada" }, event: { event_type: "key_down", key: "a" } },
      { edge: "north", principal: { name: "Ada" }, event: { event_type: "key_up", key: "a" } },
    ]);
  });
});
