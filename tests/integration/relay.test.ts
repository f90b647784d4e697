/** Publishers, edges and viewers with a real NATS server. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
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
import { disposedAfterEach } from "../support/disposables";
import { natsAccounts } from "../support/natsAccounts";
import { NatsServer } from "../support/natsServer";
import { IMAGES, StreamViewer, type Seen } from "../support/streamViewer";

const PARTS = [...IMAGES, "rfb/patches", "rfb/atlas"];
const H264 = [...PARTS, "webcodecs/h264-annexb"];

const WAIT = { timeout: 15_000, interval: 20 };

const disposables = disposedAfterEach();
let nats: NatsServer;
/** What publishers and edges reported. */
const errors: string[] = [];
const on_error = (error: unknown, during: string): void => {
  errors.push(`${during}: ${(error as Error).message}`);
};

/** Starts a NATS server, which ends with the test. */
function startNats(config = ""): Promise<NatsServer> {
  return disposables.own(NatsServer.start(config), (server) => server.stop());
}

beforeEach(async () => {
  errors.length = 0;
  nats = await startNats();
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
  disposables.add(() => display.close());
  return display;
}

async function edge(options: Partial<EdgeOptions> = {}): Promise<EdgeServer> {
  const server = await serve_edge({ nats: nats.url, port: 0, on_error, ...options });
  disposables.add(() => server.close());
  return server;
}

function view(server: EdgeServer, hello: object = { supported: PARTS }): StreamViewer {
  const viewer = new StreamViewer(`${server.ws_url ?? ""}lecture`, hello);
  disposables.add(() => viewer.ws.terminate());
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
    // At rest: the picture was sent without loss, which is the last frame.
    await vi.waitFor(() => {
      expect(first.frames.at(-1)?.header).toMatchObject({ mime: "image/png" });
    }, WAIT);
    const late = view(server);
    await vi.waitFor(async () => expect(await shownGray(late)).toBe(50), WAIT);
  });

  it("measures publisher and edges for Prometheus", async () => {
    const display = await publish();
    const server = await edge({ edge_name: "north", page: "quiet" });
    display.publish(gray(50));
    const viewers = [view(server), view(server)];
    await vi.waitFor(
      () => expect(viewers.every(({ frames }) => frames.length > 0)).toBe(true),
      WAIT,
    );
    const lines = async (address: string): Promise<string[]> => {
      const response = await fetch(`${address}metrics?format=prometheus`);
      return (await response.text()).split("\n");
    };
    await vi.waitFor(async () => {
      const text = await lines(server.url ?? "");
      expect(text).toContain('rfb_viewers{stream="lecture",edge="north"} 2');
      expect(text).toContain('rfb_codec_viewers{stream="lecture",edge="north",codec="jpeg"} 2');
    }, WAIT);
    await vi.waitFor(() => {
      const text = display.metrics_text().split("\n");
      expect(text).toContain('rfb_edge_viewers{stream="lecture",edge="north"} 2');
      expect(text).toContain('rfb_rendition_viewers{stream="lecture",rendition="image"} 2');
    }, WAIT);
    const streams = await fetch(`${server.url ?? ""}streams`);
    expect(await streams.json()).toEqual([
      { name: "lecture", width: 64, height: 48, fps: 30, clients: 2 },
    ]);
    expect((await fetch(`${server.url ?? ""}health`)).status).toBe(200);
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
    disposables.add(() => display.close());
    const server = await edge();
    expect(drawn).toBe(0);
    const viewer = view(server);
    await vi.waitFor(() => expect(viewer.frames.length).toBeGreaterThan(0), WAIT);
    expect(drawn).toBeGreaterThan(0);
    viewer.ws.terminate();
    await vi.waitFor(() => expect(display.client_count).toBe(0), WAIT);
    // The encoding goes on for 2 s, for viewers that reconnect.
    let before = -1;
    await vi.waitFor(
      () => {
        const isStill = drawn === before;
        before = drawn;
        expect(isStill).toBe(true);
      },
      { ...WAIT, interval: 300 },
    );
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

/** Publishes a moving picture until the test ends. */
function animate(display: Display, size = { width: 64, height: 48 }): void {
  let n = 0;
  const timer = setInterval(() => {
    if (display.isClosed) return;
    n += 1;
    const frame = gray(40, size.width, size.height);
    frame.data.fill(200, 0, n % frame.data.length);
    display.publish(frame);
  }, 30);
  disposables.add(() => clearInterval(timer));
}

/** Waits until a viewer has got so many more frames. */
function moreFrames(viewer: StreamViewer, count = 10): Promise<void> {
  const before = viewer.frames.length;
  return vi.waitFor(() => expect(viewer.frames.length).toBeGreaterThan(before + count), WAIT);
}

const statusOf = (viewer: StreamViewer): string | undefined =>
  viewer.texts.filter((text) => text.type === "status").at(-1)?.text;

const roleOf = (viewer: StreamViewer) => viewer.texts.filter((text) => text.type === "role").at(-1);

describe("frames at an edge", () => {
  it("sends H.264 to who can show it, and images to others, each with numbers of its own", async () => {
    const display = await publish({ codec: "auto" });
    const server = await edge();
    animate(display);
    const images = view(server);
    const video = view(server, { supported: H264 });
    const plain = view(server, { supported: IMAGES });
    await vi.waitFor(() => {
      expect(video.frames.some(({ header }) => header.type === "video_chunk")).toBe(true);
    }, WAIT);
    await Promise.all([moreFrames(images), moreFrames(video), moreFrames(plain)]);
    const late = view(server, { supported: H264 });
    await moreFrames(late);
    expect(images.frames.some(({ header }) => header.type === "patch_frame")).toBe(true);
    expect(new Set(plain.frames.map(({ header }) => header.type))).toEqual(
      new Set(["image_frame"]),
    );
    for (const viewer of [images, video, plain, late]) {
      const [first, ...rest] = viewer.frames.map(({ header }) => header);
      if (first === undefined) throw new Error("no frame came");
      expect(first.type === "image_frame" || (first.type === "video_chunk" && first.keyframe)).toBe(
        true,
      );
      for (const [at, { seq }] of rest.entries()) expect(seq).toBe(first.seq + at + 1);
      for (const header of rest) {
        if ("base" in header && header.base !== undefined) {
          expect(header.base).toBeGreaterThanOrEqual(first.seq);
        }
      }
    }
  });

  it("splits frames that are larger than the broker's messages may be", async () => {
    await nats.stop();
    nats = await startNats("max_payload: 8192");
    const display = await publish({ quality: 100 });
    const server = await edge();
    const noise = gray(0, 320, 240);
    for (let at = 0; at < noise.data.length; at++) noise.data[at] = (at * 7919 * (at % 31)) % 251;
    display.publish(noise);
    const viewer = view(server);
    await vi.waitFor(() => expect(viewer.frames.length).toBeGreaterThan(0), WAIT);
    const { payload } = viewer.frames[0] ?? { payload: new Uint8Array() };
    expect(payload.length).toBeGreaterThan(8192);
    const { rgba } = decodePng(payload);
    expect(noise.data.every((value, at) => rgba[at * 4] === value)).toBe(true);
    expect(errors).toEqual([]);
  });

  it("lets a viewer that acknowledges nothing miss frames, and not the others", async () => {
    const display = await publish();
    const server = await edge();
    animate(display);
    const slow = view(server);
    slow.isStalled = true;
    const fast = view(server);
    await moreFrames(fast, 40);
    expect(slow.frames.length).toBeLessThanOrEqual(8);
    slow.isStalled = false;
    const newest = slow.frames.at(-1)?.header.seq ?? 0;
    slow.say({ type: "ack", seq: newest, decode_queue_size: 0, displayed: true });
    await moreFrames(slow, 20);
    const seqs = slow.frames.map(({ header }) => header.seq);
    expect(seqs.every((seq, at) => at === 0 || seq === (seqs[at - 1] ?? 0) + 1)).toBe(true);
  });
});

describe("a viewer that can't keep up", () => {
  /** Publishes frames that change everywhere. */
  function flicker(display: Display): void {
    let n = 0;
    const timer = setInterval(() => {
      if (display.isClosed) return;
      n += 1;
      const data = new Uint8Array(128 * 96).map((_, at) => ((at * 7 + n * 31) % 64) + 64);
      display.publish({ data, shape: [96, 128] });
    }, 30);
    disposables.add(() => clearInterval(timer));
  }

  /** Acknowledges the newest frame now and then only. */
  function lag(viewer: StreamViewer): void {
    viewer.isStalled = true;
    const timer = setInterval(() => {
      const seq = viewer.frames.at(-1)?.header.seq;
      if (seq === undefined) return;
      viewer.say({ type: "ack", seq, decode_queue_size: 0, displayed: true });
    }, 400);
    disposables.add(() => clearInterval(timer));
  }

  /** The width of the file or chunk of a frame, in pixels. */
  async function codedWidth({ header, payload }: Seen): Promise<number | undefined> {
    if (header.type === "video_chunk") return header.visible_width ?? header.width;
    if (header.type !== "image_frame" || header.mime !== "image/jpeg") return undefined;
    return (await decodeJpeg(payload)).width;
  }

  it.each([
    ["images", "jpeg", PARTS, "image_frame"],
    ["H.264", "auto", H264, "video_chunk"],
  ] as const)("gets %s of half the size", async (_, codec, supported, type) => {
    const display = await publish({ codec, still_after: null });
    const server = await edge();
    flicker(display);
    const [slow, quick] = [view(server, { supported }), view(server, { supported })];
    lag(slow);
    const newestWidth = (viewer: StreamViewer): Promise<number | undefined> => {
      const newest = viewer.frames.filter(({ header }) => header.type === type).at(-1);
      return newest === undefined ? Promise.resolve(undefined) : codedWidth(newest);
    };
    await vi.waitFor(async () => expect(await newestWidth(quick)).toBe(128), WAIT);
    await vi.waitFor(async () => expect(await newestWidth(slow)).toBe(64), WAIT);
    expect(slow.frames.at(-1)?.header).toMatchObject({ width: 128, height: 96 });
    expect(await newestWidth(quick)).toBe(128);
  });
});

describe("who drives, at two edges", () => {
  it("is one viewer at a time, that can hand over", async () => {
    const display = await publish({ driver: "first" });
    const [one, other] = [await edge(), await edge()];
    display.publish(gray(1));
    const first = view(one);
    await vi.waitFor(() => expect(roleOf(first)).toMatchObject({ drives: true }), WAIT);
    const second = view(other);
    await vi.waitFor(() => {
      expect(roleOf(second)).toMatchObject({ drives: false, may_drive: true, has_driver: true });
    }, WAIT);
    second.say({ type: "event", event: { type: "key_down", key: "x", modifiers: [] } });
    first.say({ type: "event", event: { type: "key_down", key: "a", modifiers: [] } });
    second.say({ type: "request_drive" });
    await vi.waitFor(() => expect(roleOf(first)?.asking).toHaveLength(1), WAIT);
    first.say({ type: "hand_over" });
    await vi.waitFor(() => expect(roleOf(second)).toMatchObject({ drives: true }), WAIT);
    await vi.waitFor(() => expect(roleOf(first)).toMatchObject({ drives: false }), WAIT);
    second.say({ type: "event", event: { type: "key_down", key: "b", modifiers: [] } });
    const keys: string[] = [];
    await vi.waitFor(() => {
      for (const { event } of display.poll_events()) {
        if ("key" in event) keys.push(`${event.event_type} ${event.key}`);
      }
      expect(keys).toEqual(["key_down a", "key_up a", "key_down b"]);
    }, WAIT);
    // A driver that is gone is followed by the next.
    second.ws.terminate();
    await vi.waitFor(() => expect(roleOf(first)).toMatchObject({ drives: true }), WAIT);
  });

  it("is who the function allows", async () => {
    const display = await publish({
      driver: ({ principal }) => (principal as { role?: string } | null)?.role === "teacher",
    });
    const server = await edge({ authenticate: ({ token }) => ({ role: token }) });
    display.publish(gray(1));
    const pupil = view(server, { supported: PARTS, token: "pupil" });
    await vi.waitFor(() => {
      expect(roleOf(pupil)).toMatchObject({ drives: false, may_drive: false });
    }, WAIT);
    const teacher = view(server, { supported: PARTS, token: "teacher" });
    await vi.waitFor(() => expect(roleOf(teacher)).toMatchObject({ drives: true }), WAIT);
  });
});

/** The permissions that docs/SCALING.md recommends. */
const [PERMISSIONS = ""] =
  /^authorization \{\n[^]*?^\}$/m.exec(
    readFileSync(join(import.meta.dirname, "../../docs/SCALING.md"), "utf8")
      .replace("$PUBLISHER_PASSWORD", "p")
      .replace("$EDGE_PASSWORD", "e"),
  ) ?? [];

describe("a file of credentials", () => {
  it("logs in to a server whose accounts are JSON Web Tokens, and another doesn't", async () => {
    const accounts = await natsAccounts();
    await nats.stop();
    nats = await startNats(accounts.config);
    const folder = disposables.folder();
    const credentials = (name: string, content: string) => {
      const path = join(folder, `${name}.creds`);
      writeFileSync(path, content);
      return { servers: nats.url, creds_file: path };
    };
    const display = await publish({ nats: credentials("publisher", accounts.publisher) });
    const server = await edge({ nats: credentials("edge", accounts.edge) });
    display.publish(gray(9));
    const viewer = view(server);
    await vi.waitFor(async () => expect(await shownGray(viewer)).toBe(9), WAIT);
    await expect(edge({ nats: credentials("stranger", accounts.stranger) })).rejects.toThrow(
      /Cannot connect to NATS at nats:\/\/127\.0\.0\.1:\d+: .*check .*credentials/,
    );
    expect(errors).toEqual([]);
    // The edge's own account permits it no more than it needs.
    await expect(publish({ nats: credentials("edge", accounts.edge) })).rejects.toThrow(
      /doesn't permit this login to use rfb\.claim\.lecture/,
    );
  });
});

describe("permissions of the broker", () => {
  const as = (user: string, password: string) => ({ servers: nats.url, user, password });

  it("let publisher and edge do what they must, and no more", async () => {
    expect(PERMISSIONS).toContain('publish: "rfb.up.>", subscribe: "rfb.down.>"');
    await nats.stop();
    nats = await startNats(PERMISSIONS);
    const display = await publish({ nats: as("publisher", "p"), driver: "first" });
    const server = await edge({ nats: as("edge", "e") });
    display.publish(gray(9));
    const viewer = view(server);
    await vi.waitFor(async () => expect(await shownGray(viewer)).toBe(9), WAIT);
    await vi.waitFor(() => expect(roleOf(viewer)).toMatchObject({ drives: true }), WAIT);
    viewer.say({ type: "event", event: { type: "key_down", key: "a", modifiers: [] } });
    await vi.waitFor(() => expect(display.poll_events()).toHaveLength(1), WAIT);
    expect(errors).toEqual([]);
  });

  it("keep an edge from publishing frames and claiming names", async () => {
    await nats.stop();
    nats = await startNats(PERMISSIONS);
    const { connect } = await import("@nats-io/transport-node");
    const thief = await connect({ servers: nats.url, user: "edge", pass: "e" });
    disposables.add(() => thief.close());
    const refused: string[] = [];
    void (async () => {
      for await (const status of thief.status()) {
        if (status.type === "error") refused.push(status.error.message);
      }
    })();
    for (const subject of ["rfb.down.lecture.info", "rfb.claim.lecture"])
      thief.publish(subject, "");
    await vi.waitFor(() => expect(refused).toHaveLength(2), WAIT);
    expect(refused.join()).toMatch(/Permissions Violation for Publish/i);
  });

  it("are named in the error when they are missing", async () => {
    await nats.stop();
    nats = await startNats(PERMISSIONS);
    await expect(edge({ nats: as("edge", "wrong") })).rejects.toThrow(
      /Cannot connect to NATS at nats:\/\/127\.0\.0\.1:\d+: .*check user and password/i,
    );
    await expect(publish({ nats: as("edge", "e") })).rejects.toThrow(
      /doesn't permit this login to use rfb\.claim\.lecture; docs\/SCALING\.md/,
    );
    await expect(edge({ nats: as("publisher", "p") })).rejects.toThrow(/rfb\.down\.\*\.info/);
  });
});

describe("a fault", () => {
  it("of the broker, killed and started again, is told to viewers and passes", async () => {
    const display = await publish();
    const server = await edge();
    animate(display);
    const viewer = view(server);
    await moreFrames(viewer);
    await nats.kill();
    await vi.waitFor(() => expect(statusOf(viewer)).toMatch(/lost its connection/), WAIT);
    expect(viewer.closed).toBeUndefined();
    await nats.start();
    await moreFrames(viewer);
    await vi.waitFor(() => expect(statusOf(viewer)).toBe(""), WAIT);
    expect(display.client_count).toBe(1);
  });

  it("of a network that stands still is told to viewers and passes", async () => {
    const display = await publish();
    const server = await edge();
    animate(display);
    const viewer = view(server);
    await moreFrames(viewer);
    nats.freeze();
    await vi.waitFor(() => expect(statusOf(viewer)).toMatch(/answer|lost/), WAIT);
    nats.thaw();
    await moreFrames(viewer);
    await vi.waitFor(() => expect(statusOf(viewer)).toBe(""), WAIT);
    await vi.waitFor(() => expect(display.client_count).toBe(1), WAIT);
  });

  it("of a publisher that starts again, with another size and codec, is only an interruption", async () => {
    const server = await edge();
    const before = await publish();
    before.publish(gray(10));
    await vi.waitFor(() => expect(server.streams).toEqual(["lecture"]), WAIT);
    const viewer = view(server, { supported: H264 });
    await vi.waitFor(async () => expect(await shownGray(viewer)).toBe(10), WAIT);
    const after = await publish({ takeover: true, codec: "png" });
    after.publish(gray(20, 32, 32));
    await vi.waitFor(async () => expect(await shownGray(viewer)).toBe(20), WAIT);
    expect(viewer.frames.at(-1)?.header).toMatchObject({ width: 32, height: 32 });
    expect(errors).toEqual([expect.stringContaining("took over")]);
    await vi.waitFor(() => expect(after.client_count).toBe(1), WAIT);
    expect(before.client_count).toBe(0);
  });

  it("of two publishers of one name is told to the second", async () => {
    await publish();
    await expect(publish()).rejects.toThrow(/another program publishes.*takeover: true/);
  });

  it("of 5,000 malformed messages takes nobody down", async () => {
    const display = await publish();
    const server = await edge();
    animate(display);
    const viewer = view(server);
    await moreFrames(viewer);
    const { connect } = await import("@nats-io/transport-node");
    const attacker = await connect({ servers: nats.url });
    const subjects = [
      "rfb.down.lecture.info",
      "rfb.down.lecture.frames.image",
      "rfb.down..info",
      "rfb.down.other.info",
      "rfb.up.lecture.x",
      "rfb.claim.lecture",
      "rfb.down.lecture.edge.x",
    ].filter((subject) => !subject.includes(".."));
    let random = 1;
    const next = (): number => (random = (random * 48_271) % 2_147_483_647);
    for (let n = 0; n < 5000; n++) {
      const bytes = new Uint8Array(next() % 200).map(() => next());
      const json = JSON.stringify({ type: ["info", "report", "claim"][n % 3], version: 1, n });
      attacker.publish(subjects[n % subjects.length] ?? "", n % 2 === 0 ? bytes : json);
    }
    await attacker.flush();
    await attacker.close();
    await moreFrames(viewer);
    expect(viewer.closed).toBeUndefined();
    expect(server.streams).toEqual(["lecture"]);
  });
});
