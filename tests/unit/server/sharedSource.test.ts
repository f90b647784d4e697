/** A source that notebooks and servers show at the same time. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DEFAULT_SETTINGS, FramebufferSession, type FrameSource } from "../../../src/framebuffer";
import { RemoteFrameBuffer } from "../../../src/kernel";
import type { RfbEvent } from "../../../src/protocol/events";
import type { SessionMessage, ViewMessage } from "../../../src/protocol/messages";
import { parseFrameMessage } from "../../../src/protocol/parseFrameMessage";
import { DISPLAY } from "../../../src/widgets";
import { FakeClock, runtimeWith } from "../../support/fakeClock";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";
import { linkTransports } from "../../support/linkedTransport";
import { FakeEncoder, fakeEncoders } from "../../support/sessionHarness";
import { grayFrame, setUpStream } from "../../support/streamHarness";

let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
});

/** A source that draws in its own time, into the same memory each time. */
class SlowSource implements FrameSource {
  draws = 0;
  /** Most draws that were under way at the same time. */
  most = 0;
  readonly #pending: { finish(): void; fail(): void }[] = [];
  readonly #frame = grayFrame(0);

  get pending(): number {
    return this.#pending.length;
  }

  get_frame(): Promise<ReturnType<typeof grayFrame>> {
    this.draws += 1;
    this.#frame.data.fill(this.draws);
    return new Promise((resolve, reject) => {
      this.#pending.push({
        finish: () => resolve(this.#frame),
        fail: () => reject(new Error("out of paint")),
      });
      this.most = Math.max(this.most, this.#pending.length);
    });
  }

  handle_event(): void {}

  async end(how: "finish" | "fail" = "finish"): Promise<void> {
    this.#pending.shift()?.[how]();
    await clock.settle();
  }
}

/** What shows a source. */
interface Route {
  /** The frames that its view got, by their gray. */
  readonly seen: readonly number[];
  readonly errors: readonly unknown[];
  /** Requests a draw. */
  draw(): Promise<void>;
  end(): void;
}

interface SessionRoute extends Route {
  readonly session: FramebufferSession;
}

/** Shows a source in a view, whose receipts come at once. */
async function showInSession(source: FrameSource): Promise<SessionRoute> {
  const seen: number[] = [];
  const errors: unknown[] = [];
  const { left, right } = linkTransports<SessionMessage, ViewMessage>();
  right.onMessage((message, buffers) => {
    const { index, mimetype, timestamp } = parseFrameMessage(message, buffers.length);
    if (mimetype === "image/jpeg") seen.push(buffers[0]?.[0] ?? -1);
    right.send({ type: "frame_feedback", index, timestamp, localtime: clock.now() });
  });
  const session = new FramebufferSession({
    source,
    transport: left,
    settings: { ...DEFAULT_SETTINGS, still_after: null },
    encoders: fakeEncoders(
      new FakeEncoder("image/jpeg", clock),
      new FakeEncoder("image/png", clock),
    ),
    runtime: runtimeWith(clock),
    reportError: (error) => errors.push(error),
  });
  session.setVisible(true);
  right.send({ type: "hello", version: 1, accepts: [] });
  await clock.settle();
  return {
    errors,
    seen,
    session,
    draw: async () => {
      session.requestDraw();
      await clock.settle();
    },
    end: () => session.dispose(),
  };
}

/** Serves a source to one viewer, which acknowledges frames when the next draw is requested. */
async function showInStream(source: FrameSource): Promise<Route> {
  const { display, errors, join } = setUpStream({ still_after: null }, { source, clock });
  const viewer = await join();
  return {
    errors,
    get seen() {
      return viewer.frames.map(({ payload }) => payload[0] ?? -1);
    },
    draw: async () => {
      if (viewer.frames.length > 0) viewer.ack();
      display.request_draw();
      await clock.settle();
    },
    end: () => void display.close(),
  };
}

