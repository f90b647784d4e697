import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WorkerEncoders } from "../../../src/framebuffer/encoders/image/workerEncoders";
import { RemoteFrameBuffer } from "../../../src/kernel";
import type { RfbEvent } from "../../../src/protocol/events";
import { DISPLAY, STATUS } from "../../../src/widgets";
import { KERNELS, removeKernel, setEnvironment, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
  });

  afterEach(removeKernel);

  class Recorder extends RemoteFrameBuffer {
    readonly events: RfbEvent[] = [];
    draws = 0;
    override get_frame() {
      this.draws += 1;
      return { data: new Uint8Array(12).fill(89 + this.draws), shape: [2, 2, 3] };
    }
    override handle_event(event: RfbEvent): void {
      this.events.push(event);
    }
    get resizes(): unknown[] {
      return this.events.filter(({ event_type }) => event_type === "resize");
    }
  }

  /** The frames that were sent to the views of a widget. */
  function frames(widget: RemoteFrameBuffer): Readonly<Record<string, unknown>>[] {
    return kernel
      .messages(widget.model_id, "custom")
      .map(({ content }) => content as Readonly<Record<string, unknown>>);
  }

  async function frame(widget: RemoteFrameBuffer, index: number): Promise<Record<string, unknown>> {
    await expect
      .poll(() => frames(widget).length, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(index);
    const found = frames(widget).find((one) => one["index"] === index);
    if (found === undefined) throw new Error(`There is no frame ${index}`);
    return found;
  }

  /** The text that is printed below the only widget. */
  function printed(): string {
    const states = kernel.sent.map(
      ({ data }) => data["state"] as Record<string, unknown> | undefined,
    );
    const outputs = states
      .map((state) => state?.["outputs"])
      .filter((value) => value !== undefined);
    return ((outputs.at(-1) ?? []) as { text?: string }[]).map(({ text }) => text ?? "").join("");
  }

  const VIEW_RESIZE = {
    type: "resize",
    timestamp: 1,
    width: 300,
    height: 200,
    pwidth: 600,
    pheight: 400,
    ratio: 2,
  };

  it.each([
    ["VS Code", "VSCODE_PID"],
    ["a kernel gateway", "KERNEL_GATEWAY"],
  ])("sends text where %s has started the kernel, to a page that knows it", async (_, name) => {
    setEnvironment(name, "1");
    const widget = new Recorder();
    widget[DISPLAY]();
    kernel.custom(widget.model_id, { type: "hello", version: 1, base64: false });
    kernel.update(widget.model_id, { _has_visible_views: true });
    expect((await frame(widget, 1))["data_b64"]).toMatch(/^data:image\/jpeg;base64,./);
    widget.close();
  });

  describe("view_size", () => {
    it.each([
      [
        { css_width: 80, css_height: "60px" },
        { width: 80, height: 60, pwidth: 80, pheight: 60, ratio: 1 },
      ],
      [{ css_width: "50%" }, { width: 500, height: 300, pwidth: 500, pheight: 300, ratio: 1 }],
    ])("comes from the traits before there is a view: %j", (options, size) => {
      expect(new Recorder(options).view_size).toEqual(size);
    });

    it("is that of the most recently resized view", () => {
      const widget = new Recorder();
      widget[DISPLAY]();
      kernel.custom(widget.model_id, VIEW_RESIZE);
      const size = { width: 300, height: 200, pwidth: 600, pheight: 400, ratio: 2 };
      expect(widget.view_size).toEqual(size);
      kernel.custom(widget.model_id, { type: "pointer_move" });
      expect(widget.view_size).toEqual(size);
    });

    it("is a snapshot's while that is drawn", () => {
      const ratios: number[] = [];
      const widget = new (class extends Recorder {
        override get_frame() {
          ratios.push(this.view_size.ratio);
          return super.get_frame();
        }
      })({ keep_picture: false });
      widget[DISPLAY]();
      kernel.custom(widget.model_id, VIEW_RESIZE);
      widget.snapshot(3);
      expect(ratios).toEqual([3]);
      expect(widget.view_size.ratio).toBe(2);
    });
  });

  describe("snapshot", () => {
    it("emits one resize before the first display, however many snapshots are taken", () => {
      const widget = new Recorder({ css_width: "80px", css_height: "60.4px" });
      for (let i = 0; i < 3; i++) widget.snapshot();
      widget.snapshot(1);
      expect(widget.draws).toBe(4);
      expect(widget.resizes).toEqual([
        {
          ...{ event_type: "resize", type: "resize", time_stamp: 0, timestamp: 0 },
          ...{ width: 80, height: 60, pwidth: 80, pheight: 60, pixel_ratio: 1, ratio: 1 },
        },
      ]);
    });

    it("emits a resize with the given ratio before the first display", () => {
      const widget = new Recorder({ css_width: "80px", css_height: "60px" });
      widget.snapshot(2);
      widget.snapshot(2);
      widget.snapshot();
      expect(widget.resizes).toMatchObject([
        { width: 80, height: 60, pwidth: 160, pheight: 120, pixel_ratio: 2 },
      ]);
      expect(widget.resizes).toHaveLength(1);
    });

    it.each(["50%", "20em", "calc(10px + 1em)", "auto", "0px"])(
      "uses 500 by 300 if the size is %j",
      (length) => {
        const widget = new Recorder({ css_width: length, css_height: length });
        widget.snapshot();
        expect(widget.resizes).toMatchObject([{ width: 500, height: 300 }]);
      },
    );

    it("emits another ratio than the view's for a single frame only", () => {
      const seen: unknown[] = [];
      const widget = new (class extends Recorder {
        override get_frame() {
          seen.push("draw");
          return super.get_frame();
        }
        override handle_event(event: RfbEvent): void {
          if (event.event_type === "resize") seen.push([event.pwidth, event.pheight, event.ratio]);
        }
      })({ keep_picture: false });
      widget[DISPLAY]();
      kernel.custom(widget.model_id, VIEW_RESIZE);
      expect(seen).toEqual([[600, 400, 2]]);
      widget.snapshot();
      widget.snapshot(2);
      expect(seen.splice(0)).toEqual([[600, 400, 2], "draw", "draw"]);
      widget.snapshot(4);
      expect(seen).toEqual([[1200, 800, 4], "draw", [600, 400, 2]]);
    });

    it("emits the view's own size again after an asynchronous frame, even if it fails", async () => {
      let finish: (data: number | Error) => void = () => undefined;
      const widget = new (class extends Recorder {
        override get_frame(): never {
          return new Promise((resolve, reject) => {
            finish = (data) => {
              if (data instanceof Error) reject(data);
              else resolve({ data: Uint8Array.of(data), shape: [1, 1] });
            };
          }) as never;
        }
      })({ keep_picture: false });
      widget[DISPLAY]();
      kernel.custom(widget.model_id, VIEW_RESIZE);
      const ratios = () => widget.resizes.map((event) => (event as { ratio: number }).ratio);
      const slow = widget.snapshot(1);
      expect(ratios()).toEqual([2, 1]);
      finish(7);
      await slow.ready;
      await expect.poll(ratios).toEqual([2, 1, 2]);
      const failing = widget.snapshot(1);
      finish(new Error("no light"));
      await expect(failing.ready).rejects.toThrow("no light");
      await expect.poll(ratios).toEqual([2, 1, 2, 1, 2]);
    });

    it.each([0, -1, NaN, Infinity, 101])("rejects the ratio %d", (ratio) => {
      const widget = new Recorder();
      expect(() => widget.snapshot(ratio)).toThrow(RangeError);
      expect(() => widget.snapshot(ratio)).toThrow(
        `pixel_ratio: expected a number above 0 and up to 100, got ${ratio}`,
      );
      expect(widget.resizes).toEqual([]);
    });
  });

  describe("statistics", () => {
    it("measure frames in seconds from the first one sent, until they are reset", async () => {
      // Only encoding and the way to the view advance the clocks.
      let seconds = 0;
      vi.spyOn(performance, "now").mockImplementation(() => 5000 + seconds * 1000);
      vi.spyOn(Date, "now").mockImplementation(() => 1_700_000_000_000 + seconds * 1000);
      vi.spyOn(WorkerEncoders.prototype, "get").mockImplementation((_format, lossless) => {
        const mimetype = lossless ? "image/png" : "image/jpeg";
        const encode = () => {
          seconds += 0.25;
          return Promise.resolve({
            mimetype,
            data: new Uint8Array(5),
            encodingSeconds: 0.25,
          } as const);
        };
        return Promise.resolve({ name: "fake 1.0", mimetype, lossless, encode });
      });
      const widget = new Recorder({ keep_picture: false });
      widget[DISPLAY]();
      const nothing = {
        sent_frames: 0,
        confirmed_frames: 0,
        roundtrip: 0,
        delivery: 0,
        img_encoding: 0,
        b64_encoding: 0,
        fps: 0,
        sent_bytes: 0,
      };
      expect(widget.get_stats()).toMatchObject({ ...nothing, codec: "", encoder: "" });

      kernel.update(widget.model_id, { _has_visible_views: true });
      const { index, timestamp } = await frame(widget, 1);
      expect(timestamp).toBe(1_700_000_000);
      expect(widget.get_stats()).toMatchObject({
        ...nothing,
        sent_frames: 1,
        img_encoding: 0.25,
        sent_bytes: 5,
        codec: "jpeg",
        encoder: "fake 1.0",
        quality: 80,
        scale: 1,
      });
      seconds += 1;
      // On the view's clock, the frame was painted half a second before its receipt arrived.
      const localtime = 1_700_000_000.75;
      kernel.custom(widget.model_id, { type: "frame_feedback", index, timestamp, localtime });
      expect(widget.get_stats()).toMatchObject({
        sent_frames: 1,
        confirmed_frames: 1,
        roundtrip: 1.25,
        delivery: 0.75,
        img_encoding: 0.25,
        b64_encoding: 0,
        fps: 0.8,
      });

      widget.reset_stats();
      expect(widget.get_stats()).toMatchObject(nothing);
      widget.request_draw();
      await expect.poll(() => widget.get_stats().sent_frames).toBe(1);
      // A lossless redraw may have been sent since. It doesn't count.
      const second = frames(widget)
        .filter(({ mimetype }) => mimetype === "image/jpeg")
        .at(-1);
      seconds += 0.25;
      const done = { localtime: 1_700_000_000 + seconds, type: "frame_feedback" };
      kernel.custom(widget.model_id, { ...second, ...done });
      expect(widget.get_stats()).toMatchObject({
        sent_frames: 1,
        confirmed_frames: 1,
        roundtrip: 0.5,
        delivery: 0.5,
        img_encoding: 0.25,
        b64_encoding: 0,
        fps: 2,
      });
    });
  });

  describe("print", () => {
    it("before the display is shown with the display", async () => {
      const widget = new Recorder();
      widget.print("early", 1);
      await expect.poll(() => printed()).toBe("early 1\n");
      widget[DISPLAY]();
      widget.print("%s and %d", "late", 2);
      await expect.poll(() => printed()).toBe("early 1\nlate and 2\n");
    });
  });

  describe("a frontend written for jupyter_rfb", () => {
    it.each([
      { release: "of today", names: ["type", "timestamp", "ratio"] as const },
      { release: "before 1.0", names: ["event_type", "time_stamp", "pixel_ratio"] as const },
    ])("$release drives it, by state and without a hello", async ({ names }) => {
      const [type, timestamp, ratio] = names;
      const widget = new Recorder({ quality: 100, keep_picture: false });
      widget[DISPLAY]();
      const id = widget.model_id;
      kernel.custom(id, { [type]: "resize", [timestamp]: 3, width: 40, height: 30, [ratio]: 2 });
      expect(widget.events).toEqual([
        {
          ...{ event_type: "resize", type: "resize", time_stamp: 3, timestamp: 3 },
          ...{ width: 40, height: 30, pwidth: 80, pheight: 60, pixel_ratio: 2, ratio: 2 },
        },
      ]);
      // No view is visible yet.
      await new Promise((resolve) => setImmediate(resolve));
      expect(widget.draws).toBe(0);

      kernel.update(id, { _frame_feedback: {}, _has_visible_views: true });
      const first = await frame(widget, 1);
      expect(first).toMatchObject({
        type: "framebufferdata",
        mimetype: "image/png",
        data_b64: null,
      });
      widget.request_draw();
      await frame(widget, 2);
      widget.request_draw();
      await new Promise((resolve) => setImmediate(resolve));
      // Two frames are in flight, so the third waits for a receipt.
      expect(widget.draws).toBe(2);
      const receipt = { index: 1, timestamp: first["timestamp"], localtime: 1_700_000_000 };
      kernel.update(id, { _frame_feedback: receipt });
      await frame(widget, 3);
      expect(widget.get_stats()).toMatchObject({ sent_frames: 3, confirmed_frames: 1 });

      const press = { x: 1, y: 2, button: 1, buttons: [1], modifiers: ["Shift"], ntouches: 0 };
      kernel.custom(id, { [type]: "pointer_down", [timestamp]: 4, ...press, touches: {} });
      kernel.custom(id, { [type]: "key_down", [timestamp]: 5, key: "a", modifiers: [] });
      expect(widget.events.slice(1)).toMatchObject([
        { event_type: "pointer_down", type: "pointer_down", time_stamp: 4, timestamp: 4, ...press },
        { event_type: "key_down", type: "key_down", time_stamp: 5, timestamp: 5, key: "a" },
      ]);
      kernel.update(id, { _has_visible_views: false });
      kernel.update(id, { _frame_feedback: { ...receipt, index: 3 } });
      widget.request_draw();
      await new Promise((resolve) => setImmediate(resolve));
      expect(widget.draws).toBe(3);
      expect(printed()).toBe("");
    });
  });

  describe("malformed messages", () => {
    const TYPES = [
      ...["resize", "pointer_down", "pointer_move", "double_click", "wheel", "key_down", "char"],
      ...["frame_feedback", "hello", "framebufferdata", "constructor", "__proto__"],
    ];
    const FIELDS = [
      ...["type", "event_type", "timestamp", "width", "height", "ratio", "pwidth", "x", "y", "dx"],
      ...[
        "button",
        "buttons",
        "modifiers",
        "touches",
        "ntouches",
        "key",
        "data",
        "index",
        "version",
      ],
    ];
    // Known fields with mostly invalid values: these get further into the parser than random JSON.
    const nearly = fc
      .tuple(
        fc.option(fc.constantFrom(...TYPES), { nil: undefined }),
        fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 8 }),
      )
      .map(([type, fields]) => (type === undefined ? fields : { ...fields, type }));
    const receipt = fc.record({ _frame_feedback: fc.dictionary(fc.string(), fc.jsonValue()) });

    it("are reported in few updates of the text, each short, however many come in one turn", async () => {
      const widget = new Recorder();
      widget[DISPLAY]();
      kernel.sent.length = 0;
      for (let index = 0; index < 2000; index += 1) {
        kernel.custom(widget.model_id, { type: "key_down", key: index, ["k".repeat(500)]: 1 });
      }
      await expect.poll(() => printed()).toMatch(/ \(and \d+ other errors\)\n$/);
      const texts = kernel.sent.map(({ data }) => JSON.stringify(data));
      expect(texts.length).toBeLessThan(20);
      expect(texts.join("").length).toBeLessThan(400_000);
    });

    it("leave it drawing, however many arrive", async () => {
      const widget = new Recorder({ quality: 100, max_buffered_frames: 2 });
      widget[DISPLAY]();
      const id = widget.model_id;
      kernel.update(id, { _has_visible_views: true });
      await frame(widget, 1);
      fc.assert(
        fc.property(fc.oneof(nearly, fc.jsonValue()), receipt, (content, state) => {
          kernel.custom(id, content);
          kernel.update(id, state);
          kernel.deliver(id, content);
          expect(widget[STATUS]).toBe("open");
        }),
        { numRuns: 500 },
      );
      // Each text is reported in one line, with a count. After 100 of them the others share one.
      await expect
        .poll(() => printed(), { timeout: 30_000 })
        .toMatch(/ \(and \d+ other errors\)\n$/);
      expect(printed()).toMatch(/ \(\d+ times\)\n/);
      const lines = printed().trimEnd().split("\n");
      expect(lines.length).toBeGreaterThan(100);
      expect(lines.filter((line) => !line.startsWith("Recorder, "))).toEqual([]);

      // From here on, the view confirms each frame as a working view does.
      let answered = 0;
      const draws = widget.draws;
      const seen = widget.events.length;
      await expect
        .poll(() => {
          for (const { index, timestamp } of frames(widget).slice(answered)) {
            answered += 1;
            const localtime = 1_700_000_000;
            kernel.custom(id, { type: "frame_feedback", index, timestamp, localtime });
          }
          widget.request_draw();
          return widget.draws;
        })
        .toBeGreaterThan(draws + 3);
      kernel.custom(id, { type: "key_down", timestamp: 1, key: "a", modifiers: [] });
      expect(widget.events.length).toBe(seen + 1);
    });
  });
});
