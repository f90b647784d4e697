import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamFrameHeader } from "../../../src/protocol/streamMessages";
import { FakeClock } from "../../support/fakeClock";
import { FakeEncoder, fakeEncoders } from "../../support/sessionHarness";
import {
  fakeRequest,
  grayFrame,
  HELLO,
  HELLO_H264,
  setUpStream,
  type FakeSocket,
} from "../../support/streamHarness";

const seqs = (socket: FakeSocket): number[] => socket.frames.map(({ header }) => header.seq);
const values = (socket: FakeSocket): (number | undefined)[] =>
  socket.frames.map(({ payload }) => payload[0]);
const kinds = (socket: FakeSocket): string[] =>
  socket.frames.map(({ header }: { header: StreamFrameHeader }) =>
    header.type === "video_chunk" ? (header.keyframe ? "key" : "delta") : header.type,
  );

describe("a viewer", () => {
  it("is told how frames travel, and gets the newest frame at once", async () => {
    const { join, publish } = setUpStream();
    await publish(1);
    await publish(2);
    const viewer = await join();
    expect(viewer.texts).toEqual([
      { type: "config", transport: "image", width: 4, height: 2, coords: "frame-pixels" },
    ]);
    expect(viewer.frames.map(({ header }) => header)).toEqual([
      expect.objectContaining({
        type: "image_frame",
        seq: 0,
        width: 4,
        height: 2,
        mime: "image/jpeg",
      }),
    ]);
    expect(values(viewer)).toEqual([2]);
  });

  it("has at most max_inflight frames on their way, and then gets the newest", async () => {
    const { display, join, publish } = setUpStream({ max_inflight: 2 });
    const viewer = await join();
    for (const value of [1, 2, 3, 4, 5]) await publish(value);
    expect(values(viewer)).toEqual([1, 2]);
    // What it would miss counts while it waits.
    expect(display.metrics()[0]?.frames_dropped).toBe(2);
    viewer.ack(0);
    await publish(6);
    expect(values(viewer)).toEqual([1, 2, 6]);
    expect(display.metrics()[0]).toMatchObject({
      frames_sent: 3,
      frames_dropped: 3,
      frames_acked: 1,
      inflight: 2,
    });
  });

  it("that takes long for a frame gets no second copy of it, as a WebSocket loses nothing", async () => {
    const { clock, join, lossy, publish } = setUpStream({ max_inflight: 1 });
    const viewer = await join();
    await publish(1);
    for (let second = 0; second < 60; second++) {
      clock.advance(1);
      viewer.listener?.onPong();
      await clock.settle();
    }
    expect(values(viewer)).toEqual([1]);
    expect(lossy.qualities).toHaveLength(1);
    await publish(2);
    viewer.ack(0);
    await clock.settle();
    expect(values(viewer)).toEqual([1, 2]);
  });

  it("that acknowledges nothing does not hold up another, and no frame is compared or encoded twice", async () => {
    const { join, lossy, publish } = setUpStream();
    const stalled = await join();
    const lively = await join();
    for (let value = 1; value <= 10; value++) {
      await publish(value);
      lively.ack();
    }
    expect(values(stalled)).toEqual([1, 2]);
    expect(values(lively)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(lossy.qualities).toHaveLength(10);
  });

  it("gets nothing of a frame that equals the one before", async () => {
    const { display, join, publish } = setUpStream();
    const viewer = await join();
    await publish(1);
    viewer.ack();
    for (let repeated = 0; repeated < 5; repeated++) await publish(1);
    expect(values(viewer)).toEqual([1]);
    await publish(2);
    expect(values(viewer)).toEqual([1, 2]);
    // Nothing of that counts as missed.
    expect(display.metrics()[0]?.frames_dropped).toBe(0);
  });

  it("is told of another ratio or colour, also where no pixel changed", async () => {
    const { clock, display, join } = setUpStream();
    const viewer = await join();
    display.publish(grayFrame(1), { pixel_ratio: 2, color: { primaries: "display-p3" } });
    await clock.settle();
    display.publish(grayFrame(1));
    await clock.settle();
    expect(viewer.texts.slice(1)).toEqual([
      expect.objectContaining({ pixel_ratio: 2, color: { primaries: "display-p3" } }),
      { type: "config", transport: "image", width: 4, height: 2, coords: "frame-pixels" },
    ]);
    expect(viewer.frames.map(({ header }) => header.pixel_ratio)).toEqual([2, undefined]);
  });

  it("gets a whole frame of another size", async () => {
    const { join, publish } = setUpStream();
    const viewer = await join({ ...HELLO, supported: [...HELLO.supported, "rfb/patches"] });
    await publish(1);
    viewer.ack();
    await publish(2, { width: 6, height: 6 });
    expect(viewer.frames.at(-1)?.header).toMatchObject({
      type: "image_frame",
      width: 6,
      height: 6,
    });
  });

  it("gets the newest frame again when it asks for a keyframe, at once and then not too often", async () => {
    const { clock, join, publish } = setUpStream();
    const viewer = await join();
    await publish(1);
    viewer.ack();
    for (let asked = 0; asked < 5; asked++) {
      viewer.say({ type: "request_keyframe", reason: "test" });
      await clock.settle();
    }
    expect(values(viewer)).toEqual([1, 1]);
  });

  it.each([
    ["hello", [HELLO]],
    ["decoder_reset", [{ type: "decoder_reset" }]],
    ["a mixture", [HELLO, { type: "decoder_reset" }, { type: "request_keyframe", reason: "x" }]],
  ])(
    "that asks by %s a thousand times a second gets four whole frames of it",
    async (_how, asks) => {
      const { clock, join, publish } = setUpStream(
        { still_after: null },
        { limits: { max_message_rate: 1e6 } },
      );
      const viewer = await join();
      await publish(1);
      viewer.ack();
      const before = viewer.frames.length;
      for (let step = 0; step < 1024; step++) {
        viewer.say(asks[step % asks.length]);
        clock.advance(1 / 1024);
        await clock.settle();
        viewer.ack();
      }
      expect(viewer.frames.length - before).toBeGreaterThanOrEqual(4);
      expect(viewer.frames.length - before).toBeLessThanOrEqual(5);
    },
  );

  it("that asks for whole frames all the time still gets patches of what moves", async () => {
    const { clock, display, join } = setUpStream(
      { still_after: null },
      { limits: { max_message_rate: 1e6 } },
    );
    const hello = { ...HELLO, supported: [...HELLO.supported, "rfb/patches"] };
    const viewer = await join(hello);
    const asks = [hello, { type: "decoder_reset" }, { type: "request_keyframe", reason: "x" }];
    const data = new Uint8Array(64 * 64 * 3);
    for (let step = 0; step < 64; step++) {
      data[0] = step;
      display.publish({ data, shape: [64, 64, 3] });
      await clock.settle();
      for (const ask of asks) viewer.say(ask);
      clock.advance(1 / 64);
      await clock.settle();
      viewer.ack();
      await clock.settle();
    }
    const whole = viewer.frames.filter(({ header }) => header.type === "image_frame");
    expect(whole.length).toBeLessThanOrEqual(6);
    expect(viewer.frames.length).toBeGreaterThan(50);
  });

  it("costs no search for what can be encoded, however often it says hello", async () => {
    let searches = 0;
    const hasVideo = (): boolean => ++searches > 0;
    const { join } = setUpStream({}, { hasVideo, limits: { max_message_rate: 1e6 } });
    const viewers = [await join(HELLO_H264), await join(HELLO_H264)];
    for (const viewer of viewers) for (let time = 0; time < 9; time++) viewer.say(HELLO_H264);
    expect(searches).toBe(1);
  });

  it("of which frames get lost goes on when it says that its decoder was reset", async () => {
    const { clock, join, publish } = setUpStream();
    const viewer = await join();
    for (const value of [1, 2, 3]) await publish(value);
    expect(values(viewer)).toEqual([1, 2]);
    viewer.say({ type: "decoder_reset" });
    await clock.settle();
    expect(values(viewer)).toEqual([1, 2, 2, 3]);
  });

  it("that is hidden gets nothing until it is shown", async () => {
    const { clock, join, publish } = setUpStream();
    const viewer = await join();
    viewer.say({ type: "event", event: { type: "hide", timestamp: 1 } });
    await publish(1);
    expect(viewer.frames).toHaveLength(0);
    viewer.say({ type: "event", event: { type: "show", timestamp: 2 } });
    await clock.settle();
    expect(values(viewer)).toEqual([1]);
  });

  it("does not count as missed what was published while it was hidden", async () => {
    const { clock, display, join, publish } = setUpStream();
    const viewer = await join();
    await publish(1);
    viewer.ack();
    viewer.say({ type: "event", event: { type: "hide", timestamp: 1 } });
    for (const value of [2, 3, 4]) await publish(value);
    expect(display.metrics()[0]?.frames_dropped).toBe(0);
    viewer.say({ type: "event", event: { type: "show", timestamp: 2 } });
    await clock.settle();
    expect(values(viewer)).toEqual([1, 4]);
    expect(display.metrics()[0]?.frames_dropped).toBe(0);
  });

  it("gets a lossless still after still_after seconds of rest, and none where that is null", async () => {
    for (const still_after of [0.15, null]) {
      const { clock, join, publish } = setUpStream({ still_after });
      const viewer = await join();
      await publish(1);
      viewer.ack();
      await clock.settle();
      clock.advance(0.2);
      await clock.settle();
      const mimes = viewer.frames.map(({ header }) => "mime" in header && header.mime);
      expect(mimes).toEqual(still_after === null ? ["image/jpeg"] : ["image/jpeg", "image/png"]);
    }
  });

  it("may change what it can show and the quality by another hello", async () => {
    const { clock, join, lossy, publish } = setUpStream();
    const viewer = await join(HELLO_H264);
    await publish(1);
    viewer.ack();
    viewer.say({ ...HELLO, quality: 35 });
    await clock.settle();
    viewer.ack();
    await publish(2);
    expect(viewer.texts.map((text) => "transport" in text && text.transport)).toEqual([
      "webcodecs",
      "image",
    ]);
    expect(kinds(viewer).at(-1)).toBe("image_frame");
    expect(lossy.qualities.at(-1)).toBe(35);
  });

  it("is told what was measured, every stats_interval seconds", async () => {
    const { clock, join, publish } = setUpStream({ stats_interval: 1 });
    const viewer = await join();
    await publish(1);
    clock.advance(0.01);
    viewer.ack();
    clock.advance(2);
    const stats = viewer.texts.filter(({ type }) => type === "stats");
    expect(stats).toHaveLength(2);
    expect(stats[0]).toMatchObject({ rtt_ms: 10, dropped: 0, target_fps: 30 });
  });

  it("leaves nothing behind", async () => {
    const { clock, display, join, publish } = setUpStream({ stats_interval: 1 });
    const viewer = await join(HELLO_H264);
    await publish(1);
    viewer.listener?.onClose();
    await clock.settle();
    clock.advance(60);
    expect(display.client_count).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it("whose socket does not drain is ended before memory grows without bound", async () => {
    const { join, publish } = setUpStream({}, { limits: { max_buffered_bytes: 65_536 } });
    const viewer = await join();
    viewer.waitingBytes = 65_537;
    await publish(1);
    expect(viewer.isTerminated).toBe(true);
  });
});

describe("a connection", () => {
  it("is closed when no hello comes in time", () => {
    const { clock, connect } = setUpStream({}, { limits: { hello_timeout: 3 } });
    const socket = connect();
    clock.advance(3);
    expect(socket.closed).toEqual({ code: 4408, reason: "no hello came in 3 s" });
    expect(clock.pending).toBe(0);
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["no type", "{}"],
    ["another message first", { type: "ack", seq: 0 }],
    ["a hello without capabilities", { type: "hello" }],
    ["a hello with a number as token", { ...HELLO, token: 7 }],
    ["a quality out of range", { ...HELLO, quality: 101 }],
  ])("is closed with 4400 for %s", (_what, message) => {
    const { connect, display } = setUpStream();
    const socket = connect();
    socket.say(message);
    expect(socket.closed?.code).toBe(4400);
    expect(display.client_count).toBe(0);
  });

  it.each([
    ["an ack without a number", { type: "ack" }],
    ["an event without one", { type: "event" }],
    ["an event without a type", { type: "event", event: { x: 1 } }],
    ["an event with nonsense", { type: "event", event: { type: "wheel", x: "left" } }],
    ["a viewport without a size", { type: "set_viewport" }],
  ])("is closed with 4400 for %s later, and only that one", async (_what, message) => {
    const { join, publish } = setUpStream();
    const bad = await join();
    const good = await join();
    bad.say(message);
    expect(bad.closed?.code).toBe(4400);
    await publish(1);
    expect(values(good)).toEqual([1]);
  });

  it("passes over messages of types that it does not know, and binary ones", async () => {
    const { display, join, publish } = setUpStream();
    const viewer = await join();
    viewer.say({ type: "something_new", with: 1 });
    viewer.say({ type: "event", event: { type: "gamepad_down", button: "A" } });
    const modifiers = ["Hyper", "Shift"];
    viewer.say({ type: "event", event: { type: "key_down", key: "a", modifiers } });
    viewer.listener?.onMessage(undefined);
    await publish(1);
    expect(viewer.closed).toBeUndefined();
    expect(display.poll_events()).toMatchObject([{ event: { key: "a", modifiers: ["Shift"] } }]);
    expect(seqs(viewer)).toEqual([0]);
    expect(display.metrics()[0]?.unknown_names).toBe(3);
  });

  it("answers pings, before a viewer is let in too", async () => {
    const { connect } = setUpStream({ authenticate: () => new Promise(() => undefined) });
    const waiting = connect();
    waiting.say({ type: "ping" });
    expect(waiting.closed?.code).toBe(4400);
    const greeted = connect();
    greeted.say(HELLO);
    greeted.say({ type: "ping" });
    expect(greeted.texts).toEqual([{ type: "pong" }]);
    const { join } = setUpStream();
    const viewer = await join();
    viewer.say({ type: "ping" });
    expect(viewer.texts.at(-1)).toEqual({ type: "pong" });
  });

  it("pings viewers that say they answer, before a frame, and no others", async () => {
    const { clock, display, join, publish } = setUpStream();
    const viewer = await join({ ...HELLO, supported: [...HELLO.supported, "rfb/ping"] });
    const older = await join();
    await publish(1);
    const pings = (texts: readonly object[]) => texts.filter((text) => "id" in text);
    expect(pings(viewer.texts)).toEqual([{ type: "ping", id: 1 }]);
    expect(pings(older.texts)).toEqual([]);
    clock.advance(0.05);
    viewer.say({ type: "pong", id: 1 });
    viewer.say({ type: "pong", id: 99 });
    expect(viewer.closed).toBeUndefined();
    expect(display.metrics()).toHaveLength(2);
  });

  it("counts answers to its pings as no messages, but others", async () => {
    const { clock, join, publish } = setUpStream({}, { limits: { max_message_rate: 1 } });
    const viewer = await join({ ...HELLO, supported: [...HELLO.supported, "rfb/ping"] });
    clock.advance(10);
    for (let id = 1; id <= 9; id += 1) {
      await publish(id);
      viewer.say({ type: "ack", seq: id - 1 });
      viewer.say({ type: "pong", id });
      clock.advance(0.5);
    }
    expect(viewer.texts.filter((text) => "id" in text)).toHaveLength(9);
    expect(viewer.closed).toBeUndefined();
    for (let time = 0; time < 9; time += 1) viewer.say({ type: "pong", id: 9 });
    expect(viewer.closed?.code).toBe(4429);
  });

  it("survives whatever a viewer says, and so do the others", async () => {
    const { clock, errors, join, publish } = setUpStream(
      { driver: "first" },
      { limits: { max_message_rate: 1e6 } },
    );
    const good = await join();
    const types = [
      ...["hello", "ack", "request_keyframe", "decoder_reset", "set_viewport", "event"],
      ...["request_drive", "hand_over"],
    ];
    const message = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .tuple(fc.constantFrom(...types), fc.object({ maxDepth: 2 }))
        .map(([type, fields]) => JSON.stringify({ ...fields, type })),
      fc.constant(JSON.stringify(HELLO_H264)),
      fc.nat(5).map((seq) => JSON.stringify({ type: "ack", seq })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 12 }), async (messages) => {
        const bad = await join();
        for (const text of messages) bad.say(text);
        bad.listener?.onClose();
        await clock.settle();
      }),
      { numRuns: 1000 },
    );
    await publish(7);
    expect(values(good)).toEqual([7]);
    expect(errors).toEqual([]);
  }, 30_000);

  it("that the server fails to open is closed with 1011 and reported, and no other", async () => {
    const clock = new FakeClock();
    const encoders = fakeEncoders(
      new FakeEncoder("image/jpeg", clock),
      new FakeEncoder("image/png", clock),
    );
    let acquired = 0;
    const { errors, join, publish } = setUpStream(
      {},
      {
        clock,
        acquireEncoders: () => {
          acquired += 1;
          if (acquired === 3) throw new Error("no threads left");
          return encoders;
        },
      },
    );
    const good = await join();
    const bad = await join();
    expect(bad.closed).toEqual({ code: 1011, reason: "the server failed to handle a message" });
    expect(errors.map(({ error }) => String(error))).toEqual(["Error: no threads left"]);
    await publish(1);
    expect(values(good)).toEqual([1]);
  });

  it("whose first message fails to be sent leaves no viewer behind", async () => {
    const { clock, connect, display, errors } = setUpStream();
    const socket = connect();
    socket.sendText = () => {
      throw new Error("no memory");
    };
    socket.say(HELLO);
    await clock.settle();
    expect([socket.closed?.code, display.client_count]).toEqual([1011, 0]);
    expect(errors).toHaveLength(1);
  });

  it("that can show neither JPEG nor PNG is closed with 1003", async () => {
    const { join } = setUpStream();
    const viewer = await join({ ...HELLO, supported: ["image/webp"] });
    expect(viewer.closed?.code).toBe(1003);
  });

  it("that floods is closed with 4429", async () => {
    const { join } = setUpStream({}, { limits: { max_message_rate: 10 } });
    const viewer = await join();
    for (let sent = 0; sent < 30; sent++) viewer.say({ type: "something_new" });
    expect(viewer.closed?.code).toBe(4429);
  });

  it("that acknowledges what it got does not flood, however fast, but with other receipts it does", async () => {
    const { clock, join, publish } = setUpStream(
      { still_after: null },
      { limits: { max_message_rate: 10 } },
    );
    const viewer = await join();
    for (let value = 1; value <= 100; value++) {
      await publish(value);
      viewer.ack();
    }
    expect(viewer.closed).toBeUndefined();
    for (let time = 0; time < 20; time++) viewer.ack();
    await clock.settle();
    expect(viewer.closed?.code).toBe(4429);
  });

  it("beyond max_viewers is closed with 4503", async () => {
    const { join } = setUpStream({ max_viewers: 1 });
    await join();
    const second = await join();
    expect(second.closed?.code).toBe(4503);
  });

  it("is asked for signs of life, and ended when it gives none", async () => {
    const { clock, display, join } = setUpStream({}, { limits: { ping_interval: 5 } });
    const viewer = await join();
    clock.advance(5);
    viewer.listener?.onPong();
    clock.advance(10);
    expect(viewer.pings).toBe(3);
    expect(viewer.isTerminated).toBe(false);
    clock.advance(5);
    expect(viewer.isTerminated).toBe(true);
    expect(display.client_count).toBe(0);
  });

  it("is not pinged while it says something", async () => {
    const { clock, join } = setUpStream({}, { limits: { ping_interval: 5 } });
    const viewer = await join();
    for (let second = 0; second < 60; second += 4) {
      clock.advance(4);
      viewer.say({ type: "ping" });
    }
    expect(viewer.pings).toBe(0);
    expect(viewer.isTerminated).toBe(false);
  });
});