describe.each([
  ["two sessions", showInSession, showInSession],
  ["a session and a stream", showInSession, showInStream],
  ["a stream and a session", showInStream, showInSession],
  ["two streams", showInStream, showInStream],
])("a source that takes its time, shown by %s", (_what, showFirst, showSecond) => {
  it("is drawn for one at a time, in turns, and each gets its own picture", async () => {
    const source = new SlowSource();
    const routes = [await showFirst(source), await showSecond(source)];
    for (let round = 0; round < 12; round++) {
      expect(source.pending).toBe(1);
      await source.end();
      for (const route of routes) await route.draw();
    }
    expect(source.most).toBe(1);
    const [one, two] = routes.map(({ seen }) => seen);
    expect(one).toEqual([1, 3, 5, 7, 9, 11]);
    expect(two).toEqual([2, 4, 6, 8, 10, 12]);
  });

  it("is drawn for the other after a draw that failed", async () => {
    const source = new SlowSource();
    const routes = [await showFirst(source), await showSecond(source)];
    await source.end("fail");
    expect(source.pending).toBe(1);
    await source.end();
    expect(routes.map(({ seen }) => seen)).toEqual([[], [2]]);
    expect(routes.map(({ errors }) => errors.length)).toEqual([1, 0]);
  });

  it("is not drawn for one that ended while it waited for its turn", async () => {
    const source = new SlowSource();
    const first = await showFirst(source);
    const second = await showSecond(source);
    const third = await showInStream(source);
    second.end();
    await source.end();
    expect(source.draws).toBe(2);
    await source.end();
    expect([first, second, third].map(({ seen }) => seen)).toEqual([[1], [], [2]]);
    expect(second.errors).toEqual([]);
  });

  it("is drawn for the other when one ended during its draw", async () => {
    const source = new SlowSource();
    const first = await showFirst(source);
    const second = await showSecond(source);
    first.end();
    expect(source.draws).toBe(1);
    await source.end();
    await source.end();
    expect([first, second].map(({ seen }) => seen)).toEqual([[], [2]]);
  });
});

describe("a snapshot of a source that a stream shows", () => {
  it("is there at once where no draw is under way", async () => {
    let draws = 0;
    const source = { get_frame: () => grayFrame(++draws), handle_event: () => undefined };
    await showInStream(source);
    const { session } = await showInSession(source);
    const frame = session.snapshot();
    expect(frame).not.toBeInstanceOf(Promise);
    expect(await frame).toMatchObject({ width: 4, height: 2 });
  });

  it("waits for the stream's draw, and is drawn then", async () => {
    const source = new SlowSource();
    await showInStream(source);
    const { session } = await showInSession(source);
    await source.end();
    await source.end();
    const stream = await showInStream(source);
    expect(source.draws).toBe(3);
    const snapshot = session.snapshot();
    expect(source.draws).toBe(3);
    await source.end();
    await source.end();
    expect((await snapshot).data[0]).toBe(4);
    expect(stream.seen).toEqual([3]);
  });

  it("taken inside get_frame() does not call it again, and gets a later frame", async () => {
    let draws = 0;
    const snapshots: unknown[] = [];
    const source: FrameSource = {
      get_frame: () => {
        draws += 1;
        if (draws === 2) snapshots.push(view.session.snapshot());
        if (draws > 9) throw new Error("get_frame() calls itself");
        return draws === 1 ? null : grayFrame(draws);
      },
      handle_event: () => undefined,
    };
    const view = await showInSession(source);
    const stream = await showInStream(source);
    expect(draws).toBe(2);
    expect(stream.seen).toEqual([2]);
    await view.draw();
    expect(await snapshots[0]).toMatchObject({ data: grayFrame(3).data });
    expect(draws).toBe(3);
  });
});

describe.each(KERNELS)("a widget on $on that is served too", ({ install }) => {
  let kernel: TestKernel;
  beforeEach(() => {
    kernel = install();
  });
  afterEach(removeKernel);

  it("is drawn for one at a time, and gets one event at a time", async () => {
    const source = new SlowSource();
    const handled: (() => void)[] = [];
    class Slow extends RemoteFrameBuffer {
      override get_frame() {
        return source.get_frame();
      }
      override handle_event({ event_type }: RfbEvent): Promise<void> | undefined {
        if (event_type !== "key_down") return undefined;
        return new Promise((resolve) => handled.push(resolve));
      }
    }
    const widget = new Slow({ max_buffered_frames: 8 });
    widget[DISPLAY]();
    const { display, join } = setUpStream({ still_after: null }, { source: widget, clock });
    const viewer = await join();
    kernel.update(widget.model_id, { _has_visible_views: true });
    for (let round = 0; round < 6; round++) {
      await vi.waitFor(() => expect(source.pending).toBe(1));
      await source.end();
      if (viewer.frames.length > 0) viewer.ack();
      widget.request_draw();
    }
    expect(source.most).toBe(1);
    const press = { type: "key_down", key: "a", modifiers: [], timestamp: 1 };
    viewer.say({ type: "event", event: press });
    kernel.custom(widget.model_id, press);
    await clock.settle();
    expect(handled).toHaveLength(1);
    handled[0]?.();
    await vi.waitFor(() => expect(handled).toHaveLength(2));
    await display.close();
    widget.close();
  });
});

