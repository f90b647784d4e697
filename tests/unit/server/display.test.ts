import { readFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { RemoteFrameBuffer } from "../../../src/kernel";
import type { ResizeEvent, RfbEvent } from "../../../src/protocol/events";
import { Display } from "../../../src/server";
import { disposedAfterEach } from "../../support/disposables";
import { grayFrame, HELLO, setUpStream } from "../../support/streamHarness";

const disposables = disposedAfterEach();

const pointer = { type: "pointer_down", timestamp: 1, button: 1, buttons: [1], modifiers: [] };
const viewport = { type: "set_viewport", width: 40, height: 20, pwidth: 80, pheight: 40, ratio: 2 };

describe("a display", () => {
  it("has public members only", () => {
    expect(Object.getOwnPropertyNames(Display.prototype).sort()).toEqual([
      "client_count",
      "close",
      "constructor",
      "driver",
      "events",
      "height",
      "isClosed",
      "metadata",
      "metrics",
      "metrics_text",
      "pixel_ratio",
      "poll_events",
      "port",
      "publish",
      "recorded",
      "request_draw",
      "set_driver",
      "target_ratio",
      "target_size",
      "url",
      "width",
      "ws_url",
    ]);
    expect(Object.keys(setUpStream().display)).toEqual(["name"]);
  });

  it.each([
    ["no frame", null, {}, TypeError],
    ["floats", { data: new Float32Array(3), shape: [1, 1, 3] }, {}, TypeError],
    ["another length", { data: new Uint8Array(5), shape: [1, 2, 3] }, {}, RangeError],
    ["an empty frame", { data: new Uint8Array(0), shape: [0, 2, 3] }, {}, RangeError],
    ["a ratio of zero", grayFrame(9), { pixel_ratio: 0 }, RangeError],
    ["a colour that is none", grayFrame(9), { color: "red" }, TypeError],
    ["primaries that are none", grayFrame(9), { color: { primaries: "rec709" } }, RangeError],
    ["a look that is none", grayFrame(9), 2, TypeError],
  ])("refuses %s, and viewers keep the last frame", async (_what, frame, look, kind) => {
    const { clock, display, join, publish } = setUpStream();
    const viewer = await join();
    await publish(1);
    expect(() => display.publish(frame as never, look as never)).toThrow(kind);
    await clock.settle();
    expect(viewer.frames.map(({ payload }) => payload[0])).toEqual([1]);
  });

  it("copies a frame, unless frames are not to be owned", async () => {
    for (const own_frames of [true, false]) {
      const { clock, display, join } = setUpStream({ own_frames });
      const viewer = await join();
      const frame = grayFrame(1);
      display.publish(frame);
      frame.data.fill(2);
      await clock.settle();
      expect(viewer.frames[0]?.payload[0]).toBe(own_frames ? 1 : 2);
    }
  });

  it("shows floats with a range and BGRA, whether or not frames are owned", async () => {
    for (const own_frames of [true, false]) {
      const { clock, display, join } = setUpStream({ own_frames });
      const viewer = await join();
      const data = new Float32Array(8).fill(0.2);
      display.publish({ data, shape: [2, 4], range: [0, 1] });
      await clock.settle();
      expect(viewer.frames.at(-1)?.payload[0]).toBe(51);
      display.publish({ data: Uint8Array.of(1, 2, 3, 4), shape: [1, 1, 4], format: "bgra" });
      await clock.settle();
      expect(viewer.frames.at(-1)?.payload[0]).toBe(3);
    }
  });

  it("reports a frame whose memory is gone once, and shows the next one", async () => {
    const { clock, display, errors, join, lossy } = setUpStream({ own_frames: false });
    const viewers = [await join(), await join()];
    for (const value of [1, 2]) {
      const { data, shape } = grayFrame(value);
      display.publish({ data, shape });
      structuredClone(data, { transfer: [data.buffer] });
      await clock.settle();
    }
    expect(errors.map(({ error, during }) => `${during}: ${String(error)}`)).toEqual([
      expect.stringMatching(/^encode: TypeError: frame\.data: expected .* memory is gone/),
    ]);
    expect(lossy.qualities).toEqual([]);
    display.publish(grayFrame(3));
    await clock.settle();
    for (const { frames } of viewers) expect(frames.map(({ payload }) => payload[0])).toEqual([3]);
    expect(errors).toHaveLength(1);
  });

  it("gives the events of all viewers, in pixels of the frame and with both sets of names", async () => {
    const { clock, display, join, publish } = setUpStream();
    const one = await join();
    const two = await join();
    await publish(1);
    clock.advance(1.5);
    one.say({
      type: "event",
      event: { ...pointer, x: 3, y: 1, inside: true, pixel_ratio: 2, logical_x: 30, logical_y: 10 },
    });
    two.say(viewport);
    const events = display.poll_events();
    expect(events).toEqual([
      {
        client_id: expect.any(String) as string,
        principal: null,
        received_us: 1_500_000,
        event: expect.objectContaining({
          event_type: "pointer_down",
          type: "pointer_down",
          x: 3,
          y: 1,
          inside: true,
          pixel_ratio: 2,
          logical_x: 30,
          logical_y: 10,
          time_stamp: 1,
        }) as RfbEvent,
      },
      expect.objectContaining({
        event: expect.objectContaining({
          event_type: "resize",
          width: 40,
          pheight: 40,
          ratio: 2,
          pixel_ratio: 2,
        }) as RfbEvent,
      }),
    ]);
    expect(events[0]?.client_id).not.toBe(events[1]?.client_id);
    expect(display.poll_events()).toEqual([]);
  });

  it("tells once when nobody polls and events are dropped", async () => {
    const { errors, join } = setUpStream({ event_queue_size: 2 });
    const viewer = await join();
    for (let at = 0; at < 9; at++) viewer.say(viewport);
    expect(errors.map(({ error }) => String(error))).toEqual([
      expect.stringContaining("Cannot keep more than 2 events"),
    ]);
  });

  it("has a target size for match_client only", async () => {
    for (const resize_policy of ["publisher", "match_client"] as const) {
      const { display, join } = setUpStream({ resize_policy, max_render_dimension: 60 });
      const viewer = await join();
      viewer.say(viewport);
      const [size, ratio] = resize_policy === "publisher" ? [null, 1] : [[60, 30], 2];
      expect([display.target_size, display.target_ratio]).toEqual([size, ratio]);
    }
  });

  it("has the size of a viewer that is still there when the newest leaves", async () => {
    const { clock, display, join } = setUpStream({ resize_policy: "match_client" });
    const [first, second, huge] = [await join(), await join(), await join()];
    first.say(viewport);
    second.say({ ...viewport, pwidth: 90 });
    huge.say({ ...viewport, pwidth: 20_000, pheight: 20_000 });
    const settled = () => {
      clock.advance(1);
      return display.target_size;
    };
    expect(settled()).toEqual([4096, 4096]);
    first.listener?.onClose();
    expect(settled()).toEqual([4096, 4096]);
    huge.listener?.onClose();
    expect(settled()).toEqual([90, 40]);
    second.listener?.onClose();
    expect(settled()).toEqual([90, 40]);
    expect(display.poll_events().map(({ event }) => "pwidth" in event && event.pwidth)).toEqual([
      80, 90, 4096, 90,
    ]);
  });

  it("records events, in memory and in a file", async () => {
    const path = joinPath(disposables.folder(), "events.jsonl");
    const { display, join } = setUpStream({ record_events: true, event_log: path });
    const viewer = await join();
    viewer.say(viewport);
    viewer.say({ type: "event", event: { ...pointer, x: 1, y: 2 } });
    expect(display.recorded.map(({ type }) => type)).toEqual(["resize", "pointer_down"]);
    await display.close();
    const lines = readFileSync(path, "utf8").trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as RfbEvent).type)).toEqual([
      "resize",
      "pointer_down",
      // The viewer was still there when the display was closed.
      "pointer_up",
    ]);
  });

  it("reports a log that cannot be written, and goes on", async () => {
    const { errors, join } = setUpStream({ event_log: "/nowhere/at/all.jsonl" });
    const viewer = await join();
    await expect.poll(() => errors.length).toBe(1);
    viewer.say(viewport);
    expect(errors[0]?.during).toBe("event_log");
    expect(viewer.closed).toBeUndefined();
  });

  it("closes its server at once: its viewers and the log of events are waited for together", async () => {
    const { stream } = setUpStream({
      event_log: joinPath(disposables.folder(), "log"),
    });
    let isServerClosing = false;
    stream.closeWith({
      close: () => {
        isServerClosing = true;
        return Promise.resolve();
      },
    });
    const closing = stream.close();
    expect(isServerClosing).toBe(true);
    await closing;
  });

  it("closes as often as one likes: viewers are told, and later frames and events are nothing", async () => {
    const { clock, display, join } = setUpStream();
    const viewer = await join();
    const events: unknown[] = [];
    const taking = (async () => {
      for await (const event of display.events()) events.push(event);
    })();
    await Promise.all([display.close(), display.close()]);
    await display[Symbol.asyncDispose]();
    await taking;
    expect(viewer.closed?.code).toBe(1001);
    viewer.listener?.onClose();
    display.publish(grayFrame(1));
    viewer.say(viewport);
    await clock.settle();
    expect([viewer.frames, events, display.client_count]).toEqual([[], [], 0]);
    expect(clock.pending).toBe(0);
  });
});

