import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { HBox, IntSlider, Layout, Text } from "../../../src/widgets/coreWidgets";
import { anything, bytes, dict, integer, string, trait } from "../../../src/widgets/traits";
import {
  DOMWidget,
  ON_STATE_REQUEST,
  openWidget,
  REPORT,
  STATUS,
  withTraits,
  type DOMWidgetOptions,
} from "../../../src/widgets";
import {
  collectLog,
  KERNELS,
  removeKernel,
  setEnvironment,
  type TestKernel,
} from "../../support/kernels";

interface PaneTraits {
  count: number;
  quality: number;
  title: string;
  info: Readonly<Record<string, unknown>>;
  picture: Uint8Array;
  any_value: unknown;
  quiet: number;
  even: number;
}

const PaneBase = withTraits<DOMWidget, DOMWidgetOptions, PaneTraits>(DOMWidget, {
  count: integer(0),
  quality: integer(80, { min: 1, max: 100, sync: false }),
  title: string(""),
  info: dict(),
  picture: bytes(),
  any_value: anything(),
  quiet: integer(0, { echo: false }),
  // A trait that keeps another value than the one it was given.
  even: trait(
    () => 0,
    (value) => Math.round(Number(value) / 2) * 2,
  ),
});

class Pane extends PaneBase {
  readonly reports: string[] = [];
  requests = 0;
  override [ON_STATE_REQUEST](): void {
    this.requests += 1;
  }
  override [REPORT](error: unknown, during: string): void {
    this.reports.push(`${during}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

let kernel: TestKernel;
let pane: Pane;

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
    pane = new Pane();
    openWidget(pane);
  });

  afterEach(removeKernel);

  describe("a state update from a frontend", () => {
    it("applies, notifies, and is echoed but not sent back", () => {
      const seen = vi.fn();
      pane.observe(seen, "count");
      kernel.update(pane.model_id, { count: 5 });
      expect(pane.count).toBe(5);
      expect(seen.mock.calls).toEqual([
        [{ type: "change", name: "count", old: 0, new: 5, owner: pane }],
      ]);
      expect(kernel.messages(pane.model_id)).toEqual([
        { method: "echo_update", state: { count: 5 }, buffer_paths: [] },
      ]);
    });

    it("is echoed without a notification when nothing changed", () => {
      const seen = vi.fn();
      pane.observe(seen);
      kernel.update(pane.model_id, { count: 0 });
      expect(seen).not.toHaveBeenCalled();
      expect(kernel.messages(pane.model_id, "echo_update")).toHaveLength(1);
    });

    it("is not echoed for a trait that opts out", () => {
      kernel.update(pane.model_id, { quiet: 1, count: 1 });
      expect(kernel.messages(pane.model_id)).toEqual([
        { method: "echo_update", state: { count: 1 }, buffer_paths: [] },
      ]);
      kernel.update(pane.model_id, { quiet: 2 });
      expect(kernel.messages(pane.model_id)).toHaveLength(1);
      expect(pane.quiet).toBe(2);
    });

    it.each(["0", "off", "No", "n", "false", "0.0"])(
      "is not echoed at all when JUPYTER_WIDGETS_ECHO is %s",
      (setting) => {
        setEnvironment("JUPYTER_WIDGETS_ECHO", setting);
        kernel.update(pane.model_id, { count: 1 });
        expect(kernel.messages(pane.model_id)).toEqual([]);
        expect(pane.count).toBe(1);
      },
    );

    it("is echoed when JUPYTER_WIDGETS_ECHO says yes", () => {
      setEnvironment("JUPYTER_WIDGETS_ECHO", "1");
      kernel.update(pane.model_id, { count: 1 });
      expect(kernel.messages(pane.model_id, "echo_update")).toHaveLength(1);
    });

    it("sets all values before it notifies anyone", () => {
      const titles: string[] = [];
      pane.observe(() => titles.push(pane.title), "count");
      kernel.update(pane.model_id, { count: 1, title: "new" });
      expect(titles).toEqual(["new"]);
    });

    it("is answered by an update if an observer sets another value", () => {
      pane.observe(() => (pane.count = 3), "count");
      kernel.update(pane.model_id, { count: 5 });
      expect(kernel.messages(pane.model_id)).toEqual([
        { method: "echo_update", state: { count: 5 }, buffer_paths: [] },
        { method: "update", state: { count: 3 }, buffer_paths: [] },
      ]);
    });

    it("sends the frontends the last value if an observer goes back and forth", () => {
      let back = false;
      pane.observe(() => {
        if (back) return;
        back = true;
        pane.count = 6;
        pane.count = 5;
      }, "count");
      kernel.update(pane.model_id, { count: 5 });
      const sent = kernel.messages(pane.model_id).map((data) => data["state"]);
      expect(pane.count).toBe(5);
      expect(sent.at(-1)).toEqual({ count: 5 });
    });

    it("is not answered if an observer holds the sync and ends with the frontend's value", () => {
      let back = false;
      pane.observe(() => {
        if (back) return;
        back = true;
        pane.hold_sync(() => {
          pane.count = 6;
          pane.count = 5;
        });
      }, "count");
      kernel.update(pane.model_id, { count: 5 });
      expect(pane.count).toBe(5);
      expect(kernel.messages(pane.model_id, "update")).toEqual([]);
    });

    it("is answered by an update if the trait keeps another value", () => {
      kernel.update(pane.model_id, { even: 3 });
      expect(pane.even).toBe(4);
      expect(kernel.messages(pane.model_id)).toEqual([
        { method: "echo_update", state: { even: 3 }, buffer_paths: [] },
        { method: "update", state: { even: 4 }, buffer_paths: [] },
      ]);
    });

    it("carries bytes in both directions", () => {
      const picture = new Uint8Array([1, 2, 3]);
      kernel.update(pane.model_id, { info: { a: 1 } }, [["picture"]], [picture]);
      expect(pane.picture).toEqual(picture);
      expect(kernel.sent.at(-1)?.data).toEqual({
        method: "echo_update",
        state: { info: { a: 1 } },
        buffer_paths: [["picture"]],
      });
      expect(kernel.sent.at(-1)?.buffers).toEqual([picture]);
    });

    it("drops and reports invalid values, which are echoed and then answered with the kernel's", () => {
      kernel.update(pane.model_id, { count: "many", title: "ok", nonsense: 1, quality: 5 });
      expect(pane.title).toBe("ok");
      expect(pane.count).toBe(0);
      expect(pane.quality).toBe(80);
      expect(pane.reports).toEqual([
        'a state update from a frontend: count: expected an integer, got "many"',
        'a state update from a frontend: state: expected a synchronised trait, got "nonsense"',
        'a state update from a frontend: state: expected a synchronised trait, got "quality"',
      ]);
      expect(kernel.messages(pane.model_id)).toEqual([
        // ipywidgets echoes before it checks. A page ignores other pages' echoes until its own came.
        { method: "echo_update", state: { count: "many", title: "ok" }, buffer_paths: [] },
        { method: "update", state: { count: 0 }, buffer_paths: [] },
      ]);
    });

    it("cannot change the model's identity", () => {
      kernel.update(pane.model_id, { _model_name: "Other", _view_count: 2 });
      expect(pane.reports).toHaveLength(1);
      expect(pane._view_count).toBe(2);
      expect(kernel.messages(pane.model_id).at(-1)).toEqual({
        method: "update",
        state: { _model_name: "DOMWidgetModel" },
        buffer_paths: [],
      });
      kernel.update(pane.model_id, { _model_name: "DOMWidgetModel", count: 1 });
      expect(pane.reports).toHaveLength(1);
      expect(pane.count).toBe(1);
      expect(kernel.messages(pane.model_id).at(-1)).toEqual({
        method: "echo_update",
        state: { count: 1 },
        buffer_paths: [],
      });
    });

    it("does not create a layout from attributes that a frontend sent", () => {
      const { layout } = pane;
      kernel.update(pane.model_id, { layout: { width: "3px" } });
      expect(pane.layout).toBe(layout);
      expect(pane.reports[0]).toContain("layout: expected a widget of class Layout");
    });

    it("resolves references to open widgets, and only those", () => {
      const slider = new IntSlider();
      const box = new HBox({ children: [slider] });
      openWidget(box);
      kernel.update(box.model_id, { children: [] });
      expect(box.children).toEqual([]);
      kernel.update(box.model_id, { children: [`IPY_MODEL_${slider.model_id}`] });
      expect(box.children).toEqual([slider]);
      expect(kernel.messages(box.model_id, "update")).toEqual([]);

      kernel.update(pane.model_id, { any_value: { a: [`IPY_MODEL_${slider.model_id}`] } });
      expect(pane.any_value).toEqual({ a: [slider] });
      kernel.update(pane.model_id, { any_value: "IPY_MODEL_unknown" });
      expect(pane.any_value).toBe("IPY_MODEL_unknown");
      slider.close();
      kernel.update(pane.model_id, { any_value: `IPY_MODEL_${slider.model_id}` });
      expect(pane.any_value).toBe(`IPY_MODEL_${slider.model_id}`);
    });

    it("does not mistake typed text for a reference", () => {
      const text = new Text();
      openWidget(text);
      kernel.update(text.model_id, { value: `IPY_MODEL_${pane.model_id}` });
      expect(text.value).toBe(`IPY_MODEL_${pane.model_id}`);
    });
  });

  describe("request_state", () => {
    it("is answered with the whole state, then the hook is called", () => {
      pane.count = 4;
      kernel.deliver(pane.model_id, { method: "request_state" });
      const answer = kernel.messages(pane.model_id).at(-1);
      const opening = kernel.opening(pane.model_id).data["state"] as object;
      expect(answer?.["method"]).toBe("update");
      expect(answer?.["state"]).toEqual({ ...opening, count: 4 });
      expect(answer?.["buffer_paths"]).toEqual([["picture"]]);
      expect(pane.requests).toBe(1);
    });
  });

  describe("malformed messages", () => {
    it.each([
      [null, "message: expected an object, got null"],
      [[], "message: expected an object, got an array of length 0"],
      ["update", 'message: expected an object, got "update"'],
      [{}, "method: expected update, request_state or custom, got undefined"],
      [{ method: "explode" }, 'got "explode"'],
      [{ method: "update" }, "state: expected an object, got undefined"],
      [{ method: "update", state: [] }, "state: expected an object, got an array of length 0"],
      [{ method: "update", state: {}, buffer_paths: 3 }, "buffer_paths: expected an array, got 3"],
      [{ method: "update", state: {}, buffer_paths: [["a"]] }, "got 1 paths"],
    ])("reports %j", (message, text) => {
      kernel.deliver(pane.model_id, message);
      expect(pane.reports).toHaveLength(1);
      expect(pane.reports[0]).toContain(text);
      expect(kernel.messages(pane.model_id)).toEqual([]);
    });

    it("drops a value that is nested too deep", () => {
      let deep: unknown = 1;
      for (let level = 0; level < 1000; level++) deep = [deep];
      kernel.update(pane.model_id, { any_value: deep, count: 1 });
      expect(pane.count).toBe(1);
      expect(pane.reports[0]).toContain("expected at most 64 levels");
    });

    it("leave the widget working, however many arrive", () => {
      const json = fc.jsonValue({ maxDepth: 3 });
      const names = fc.constantFrom(
        "count",
        "title",
        "info",
        "picture",
        "any_value",
        "layout",
        "_model_name",
        "_dom_classes",
        "__proto__",
        "constructor",
        "toString",
        "x",
      );
      const path = fc.array(fc.oneof(names, fc.integer({ min: -2, max: 3 })), { maxLength: 3 });
      const message = fc.oneof(
        json,
        fc.record(
          {
            method: fc.oneof(
              { weight: 4, arbitrary: fc.constant("update") },
              {
                weight: 1,
                arbitrary: fc.constantFrom("custom", "request_state", "echo_update", ""),
              },
              { weight: 1, arbitrary: json },
            ),
            state: fc.oneof(fc.dictionary(names, json), json),
            buffer_paths: fc.oneof(fc.array(fc.oneof(path, json), { maxLength: 2 }), json),
            content: json,
          },
          { requiredKeys: ["method"] },
        ),
      );
      const buffers = fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 2 });
      const shape = Object.keys(kernel.opening(pane.model_id).data["state"] as object);
      const log = collectLog();
      fc.assert(
        fc.property(message, buffers, (data, bin) => {
          kernel.deliver(pane.model_id, data, bin);
          expect(pane[STATUS]).toBe("open");
          expect(Number.isSafeInteger(pane.count)).toBe(true);
          expect(typeof pane.title).toBe("string");
          expect(pane.picture).toBeInstanceOf(Uint8Array);
          expect(pane.layout).toBeInstanceOf(Layout);
          // A valid message still works, and the answer is part of this widget's state.
          const next = pane.count === 1 ? 2 : 1;
          kernel.update(pane.model_id, { count: next });
          expect(pane.count).toBe(next);
          const last = kernel.messages(pane.model_id).at(-1);
          expect(last).toEqual({ method: "echo_update", state: { count: next }, buffer_paths: [] });
        }),
        { numRuns: 500 },
      );
      expect(log).toEqual([]);
      for (const data of kernel.messages(pane.model_id)) {
        expect(shape).toEqual(
          expect.arrayContaining(
            Object.keys((data["state"] as object | undefined) ?? {}).filter(
              (key) => key !== "picture",
            ),
          ),
        );
      }
      expect(Object.prototype).not.toHaveProperty("x");
    });
  });

  describe("bytes whose memory is gone", () => {
    const transferred = (buffer: ArrayBuffer): ArrayBuffer => {
      structuredClone(buffer, { transfer: [buffer] });
      return buffer;
    };

    it("are refused with the trait's name and what to do", () => {
      const told = /: expected a Uint8Array, got bytes whose memory is gone, .*; pass a copy/;
      for (const data of [new Uint8Array(4), new DataView(new ArrayBuffer(4))]) {
        transferred(data.buffer);
        expect(() => Object.assign(pane, { picture: data })).toThrow(told);
        expect(() => (pane.any_value = { list: [data] })).toThrow(/^any_value\.list\[0\]: /);
        expect(() => (pane.any_value = { list: [data] })).toThrow(told);
      }
      expect(kernel.messages(pane.model_id)).toEqual([]);
    });

    it("give way to new ones", () => {
      const data = new DataView(new ArrayBuffer(4));
      pane.any_value = data;
      transferred(data.buffer);
      pane.any_value = new DataView(new ArrayBuffer(2));
      expect(kernel.sent.at(-1)?.buffers).toEqual([new Uint8Array(2)]);
    });
  });

  describe("reporting", () => {
    it("survives a report that throws too", () => {
      class Bad extends Pane {
        override [REPORT](): void {
          throw new Error("report");
        }
      }
      const log = collectLog();
      const bad = new Bad();
      openWidget(bad);
      kernel.deliver(bad.model_id, 5);
      expect(log[0]).toMatch(
        /Bad, a message from a frontend: message: expected an object, got 5; .*report/s,
      );
      kernel.update(bad.model_id, { count: 1 });
      expect(bad.count).toBe(1);
    });

    it("uses the runtime's log by default", () => {
      const log = collectLog();
      const slider = new IntSlider();
      openWidget(slider);
      kernel.update(slider.model_id, { value: "x" });
      expect(log).toEqual([
        'IntSlider, a state update from a frontend: value: expected an integer, got "x"',
      ]);
    });
  });
});