describe("authenticate", () => {
  it("gets what the viewer brings, and its answer comes with the events", async () => {
    const seen: unknown[] = [];
    const { clock, connect, display } = setUpStream({
      authenticate: ({ token, stream, cookies, query, path, hello }) => {
        seen.push({ token, stream, cookies, query: [...query], path, hello: hello?.type });
        return Promise.resolve({ name: "ada" });
      },
    });
    const socket = connect(fakeRequest("/cam?room=7", { cookie: 'a=1; b="x%20y"; a=2' }));
    socket.say({ ...HELLO, token: "secret" });
    // What comes while the answer is awaited is not lost.
    socket.say({ type: "event", event: { type: "key_down", key: "a", modifiers: [] } });
    await clock.settle();
    expect(seen).toEqual([
      {
        token: "secret",
        stream: "default",
        cookies: { a: "1", b: "x y" },
        query: [["room", "7"]],
        path: "/cam",
        hello: "hello",
      },
    ]);
    expect(display.poll_events()).toEqual([
      expect.objectContaining({ principal: { name: "ada" } }),
    ]);
  });

  it.each([
    ["null", () => null],
    ["a Promise of false", () => Promise.resolve(false)],
    ["undefined", () => undefined],
    ["false", () => false],
    ["a Promise of null", () => Promise.resolve(null)],
    [
      "an error",
      () => {
        throw new Error("no");
      },
    ],
    ["a rejection", () => Promise.reject(new Error("no"))],
  ])(
    "that gives %s turns the viewer away with 4401, before any frame",
    async (_what, authenticate) => {
      const { join, publish } = setUpStream({ authenticate });
      await publish(1);
      const viewer = await join({ ...HELLO, token: "secret" });
      expect(viewer.closed).toEqual({ code: 4401, reason: "unauthorized" });
      expect(viewer.frames).toHaveLength(0);
      expect(viewer.texts).toHaveLength(0);
    },
  );

  it.each([0, "", NaN, {}])("that gives %o lets the viewer in", async (principal) => {
    const { display, join } = setUpStream({ authenticate: () => principal });
    const viewer = await join();
    expect([viewer.closed, display.client_count]).toEqual([undefined, 1]);
  });

  it("that takes too long turns the viewer away, also when it says yes later", async () => {
    let sayYes = (): void => undefined;
    const { clock, display, join } = setUpStream(
      { authenticate: () => new Promise((resolve) => (sayYes = () => resolve("ada"))) },
      { limits: { auth_timeout: 2 } },
    );
    const viewer = await join();
    clock.advance(2);
    expect(viewer.closed?.code).toBe(4401);
    sayYes();
    await clock.settle();
    expect(display.client_count).toBe(0);
  });

  it("keeps the token out of what is reported and of the reason of a close", async () => {
    const { errors, join } = setUpStream({
      authenticate: () => {
        throw new Error("expired");
      },
    });
    const viewers = [
      await join({ ...HELLO, token: "s3cret" }),
      await join({ ...HELLO, token: { s3cret: 1 } }),
      await join({ ...HELLO, token: "s3cret".repeat(10_000) }),
    ];
    const said = viewers.map(({ closed }) => closed?.reason).join() + JSON.stringify(errors);
    expect(said).not.toContain("s3cret");
  });
});

