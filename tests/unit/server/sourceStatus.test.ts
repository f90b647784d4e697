/** What viewers read when the server cannot draw. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HAS_GET_FRAME, type FrameSource } from "../../../src/framebuffer";
import type { StreamOptions } from "../../../src/server/streamOptions";
import { StatusNotices } from "../../../src/server/statusNotices";
import { FakeClock } from "../../support/fakeClock";
import { grayFrame, setUpStream, type FakeSocket } from "../../support/streamHarness";

/** A source whose get_frame() does what the test says. */
function setUpSource(options: StreamOptions = {}, more: object = {}) {
  const state: { draw: () => unknown } = { draw: () => grayFrame(1) };
  const source = { get_frame: () => state.draw(), handle_event: () => undefined, ...more };
  const stream = setUpStream(options, { source: source as FrameSource });
  const viewers: FakeSocket[] = [];
  return {
    ...stream,
    state,
    join: async (): Promise<FakeSocket> => {
      const viewer = await stream.join();
      viewers.push(viewer);
      return viewer;
    },
    /** Draws, and lets time pass. */
    draw: async (result: () => unknown, seconds = 0.3): Promise<void> => {
      state.draw = result;
      for (const viewer of viewers) if (viewer.frames.length > 0) viewer.ack();
      stream.display.request_draw();
      await stream.clock.settle();
      stream.clock.advance(seconds);
      await stream.clock.settle();
    },
  };
}

function fail(text: string): () => never {
  return () => {
    throw new Error(text);
  };
}

/** The status messages that a viewer got, without their type. */
function statuses(socket: FakeSocket): (readonly [kind: string, text: string])[] {
  return socket.texts.flatMap((message) =>
    message.type === "status" ? [[message.kind, message.text] as const] : [],
  );
}

const HIDDEN = "The server's program reported an error; its log has the details";

let warnings: unknown[];

beforeEach(() => {
  warnings = [];
  vi.spyOn(console, "warn").mockImplementation((text) => void warnings.push(text));
});

afterEach(() => vi.restoreAllMocks());

describe("the status of a source's picture", () => {
  it("is not sent while frames come", async () => {
    const { join, draw } = setUpSource();
    const viewer = await join();
    await draw(() => grayFrame(2), 10);
    expect(statuses(viewer)).toEqual([]);
  });

  it("tells that there is an error, but not what it says, until the next frame", async () => {
    const { join, draw, errors } = setUpSource();
    const viewer = await join();
    await draw(fail("cannot open /home/ada/key.pem"));
    expect(statuses(viewer)).toEqual([["error", HIDDEN]]);
    expect(errors).toHaveLength(1);
    // Equal to the one before, so that no frame is sent.
    await draw(() => grayFrame(1), 2);
    expect(statuses(viewer).slice(1)).toEqual([["ok", ""]]);
  });

  it("tells with show_errors what it says, also of a rejection and of a bad frame", async () => {
    const { join, draw } = setUpSource({ show_errors: true });
    const viewer = await join();
    await draw(fail("no light"), 2);
    await draw(() => Promise.reject(new Error("no shade")), 2);
    await draw(() => ({ data: new Uint8Array(5), shape: [1, 1] }), 2);
    await draw(fail("x".repeat(5000)), 2);
    const texts = statuses(viewer).filter(([kind]) => kind === "error");
    expect(texts.map(([, text]) => text.slice(0, 60))).toEqual([
      "get_frame(): no light",
      "get_frame(): no shade",
      "get_frame(): frame.data: expected 1 bytes for the shape [1, ",
      `get_frame(): ${"x".repeat(47)}`,
    ]);
    expect(texts.at(-1)?.[1].length).toBeLessThanOrEqual(1000);
  });

  it("tells after 2 s why there is no frame yet", async () => {
    const { join, draw, state, clock } = setUpSource();
    state.draw = () => undefined;
    const viewer = await join();
    clock.advance(1.9);
    expect(statuses(viewer)).toEqual([]);
    clock.advance(0.2);
    expect(statuses(viewer)).toEqual([
      [
        "empty",
        "Nothing drawn yet: get_frame() returned undefined. Is a `return` missing? " +
          "End get_frame() with: return { data, shape: [height, width, 3] }",
      ],
    ]);
    await draw(() => grayFrame(1));
    expect(statuses(viewer).slice(1)).toEqual([["ok", ""]]);
  });

  it("names the method that was meant to be get_frame()", async () => {
    class Misspelt {
      readonly [HAS_GET_FRAME] = false;
      readonly getFrame = (): null => null;
    }
    const { constructor } = Misspelt.prototype;
    const { join, state, clock } = setUpSource({}, { ...new Misspelt(), constructor });
    state.draw = () => null;
    const viewer = await join();
    clock.advance(2);
    const text =
      "Nothing drawn yet: Misspelt has getFrame() but no get_frame(). Rename it to get_frame()";
    expect(statuses(viewer)).toEqual([["empty", text]]);
    expect(warnings).toEqual([`jupyter-rfb-ts, stream "default": ${text}`]);
  });

  it("is printed on the server's console too, with a note on a doubtful picture", async () => {
    const { join, draw } = setUpSource();
    const viewer = await join();
    await draw(() => ({ data: new Uint8Array(400).fill(1), shape: [20, 20] }), 2);
    expect(warnings).toEqual([expect.stringContaining("every byte of the picture is 0 or 1")]);
    expect(statuses(viewer)).toEqual([]);
  });

  it("waits for frames only while a viewer looks, and not after the end", async () => {
    const { join, state, clock, display } = setUpSource();
    state.draw = () => null;
    const first = await join();
    clock.advance(1);
    first.listener?.onClose();
    clock.advance(10);
    expect(display.client_count).toBe(0);
    const second = await join();
    clock.advance(1.9);
    expect(statuses(second)).toEqual([]);
    await display.close();
    clock.advance(10);
    expect(statuses(second)).toEqual([]);
  });

  it("does not change any more when a draw ends after the stream", async () => {
    const { join, draw, clock, display } = setUpSource();
    await join();
    await draw(fail("no light"), 2);
    let finish: (frame: unknown) => void = () => undefined;
    await draw(() => new Promise((resolve) => (finish = resolve)), 2);
    await display.close();
    clock.advance(10);
    const before = clock.pending;
    finish(grayFrame(3));
    await clock.settle();
    expect(clock.pending).toBe(before);
  });

  it("is sent to a viewer that joins later, after its config", async () => {
    const { join, draw } = setUpSource();
    await join();
    await draw(fail("no light"));
    const later = await join();
    expect(later.texts.slice(0, 2).map(({ type }) => type)).toEqual(["config", "status"]);
    expect(statuses(later)).toEqual([["error", HIDDEN]]);
  });

  it("is sent four times a second at most, and what is true at last", () => {
    const clock = new FakeClock();
    const sent: string[] = [];
    const notices = new StatusNotices({
      clock,
      showsErrors: true,
      send: ({ text }) => void sent.push(text),
    });
    for (let count = 0; count < 100; count++) {
      notices.set({ kind: "error", text: `error ${count}` });
      notices.set(null);
      clock.advance(0.01);
    }
    // One at once, and one in each quarter of a second that begins with another status than it.
    expect(sent[0]).toBe("error 0");
    expect(sent.length).toBeLessThanOrEqual(5);
    notices.set({ kind: "error", text: "the last" });
    clock.advance(0.25);
    expect(sent.at(-1)).toBe("the last");
    expect(notices.current.text).toBe("the last");
    notices.set({ kind: "error", text: "not sent" });
    notices.dispose();
    expect(clock.pending).toBe(0);
  });
});