describe("a source that is served", () => {
  it("may close its display in the close event, which comes once", async () => {
    const seen: string[] = [];
    const rig = setUpStream(
      {},
      {
        source: {
          get_frame: () => grayFrame(1),
          handle_event: (event) => {
            seen.push(event.event_type);
            if (event.event_type === "close") void rig.display.close();
          },
        },
      },
    );
    await rig.display.close();
    expect(seen).toEqual(["close"]);
    expect(rig.display.isClosed).toBe(true);
  });

  /** A picture that is as large as its view is told to be, and draws what it is set to. */
  class Square extends RemoteFrameBuffer {
    value = 1;
    draws = 0;
    size = { width: 4, height: 2 };
    readonly seen: RfbEvent[] = [];
    override get_frame() {
      this.draws += 1;
      return grayFrame(this.value, this.size);
    }
    override handle_event(event: RfbEvent): void {
      this.seen.push(event);
      if (event.event_type === "resize") {
        this.size = { width: event.pwidth, height: event.pheight };
      }
    }
  }

  it("is a RemoteFrameBuffer as it is: drawn when it asks for it, for all viewers once, and while nobody looks not at all", async () => {
    const source = new Square();
    const { clock, join } = setUpStream({ still_after: null }, { source });
    source.request_draw();
    await clock.settle();
    expect(source.draws).toBe(0);
    const one = await join();
    const two = await join();
    one.ack();
    two.ack();
    expect(source.draws).toBe(1);
    source.value = 7;
    source.request_draw();
    source.request_draw();
    await clock.settle();
    expect(source.draws).toBe(2);
    for (const viewer of [one, two]) {
      expect(viewer.frames.map(({ payload }) => payload[0])).toEqual([1, 7]);
    }
  });

  it("is told the size of a view, and then positions in its logical pixels as in a notebook", async () => {
    const source = new Square();
    const { clock, join } = setUpStream({}, { source });
    const viewer = await join();
    viewer.say(viewport);
    await clock.settle();
    viewer.ack();
    await clock.settle();
    expect(viewer.frames.at(-1)?.header).toMatchObject({ width: 80, height: 40 });
    viewer.say({
      type: "event",
      event: {
        ...pointer,
        x: 60,
        y: 10,
        touches: { 1: { x: 60, y: 10, pressure: 0.5 } },
        ntouches: 1,
      },
    });
    expect(source.seen.at(-1)).toMatchObject({
      x: 30,
      y: 5,
      touches: { 1: { x: 30, y: 5, pressure: 0.5 } },
    });
  });

  it.each([
    ["16384 x 16384", { width: 16_384, height: 16_384, pwidth: 16_384, pheight: 16_384, ratio: 1 }],
    [
      "the largest size",
      { width: 65_535, height: 65_535, pwidth: 65_535, pheight: 65_535, ratio: 1 },
    ],
    [
      "a ratio that fits no size",
      { width: 3e7, height: 3e7, pwidth: 100, pheight: 100, ratio: 0.01 },
    ],
  ])("is told a size that it can draw when a viewer asks for %s", async (_what, size) => {
    const source = new Square();
    const { clock, join } = setUpStream({}, { source });
    const [good, huge] = [await join(), await join()];
    good.say(viewport);
    huge.say({ type: "set_viewport", ...size });
    const told = source.seen.at(-1) as ResizeEvent;
    for (const [width, height] of [
      [told.pwidth, told.pheight],
      [told.width, told.height],
      [told.width * told.ratio, told.height * told.ratio],
    ] as const) {
      expect(Math.max(width, height)).toBeLessThanOrEqual(8192);
      expect(width * height).toBeLessThanOrEqual(4096 * 4096 * 1.000_001);
    }
    expect(told.pixel_ratio).toBe(told.ratio);
    source.size = { width: 4, height: 2 };
    huge.listener?.onClose();
    await clock.settle();
    expect(source.seen.at(-1)).toMatchObject({ width: 40, pwidth: 80, pheight: 40, ratio: 2 });
    good.ack();
    await clock.settle();
    expect(good.frames.at(-1)?.header).toMatchObject({ width: 80, height: 40 });
  });

  it("may draw in its own time, and send frames unasked", async () => {
    let finish: (frame: ReturnType<typeof grayFrame>) => void = () => undefined;
    class Slow extends Square {
      override get_frame(): never {
        this.draws += 1;
        return new Promise((resolve) => (finish = resolve)) as never;
      }
    }
    const source = new Slow();
    const { clock, join } = setUpStream({ still_after: null }, { source });
    const viewer = await join();
    source.request_draw();
    source.request_draw();
    await clock.settle();
    expect(source.draws).toBe(1);
    finish(grayFrame(5));
    await clock.settle();
    viewer.ack();
    expect(viewer.frames.map(({ payload }) => payload[0])).toEqual([5]);
    source.send_frame(grayFrame(6));
    await clock.settle();
    expect(viewer.frames.map(({ payload }) => payload[0])).toEqual([5, 6]);
  });

  it("is told which of its frames is wrong: a drawn one, or one that it sent", async () => {
    const errors: string[] = [];
    const source = new Square();
    const { clock, join } = setUpStream(
      { on_error: (_error, during) => errors.push(during) },
      { source },
    );
    await join();
    source.send_frame("no picture" as never);
    await clock.settle();
    expect(errors).toEqual(["send_frame"]);
  });

  it("that fails is reported, and drawn again when it asks for it", async () => {
    class Failing extends Square {
      override get_frame(): ReturnType<typeof grayFrame> {
        this.draws += 1;
        if (this.draws === 1) throw new Error("out of paint");
        if (this.draws === 2) return { data: new Float32Array(8) as never, shape: [2, 4] };
        return grayFrame(3);
      }
      override handle_event(): void {
        throw new Error("no hands");
      }
    }
    const source = new Failing();
    const { clock, errors, join } = setUpStream({}, { source });
    const viewer = await join();
    for (let draw = 0; draw < 2; draw++) {
      source.request_draw();
      await clock.settle();
    }
    viewer.say({ type: "event", event: { ...pointer, x: 1, y: 1 } });
    expect(errors.map(({ during, error }) => `${during} ${String(error)}`)).toEqual([
      "get_frame Error: out of paint",
      expect.stringContaining("get_frame TypeError"),
      "handle_event Error: no hands",
    ]);
    expect(viewer.frames.map(({ payload }) => payload[0])).toEqual([3]);
  });

  it("goes on where even the reporting of its errors fails, at once or later", async () => {
    class Failing extends Square {
      override handle_event(): void {
        throw new Error("no hands");
      }
    }
    const atOnce = (): void => {
      throw new Error("no mouth");
    };
    const later = (): Promise<never> => Promise.reject(new Error("no mouth"));
    for (const on_error of [atOnce, later] as (() => void)[]) {
      const { clock, join } = setUpStream({ on_error }, { source: new Failing() });
      const viewer = await join();
      viewer.say({ type: "event", event: { ...pointer, x: 1, y: 1 } });
      await clock.settle();
      expect(viewer.closed).toBeUndefined();
    }
  });

  it("that animates without changing is drawn at most 60 times a second", async () => {
    class Still extends Square {
      override get_frame() {
        this.request_draw();
        return super.get_frame();
      }
    }
    const source = new Still();
    const { clock, join } = setUpStream({ still_after: null }, { source });
    const viewers = [await join(), await join()];
    for (const viewer of viewers) viewer.ack();
    await clock.settle();
    const before = source.draws;
    for (let step = 0; step < 60; step++) {
      clock.advance(1 / 60);
      await clock.settle();
    }
    expect(source.draws - before).toBeGreaterThan(30);
    expect(source.draws - before).toBeLessThanOrEqual(61);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("out of paint");
      },
    ],
    ["rejects", () => Promise.reject(new Error("out of paint")) as never],
    ["returns rubbish", () => "rubbish" as never],
    ["gives nothing", () => null as never],
  ] as const)(
    "that animates and %s is drawn and reported a few times a second",
    async (what, fail) => {
      let isMended = false;
      class Failing extends Square {
        override get_frame(): ReturnType<typeof grayFrame> {
          this.draws += 1;
          this.request_draw();
          return isMended ? grayFrame(this.draws) : fail();
        }
      }
      const source = new Failing();
      const { clock, errors, join } = setUpStream({ still_after: null }, { source });
      const viewer = await join();
      for (let step = 0; step < 300; step++) {
        clock.advance(0.01);
        await clock.settle();
      }
      expect(source.draws).toBeGreaterThan(5);
      expect(source.draws).toBeLessThan(what === "gives nothing" ? 190 : 14);
      expect(errors.length).toBeLessThan(6);
      if (what !== "gives nothing") {
        expect(String(errors.at(-1)?.error)).toMatch(/ \(\d+ times\)$/);
      }
      isMended = true;
      source.request_draw();
      await clock.settle();
      expect(viewer.frames).toHaveLength(2);
    },
  );

  it("handles events one after another where its handler is asynchronous", async () => {
    const got: string[] = [];
    const ends: (() => void)[] = [];
    class Slow extends RemoteFrameBuffer {
      override async handle_event(event: RfbEvent): Promise<void> {
        got.push(`${event.event_type} begins`);
        await new Promise<void>((resolve) => ends.push(resolve));
        got.push(`${event.event_type} ends`);
      }
    }
    const { clock, join } = setUpStream({}, { source: new Slow() });
    const viewer = await join();
    got.length = 0;
    while (ends.length > 0) ends.pop()?.();
    await clock.settle();
    got.length = 0;
    for (const type of ["pointer_down", "pointer_up", "pointer_move"]) {
      viewer.say({ type: "event", event: { ...pointer, type, x: 1, y: 1 } });
    }
    for (let event = 0; event < 3; event++) {
      await clock.settle();
      ends.at(-1)?.();
    }
    await clock.settle();
    expect(got).toEqual(
      ["pointer_down", "pointer_up", "pointer_move"].flatMap((type) => [
        `${type} begins`,
        `${type} ends`,
      ]),
    );
  });

  it("without a way to tell is drawn after each event, and when the display is asked to", async () => {
    let draws = 0;
    const source = { get_frame: () => grayFrame(++draws), handle_event: () => undefined };
    const { clock, display, join } = setUpStream({ still_after: null }, { source });
    const viewer = await join();
    expect(draws).toBe(1);
    viewer.say({ type: "event", event: { ...pointer, x: 1, y: 1 } });
    await clock.settle();
    viewer.ack();
    expect(draws).toBe(2);
    display.request_draw();
    await clock.settle();
    expect(draws).toBe(3);
  });

  it("that closes itself ends the stream, and may print to the last", async () => {
    class Talking extends Square {
      override handle_event(event: RfbEvent): void {
        super.handle_event(event);
        if (event.event_type === "close") this.print("bye");
      }
    }
    const print = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const source = new Talking();
    const { display, errors, join } = setUpStream({}, { source });
    const viewer = await join();
    source.close();
    await display.close();
    expect(viewer.closed?.code).toBe(1001);
    expect(source.seen.map(({ type }) => type)).toEqual(["close"]);
    expect(print.mock.calls.map(([text]) => text)).toEqual(["bye\n"]);
    expect(errors).toEqual([]);
    const other = new Talking();
    const stream = setUpStream({}, { source: other });
    await stream.display.close();
    expect(stream.errors).toEqual([]);
    print.mockRestore();
  });

  it("hears once that it is closed", async () => {
    const source = new Square();
    const { display, join } = setUpStream({}, { source });
    const viewer = await join();
    viewer.listener?.onClose();
    await display.close();
    await display.close();
    expect(source.seen.map(({ type }) => type)).toEqual(["close"]);
    source.request_draw();
    expect(source.draws).toBe(1);
  });

  it("gets no events as a published stream does: they are the source's", async () => {
    const source = new Square();
    const { display, join } = setUpStream({}, { source });
    const viewer = await join(HELLO);
    viewer.say(viewport);
    expect(display.poll_events()).toEqual([]);
    expect(source.seen.map(({ type }) => type)).toEqual(["resize"]);
  });
});