it("a widget that is only served knows the size of its viewers' pictures", async () => {
  const widget = new RemoteFrameBuffer({ css_width: 40, css_height: 30 });
  const { display, join } = setUpStream({}, { source: widget, clock });
  const viewer = await join();
  expect(widget.view_size).toMatchObject({ width: 40, height: 30, ratio: 1 });
  const size = { width: 300, height: 200, pwidth: 600, pheight: 400, ratio: 2 };
  viewer.say({ type: "set_viewport", ...size });
  expect(widget.view_size).toEqual(size);
  await display.close();
});

describe.each(KERNELS)("the close event on $on", ({ install }) => {
  let kernel: TestKernel;
  beforeEach(() => {
    kernel = install();
  });
  afterEach(removeKernel);

  class Widget extends RemoteFrameBuffer {
    readonly seen: string[] = [];
    override get_frame() {
      return grayFrame(1);
    }
    override handle_event(event: RfbEvent): void {
      this.seen.push(event.event_type);
      if (event.event_type === "close") this.print("bye");
    }
    get closes(): number {
      return this.seen.filter((type) => type === "close").length;
    }
  }

  /** The same without a widget around it: it knows nothing of who shows it. */
  class Plain implements FrameSource {
    closes = 0;
    get_frame() {
      return grayFrame(1);
    }
    handle_event(event: RfbEvent): void {
      if (event.event_type === "close") this.closes += 1;
    }
  }

  const serve = (source: FrameSource) => setUpStream({}, { source, clock }).display;

  it.each([
    ["a widget", () => new Widget()],
    ["another source", () => new Plain()],
  ])("comes to %s that is served only when its last stream ends", async (_what, make) => {
    const print = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const source = make();
    const displays = [serve(source), serve(source)];
    await displays[0]?.close();
    expect(source.closes).toBe(0);
    await displays[1]?.close();
    await displays[1]?.close();
    expect(source.closes).toBe(1);
    // Served again, it is closed again.
    await serve(source).close();
    expect(source.closes).toBe(2);
    print.mockRestore();
  });

  it("does not come when a viewer goes, or says that it closes", async () => {
    const source = new Plain();
    const { join } = setUpStream({}, { source, clock });
    const viewer = await join();
    const other = await join();
    viewer.say({ type: "event", event: { type: "close", timestamp: 1 } });
    viewer.listener?.onClose();
    other.listener?.onClose();
    await clock.settle();
    expect(source.closes).toBe(0);
  });

  it.each([
    ["close()", (widget: Widget) => widget.close()],
    ["a front end", (widget: Widget) => kernel.closeFromFrontend(widget.model_id)],
    [
      "a front end that says so first",
      (widget: Widget) => {
        kernel.custom(widget.model_id, { type: "close", timestamp: 1 });
        kernel.closeFromFrontend(widget.model_id);
      },
    ],
  ])("comes once to a widget in a notebook that is closed by %s", (_what, close) => {
    const widget = new Widget();
    widget[DISPLAY]();
    // A comm_close before any message would only say that there is no widget manager.
    kernel.update(widget.model_id, { _has_visible_views: true });
    close(widget);
    expect(widget.closes).toBe(1);
  });

  it("comes once to a widget that both show, when it is closed itself", async () => {
    const widget = new Widget();
    widget[DISPLAY]();
    const displays = [serve(widget), serve(widget)];
    await displays[0]?.close();
    expect(widget.closes).toBe(0);
    widget.close();
    await displays[1]?.close();
    expect(displays.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(widget.closes).toBe(1);
  });

  it("does not come to a widget in a notebook when its streams end", async () => {
    const widget = new Widget();
    const display = serve(widget);
    widget[DISPLAY]();
    await display.close();
    expect(widget.closes).toBe(0);
    widget.close();
    expect(widget.closes).toBe(1);
  });

  it("comes once to a widget whose stream ended before it is closed itself", async () => {
    const print = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const widget = new Widget();
    await serve(widget).close();
    widget.close();
    expect(widget.closes).toBe(1);
    print.mockRestore();
  });
});