describe("H.264 viewers", () => {
  /** Joins viewers, and shows so many frames, which all acknowledge that are not in `stalled`. */
  async function play(
    parts: ReturnType<typeof setUpStream>,
    viewers: readonly FakeSocket[],
    frames: readonly number[],
    stalled: readonly FakeSocket[] = [],
  ): Promise<void> {
    for (const value of frames) {
      await parts.publish(value);
      for (const viewer of viewers) if (!stalled.includes(viewer)) viewer.ack();
      parts.clock.advance(1 / 30);
      await parts.clock.settle();
    }
  }
  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, at) => from + at);

  it("share one encoder, and each begins with a keyframe", async () => {
    const parts = setUpStream({ still_after: null });
    const viewers = [await parts.join(HELLO_H264), await parts.join(HELLO_H264)];
    await play(parts, viewers, range(1, 6));
    expect(parts.videos).toHaveLength(1);
    for (const viewer of viewers) {
      expect(kinds(viewer).slice(-4)).toEqual(["key", "delta", "delta", "delta"]);
      expect(values(viewer)).toEqual([1, 2, 3, 4, 5]);
    }
  });

  it("of as many qualities as there are share few encoders, and cost the others no frame", async () => {
    for (const adaptive of [false, true]) {
      const parts = setUpStream({ adaptive, still_after: null }, { maxExtraEncoders: 2 });
      const good = await parts.join(HELLO_H264);
      const others: FakeSocket[] = [];
      for (let quality = 1; quality < 100; quality += 2) {
        others.push(await parts.join({ ...HELLO_H264, quality }));
      }
      await play(parts, [good, ...others], range(1, 40));
      expect(parts.videos.length).toBeLessThanOrEqual(3);
      expect(values(good)).toEqual(range(1, 40));
      expect(new Set(parts.lossy.qualities).size).toBeLessThanOrEqual(5);
    }
  });

  it("that come later take up the stream at its next keyframe, which comes soon, and see images until then", async () => {
    const parts = setUpStream({ still_after: null });
    const first = await parts.join(HELLO_H264);
    await play(parts, [first], range(1, 10));
    const second = await parts.join(HELLO_H264);
    await play(parts, [first, second], range(10, 40));
    expect(parts.videos).toHaveLength(1);
    const later = kinds(second);
    expect(later.filter((kind) => kind === "key")).toHaveLength(1);
    expect(later.slice(later.indexOf("key") + 1)).toEqual(expect.arrayContaining(["delta"]));
    expect(later.slice(0, later.indexOf("key"))).not.toContain("delta");
    expect(later.indexOf("key")).toBeLessThanOrEqual(16);
    expect(values(second).at(-1)).toBe(39);
  });

  it("that miss a frame take up the stream again, without an encoder of their own", async () => {
    const parts = setUpStream({ still_after: null, max_inflight: 1 });
    const viewers = [await parts.join(HELLO_H264), await parts.join(HELLO_H264)];
    const [steady, hiccup] = viewers as [FakeSocket, FakeSocket];
    await play(parts, viewers, range(1, 30));
    await play(parts, viewers, range(30, 33), [hiccup]);
    hiccup.ack();
    await parts.clock.settle();
    hiccup.ack();
    await play(parts, viewers, range(33, 60));
    expect(parts.videos).toHaveLength(1);
    expect(values(steady)).toEqual(range(1, 60));
    expect(kinds(hiccup).slice(-3)).toEqual(["delta", "delta", "delta"]);
    expect(values(hiccup).at(-1)).toBe(59);
  });

  it("that are slow get an encoder of their own, and the others' stream goes on", async () => {
    const parts = setUpStream({ still_after: null, max_inflight: 1 });
    const viewers = [await parts.join(HELLO_H264), await parts.join(HELLO_H264)];
    const [steady, slow] = viewers as [FakeSocket, FakeSocket];
    await play(parts, viewers, range(1, 20));
    for (let round = 0; round < 60; round++) {
      const from = 20 + 3 * round;
      await play(parts, viewers, range(from, from + 3), [slow]);
      slow.ack();
      await parts.clock.settle();
    }
    expect(parts.videos).toHaveLength(2);
    expect(values(steady)).toEqual(range(1, 200));
    // Its deltas build upon what it has got.
    for (const [at, { header }] of slow.frames.entries()) {
      if (header.type !== "video_chunk" || header.keyframe) continue;
      const before = slow.frames
        .slice(0, at)
        .filter((one) => one.header.type === "video_chunk")
        .at(-1);
      expect(header.base).toBe(before?.header.seq);
    }
    expect(kinds(slow).slice(-3)).toEqual(["delta", "delta", "delta"]);
    // It keeps up again, and comes back.
    await play(parts, viewers, range(200, 330));
    expect(parts.videos[1]?.isDisposed).toBe(true);
    expect(values(slow).at(-1)).toBe(329 % 256);
  });

  it("leave no encoder behind", async () => {
    const parts = setUpStream({ still_after: null });
    const viewers = [await parts.join(HELLO_H264), await parts.join(HELLO_H264)];
    await play(parts, viewers, range(1, 6));
    for (const viewer of viewers) viewer.listener?.onClose();
    await parts.clock.settle();
    expect(parts.videos.map(({ isDisposed }) => isDisposed)).toEqual([true]);
  });

  it("see a frame as an image that the video encoder cannot take", async () => {
    const parts = setUpStream({ still_after: null });
    const viewer = await parts.join(HELLO_H264);
    await play(parts, [viewer], range(1, 6));
    for (const video of parts.videos) {
      video.encode = () => Promise.reject(new Error("too large"));
    }
    await parts.publish(99);
    expect(viewer.frames.at(-1)?.header.type).toBe("image_frame");
    expect(values(viewer).at(-1)).toBe(99);
    expect(String(parts.errors[0]?.error)).toContain("too large");
  });

  it("get a keyframe of another size", async () => {
    const parts = setUpStream({ still_after: null });
    const viewer = await parts.join(HELLO_H264);
    await play(parts, [viewer], range(1, 6));
    await parts.publish(7, { width: 8, height: 8 });
    expect(viewer.frames.at(-1)?.header).toMatchObject({ keyframe: true, width: 8, height: 8 });
  });

  it("see images where H.264 is not allowed, or its encoder cannot be had", async () => {
    const forbidden = setUpStream({ has_h264: false, still_after: null });
    const missing = setUpStream(
      { still_after: null },
      { createVideoEncoder: () => Promise.reject(new Error("node-av is broken")) },
    );
    for (const parts of [forbidden, missing]) {
      const viewer = await parts.join(HELLO_H264);
      await play(parts, [viewer], range(1, 6));
      expect(new Set(kinds(viewer))).toEqual(new Set(["image_frame"]));
    }
    expect(missing.errors.map(({ error }) => String(error))).toEqual([
      expect.stringContaining("node-av is broken"),
    ]);
  });
});
