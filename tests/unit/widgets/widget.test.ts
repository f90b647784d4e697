import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { referenceTo } from "../../../src/protocol/modelReference";
import { anything, boolean, bytes, dict, integer, string } from "../../../src/widgets/traits";
import {
  DISPLAY,
  DOMWidget,
  findWidget,
  ON_CHANGE,
  ON_CLOSE,
  ON_OPEN,
  ON_STATE_REQUEST,
  OPEN,
  openWidget,
  openWidgets,
  portableRuntime,
  registerKernel,
  REPORT,
  SET_TRAIT,
  STATUS,
  unregisterKernel,
  withTraits,
  type Change,
  type DOMWidgetOptions,
} from "../../../src/widgets";
import { FakeKernel } from "../../support/fakeKernel";
import { installKernel, KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

interface PaneTraits {
  css_width: string;
  resizable: boolean;
  quality: number;
  count: number;
  info: Readonly<Record<string, unknown>>;
  data_value: Uint8Array;
  any_value: unknown;
  quiet: string;
}

const PaneBase = withTraits<DOMWidget, DOMWidgetOptions, PaneTraits>(
  DOMWidget,
  {
    css_width: string("500px"),
    resizable: boolean(true),
    quality: integer(80, { min: 1, max: 100, sync: false }),
    count: integer(0),
    info: dict(),
    data_value: bytes(),
    any_value: anything(),
    quiet: string("", { echo: false }),
  },
  {
    model: { module: "test-widgets", version: "^1.0.0", name: "PaneModel" },
    view: { module: "test-widgets", version: "^1.0.0", name: "PaneView" },
  },
);

class Pane extends PaneBase {
  readonly calls: string[] = [];
  readonly reports: string[] = [];
  override [ON_OPEN](): void {
    this.calls.push("open");
  }
  override [ON_CLOSE](): void {
    this.calls.push("close");
  }
  override [ON_STATE_REQUEST](): void {
    this.calls.push("state request");
  }
  override [ON_CHANGE](change: Change): void {
    this.calls.push(`change ${change.name}`);
  }
  override [REPORT](error: unknown, during: string): void {
    this.reports.push(`${during}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

let kernel: TestKernel;

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
  });

  afterEach(removeKernel);

  function opened(options: ConstructorParameters<typeof Pane>[0] = {}): Pane {
    const pane = new Pane(options);
    openWidget(pane);
    return pane;
  }

  describe("opening", () => {
    it("opens nothing, and needs no kernel, until the widget is shown", () => {
      unregisterKernel();
      const pane = new Pane({ css_width: "1px" });
      pane.css_width = "2px";
      expect(pane[STATUS]).toBe("new");
      expect(openWidgets()).toEqual([]);
      expect(() => pane[DISPLAY]()).toThrow("Cannot show a widget");
      registerKernel(kernel);
      pane[DISPLAY]();
      expect(kernel.opening(pane.model_id).data["state"]).toMatchObject({ css_width: "2px" });
    });

    it("sends comm_open with the whole synchronised state, version 2.1.0, and the model id as comm id", () => {
      const pane = new Pane({ css_width: "1px" });
      const id = pane.model_id;
      pane[DISPLAY]();
      const message = kernel.opening(id);
      expect(message.targetName).toBe("jupyter.widget");
      expect(message.metadata).toEqual({ version: "2.1.0" });
      expect(message.data).toEqual({
        state: {
          _model_module: "test-widgets",
          _model_module_version: "^1.0.0",
          _model_name: "PaneModel",
          _view_module: "test-widgets",
          _view_module_version: "^1.0.0",
          _view_name: "PaneView",
          _view_count: null,
          _dom_classes: [],
          tabbable: null,
          tooltip: null,
          layout: `IPY_MODEL_${pane.layout.model_id}`,
          css_width: "1px",
          resizable: true,
          count: 0,
          info: {},
          any_value: null,
          quiet: "",
        },
        buffer_paths: [["data_value"]],
      });
      expect(message.buffers).toEqual([new Uint8Array()]);
      expect(pane.model_id).toBe(id);
    });

    it("opens once, however often it is shown, and calls the hook once", () => {
      const pane = new Pane();
      pane[DISPLAY]();
      pane[DISPLAY]();
      expect(kernel.sent.filter((m) => m.commId === pane.model_id)).toHaveLength(1);
      expect(pane.calls).toEqual(["open"]);
    });

    it("shows the model's view and its text", () => {
      const pane = new Pane({ css_width: "1px", quality: 50 });
      expect(pane[DISPLAY]()).toEqual({
        "application/vnd.jupyter.widget-view+json": {
          version_major: 2,
          version_minor: 0,
          model_id: pane.model_id,
        },
        "text/plain": 'Pane(css_width="1px", quality=50)',
      });
      expect(pane[Symbol.for("Jupyter.display") as typeof DISPLAY]).toBeTypeOf("function");
    });

    it("shows only text, without opening, if it has no view or is closed", () => {
      const pane = new Pane();
      expect(pane.layout[DISPLAY]()["text/plain"]).toBe("Layout()");
      pane.close();
      expect(pane[DISPLAY]()).toEqual({ "text/plain": "Pane(closed)" });
    });

    it("shows its values when it is printed, and isn't opened by that", () => {
      const { layout } = new Pane();
      layout.width = "9px";
      expect(inspect(layout)).toBe('Layout(width="9px")');
      expect(inspect([{ a: layout }])).toBe('[ { a: Layout(width="9px") } ]');
      layout.close();
      expect(inspect(layout)).toBe('Layout(closed, width="9px")');
      expect(kernel.sent).toEqual([]);
      expect(inspect(Pane.prototype)).toMatch(/ \{\}$/);
    });

    it("shows the fields of the user's class too", () => {
      class Own extends DOMWidget {
        level = { deep: { deeper: { deepest: 1 } } };
      }
      expect(inspect(new Own())).toBe("Own() { level: { deep: { deeper: [Object] } } }");
    });

    it("keeps the text short", () => {
      const text = new Pane({ css_width: "x".repeat(1000) })[DISPLAY]()["text/plain"];
      expect(text).toHaveLength(110);
    });

    it("can open later after the kernel failed", () => {
      const pane = new Pane();
      kernel.failure = new Error("no connection");
      expect(() => pane[OPEN]("user")).toThrow("no connection");
      expect(pane[STATUS]).toBe("new");
      kernel.failure = undefined;
      pane[OPEN]("user");
      expect(pane[STATUS]).toBe("open");
    });

    it("still opens when the hook throws", () => {
      class Bad extends Pane {
        override [ON_OPEN](): void {
          throw new Error("hook");
        }
      }
      const pane = new Bad();
      openWidget(pane);
      expect(pane[STATUS]).toBe("open");
      expect(pane.reports).toEqual(["opening: hook"]);
    });
  });

  describe("traits set by the user", () => {
    it("names the known options in the error for an unknown one", () => {
      expect(() => new Pane({ colour: "red" } as object)).toThrow(TypeError);
      expect(() => new Pane({ colour: "red" } as object)).toThrow(
        /^Pane: expected options among .*css_width, resizable, quality.*, got "colour"$/,
      );
      expect(() => new Pane({ colour: "red" } as object)).not.toThrow(/[ ,]_/);
      expect(() => new Pane({ _model_name: "X" } as object)).toThrow('got "_model_name"');
      expect(() => new Pane("wide" as unknown as object)).toThrow(
        'options: expected an object, got "wide"',
      );
    });

    it("treats an undefined option as left out", () => {
      expect(new Pane({ css_width: undefined } as object).css_width).toBe("500px");
    });

    it.each([
      ["css_width", 5, TypeError, "css_width: expected a string, got 5"],
      ["resizable", 1, TypeError, "resizable: expected true or false, got 1"],
      ["quality", "80", TypeError, 'quality: expected an integer from 1 to 100, got "80"'],
      ["quality", 0, RangeError, "quality: expected an integer from 1 to 100, got 0"],
      ["quality", 50.5, RangeError, "quality: expected an integer from 1 to 100, got 50.5"],
      ["count", Number.NaN, RangeError, "count: expected an integer, got NaN"],
      ["info", [], TypeError, "info: expected an object, got an array of length 0"],
      ["info", { a: { b: () => 0 } }, TypeError, "info.a.b: expected JSON, bytes or a widget"],
      ["info", { a: [Infinity] }, RangeError, "info.a[0]: expected a finite number, got Infinity"],
      ["info", { when: new Date(0) }, TypeError, "info.when: expected JSON, bytes or a widget"],
      ["data_value", "bytes", TypeError, 'data_value: expected a Uint8Array, got "bytes"'],
      ["any_value", undefined, TypeError, "any_value: expected JSON, bytes or a widget"],
      ["tabbable", "yes", TypeError, 'tabbable: expected true or false or null, got "yes"'],
      ["_dom_classes", ["a", 1], TypeError, "_dom_classes[1]: expected a string, got 1"],
      ["layout", 3, TypeError, "layout: expected a widget of class Layout, got 3"],
      ["layout", { wide: 3 }, TypeError, "Layout: expected options among"],
      ["_view_name", "Other", TypeError, "_view_name: cannot be set"],
    ])("rejects %s = %o and keeps the old value", (name, value, kind, message) => {
      const pane = opened();
      const before: unknown = Reflect.get(pane, name);
      const count = kernel.sent.length;
      expect(() => Reflect.set(pane, name, value)).toThrow(kind);
      expect(() => Reflect.set(pane, name, value)).toThrow(message);
      expect(Reflect.get(pane, name)).toBe(before);
      expect(kernel.sent).toHaveLength(count);
      if (name !== "_view_name")
        expect(() => new Pane({ [name]: value === undefined ? () => 0 : value })).toThrow(kind);
    });

    it("rejects a value that contains itself", () => {
      const loop: Record<string, unknown> = {};
      loop["self"] = loop;
      const pane = new Pane();
      expect(() => (pane.info = loop)).toThrow(RangeError);
      expect(() => (pane.info = { in: [loop] })).toThrow(
        "info.in[0].self: expected JSON, bytes or a widget, got an object that contains itself",
      );
      const twice = {};
      pane.info = { a: twice, b: [twice, twice] };
      expect(pane.info).toEqual({ a: {}, b: [{}, {}] });
    });

    it("keeps a frozen copy of objects, so that no change goes unnoticed", () => {
      const info = { list: [1] };
      const pane = new Pane({ info });
      info.list.push(2);
      expect(pane.info).toEqual({ list: [1] });
      expect(Object.isFrozen(pane.info)).toBe(true);
      expect(Object.isFrozen(pane.info["list"])).toBe(true);
    });

    it("sends each change as an update, in order, and none for an equal value", () => {
      const pane = opened();
      pane.css_width = "1px";
      pane.css_width = "1px";
      pane.info = { a: [1, { b: 2 }] };
      pane.info = { a: [1, { b: 2 }] };
      pane.count = 1;
      pane.count = 2;
      expect(kernel.messages(pane.model_id)).toEqual([
        { method: "update", state: { css_width: "1px" }, buffer_paths: [] },
        { method: "update", state: { info: { a: [1, { b: 2 }] } }, buffer_paths: [] },
        { method: "update", state: { count: 1 }, buffer_paths: [] },
        { method: "update", state: { count: 2 }, buffer_paths: [] },
      ]);
    });

    it("does not send an unsynchronised trait, but notifies observers", () => {
      const pane = opened();
      const seen: number[] = [];
      pane.observe((change) => seen.push(change.new), "quality");
      pane.quality = 10;
      expect(seen).toEqual([10]);
      expect(kernel.messages(pane.model_id)).toEqual([]);
    });

    it("sends bytes as buffers, and only when they differ", () => {
      const pane = opened();
      pane.data_value = new Uint8Array([1, 2]);
      pane.data_value = new Uint8Array([1, 2]);
      pane.any_value = { deep: [new Uint16Array([3]), "x"] };
      const sent = kernel.sent.filter((m) => m.type === "comm_msg");
      expect(sent.map((m) => m.data)).toEqual([
        { method: "update", state: {}, buffer_paths: [["data_value"]] },
        {
          method: "update",
          state: { any_value: { deep: [null, "x"] } },
          buffer_paths: [["any_value", "deep", 0]],
        },
      ]);
      expect(sent.map((m) => m.buffers)).toEqual([
        [new Uint8Array([1, 2])],
        [new Uint8Array([3, 0])],
      ]);
    });

    it("sends one update for everything that hold_sync's callback sets, and returns its result", () => {
      const pane = opened();
      const result = pane.hold_sync(() => {
        pane.count = 1;
        pane.hold_sync(() => (pane.css_width = "1px"));
        pane.count = 2;
        return "done";
      });
      expect(result).toBe("done");
      expect(kernel.messages(pane.model_id)).toEqual([
        { method: "update", state: { count: 2, css_width: "1px" }, buffer_paths: [] },
      ]);
    });

    it("sends what was set even if hold_sync's callback throws", () => {
      const pane = opened();
      const failing = (): void =>
        pane.hold_sync(() => {
          pane.count = 7;
          throw new Error("stop");
        });
      expect(failing).toThrow("stop");
      expect(kernel.messages(pane.model_id, "update")).toHaveLength(1);
    });

    it("moves a subclass's field with a trait's name to the trait", () => {
      class Wide extends Pane {
        // Fields are compiled to this (useDefineForClassFields). The own property hides the
        // accessor.
        constructor() {
          super();
          Object.defineProperty(this, "css_width", {
            value: "9px",
            writable: true,
            enumerable: true,
            configurable: true,
          });
        }
      }
      const wide = new Wide();
      openWidget(wide);
      expect(kernel.opening(wide.model_id).data["state"]).toMatchObject({ css_width: "9px" });
      wide.css_width = "8px";
      expect(kernel.messages(wide.model_id, "update")).toHaveLength(1);
    });
  });

  describe("observe", () => {
    it("passes each change of the given names to the handler", () => {
      const pane = new Pane();
      const one = vi.fn();
      const two = vi.fn();
      const all = vi.fn();
      pane.observe(one, "count");
      pane.observe(two, ["count", "css_width"]);
      pane.observe(all);
      pane.count = 3;
      pane.css_width = "1px";
      pane.resizable = false;
      expect(one.mock.calls).toEqual([
        [{ type: "change", name: "count", old: 0, new: 3, owner: pane }],
      ]);
      expect(two).toHaveBeenCalledTimes(2);
      expect(all).toHaveBeenCalledTimes(3);
      expect(pane.calls).toEqual(["change count", "change css_width", "change resizable"]);
    });

    it("stops for all names, or for some", () => {
      const pane = new Pane();
      const handler = vi.fn();
      pane.observe(handler);
      pane.unobserve(handler, "count");
      pane.count = 1;
      expect(handler).not.toHaveBeenCalled();
      pane.css_width = "1px";
      expect(handler).toHaveBeenCalledTimes(1);
      pane.unobserve(handler);
      pane.css_width = "2px";
      expect(handler).toHaveBeenCalledTimes(1);
    });

    it("rejects a name that is not a trait", () => {
      const pane = new Pane();
      expect(() => pane.observe(() => 0, "calls")).toThrow(
        /^trait: expected one of .*, got "calls"$/,
      );
    });

    it("reports what a handler throws, at once or later, and calls the others", async () => {
      const pane = opened();
      const after = vi.fn();
      pane.observe(() => {
        throw new Error("at once");
      });
      pane.observe(async () => Promise.reject(new Error("later")));
      pane.observe(after);
      pane.count = 1;
      expect(after).toHaveBeenCalledTimes(1);
      await vi.waitFor(() =>
        expect(pane.reports).toEqual([
          "an observer of count: at once",
          "an observer of count: later",
        ]),
      );
      expect(kernel.messages(pane.model_id, "update")).toHaveLength(1);
    });
  });

  describe("custom messages", () => {
    it("are sent with their buffers, and open the comm", () => {
      const pane = new Pane();
      const buffer = new Uint8Array([1]);
      pane.send({ type: "hello" }, [buffer]);
      expect(kernel.messages(pane.model_id)).toEqual([
        { method: "custom", content: { type: "hello" } },
      ]);
      expect(kernel.sent.at(-1)?.buffers).toEqual([buffer]);
    });

    it("reach every callback until it is removed", () => {
      const pane = opened();
      const first = vi.fn(() => {
        throw new Error("callback");
      });
      const second = vi.fn();
      pane.on_msg(first);
      pane.on_msg(second);
      pane.on_msg(second);
      kernel.custom(pane.model_id, { a: 1 }, [new Uint8Array([7])]);
      expect(second.mock.calls).toEqual([[{ a: 1 }, [new Uint8Array([7])], undefined]]);
      expect(pane.reports).toEqual(["a callback of on_msg: callback"]);
      pane.on_msg(second, true);
      kernel.custom(pane.model_id, null);
      expect(second).toHaveBeenCalledTimes(1);
      expect(first).toHaveBeenCalledTimes(2);
    });
  });

  describe("closing", () => {
    it("sends comm_close once, removes handlers, and makes sending an error", () => {
      const pane = opened();
      const handler = vi.fn();
      pane.observe(handler);
      pane.close();
      pane.close();
      expect(
        kernel.sent.filter((m) => m.type === "comm_close" && m.commId === pane.model_id),
      ).toHaveLength(1);
      expect(() => pane.send({})).toThrow("Cannot send: the widget is closed");
      expect(() => pane.on_msg(handler)).toThrow("the widget is closed");
      expect(() => pane.observe(handler)).toThrow("the widget is closed");
      expect(() => openWidget(pane)).toThrow("Cannot open: the widget is closed");
      pane.count = 5;
      expect(handler).not.toHaveBeenCalled();
      expect(pane.calls.filter((call) => call === "close")).toEqual(["close"]);
    });

    it("sends nothing for a widget that was never open, and keeps it from opening", () => {
      const pane = new Pane();
      pane.close();
      expect(pane.calls).toEqual(["close"]);
      expect(kernel.sent).toEqual([]);
      expect(() => openWidget(pane)).toThrow("closed");
    });

    it("follows from a frontend's comm_close too, which is not answered", () => {
      const pane = opened();
      kernel.custom(pane.model_id, "a frontend has the model");
      kernel.closeFromFrontend(pane.model_id);
      expect(pane[STATUS]).toBe("closed");
      expect(pane.calls).toEqual(["open", "close"]);
      expect(kernel.sent.some((m) => m.type === "comm_close" && m.commId === pane.model_id)).toBe(
        false,
      );
      expect(() => pane.send({})).toThrow("Cannot send: the widget is closed");
    });

    it("does not follow if the frontend never accepted the comm: the widget can be shown again", async () => {
      const pane = opened();
      const { layout } = pane;
      pane[SET_TRAIT]("count", 1, { later: true });
      kernel.closeFromFrontend(pane.model_id);
      kernel.closeFromFrontend(layout.model_id);
      expect(findWidget(pane.model_id)).toBeUndefined();
      pane.count = 2;
      await Promise.resolve();
      expect(kernel.messages(pane.model_id)).toEqual([]);

      expect(pane[DISPLAY]()).toHaveProperty(["application/vnd.jupyter.widget-view+json"]);
      expect(pane.calls.filter((call) => !call.startsWith("change"))).toEqual(["open", "open"]);
      const openings = kernel.sent.filter((message) => message.type === "comm_open");
      expect(openings.map((message) => message.commId)).toEqual([
        ...[layout.model_id, pane.model_id],
        ...[layout.model_id, pane.model_id],
      ]);
      expect(openings.at(-1)?.data["state"]).toMatchObject({ count: 2 });

      kernel.custom(pane.model_id, "a frontend has the model");
      kernel.closeFromFrontend(pane.model_id);
      expect(pane[STATUS]).toBe("closed");
    });

    it("forgets the widget and closes the layout that was created with it", () => {
      const pane = opened();
      const { layout } = pane;
      expect(findWidget(pane.model_id)).toBe(pane);
      pane.close();
      expect(findWidget(pane.model_id)).toBeUndefined();
      expect(layout[STATUS]).toBe("closed");
      expect(openWidgets()).toEqual([]);
    });

    it("keeps a layout that another widget has which isn't open now", () => {
      kernel.runCell("a");
      const [pane, left] = [opened(), new Pane()];
      const never = new Pane({ layout: pane.layout });
      left.layout = pane.layout;
      left[DISPLAY]();
      kernel.runCell("a");
      expect(left[STATUS]).toBe("left");
      pane.close();
      for (const other of [left, never]) {
        const before = kernel.sent.length;
        other[DISPLAY]();
        const opening = kernel.sent.slice(before).find(({ commId }) => commId === other.model_id);
        expect(opening?.data["state"]).toMatchObject({
          layout: referenceTo(pane.layout.model_id),
        });
      }
    });

    it("keeps a layout that another open widget has, or that the user made", () => {
      const pane = opened();
      const other = opened();
      other.layout = pane.layout;
      pane.close();
      expect(other.layout[STATUS]).toBe("open");
      const own = new (
        Object.getPrototypeOf(other.layout) as { constructor: new () => typeof other.layout }
      ).constructor();
      const third = opened({ layout: own });
      third.close();
      expect(own[STATUS]).toBe("open");
    });
  });

  describe("layout and CSS classes", () => {
    it("opens the layout before the widget", () => {
      const pane = opened();
      const ids = kernel.sent.map((m) => m.commId);
      expect(ids).toEqual([pane.layout.model_id, pane.model_id]);
      pane.layout.width = "50%";
      expect(kernel.messages(pane.layout.model_id)).toEqual([
        { method: "update", state: { width: "50%" }, buffer_paths: [] },
      ]);
    });

    it("takes a plain object of attributes", () => {
      const pane = opened({ layout: { height: "9px" } });
      expect(pane.layout.height).toBe("9px");
      pane.layout = { height: "8px" };
      expect(kernel.messages(pane.model_id)).toEqual([
        {
          method: "update",
          state: { layout: `IPY_MODEL_${pane.layout.model_id}` },
          buffer_paths: [],
        },
      ]);
      expect(kernel.opening(pane.layout.model_id).data["state"]).toMatchObject({ height: "8px" });
    });

    it("adds and removes classes", () => {
      const pane = opened();
      pane.add_class("a").add_class("b").add_class("a").remove_class("b");
      expect(pane._dom_classes).toEqual(["a"]);
      expect(kernel.messages(pane.model_id)).toHaveLength(3);
    });
  });

  describe("references", () => {
    it("open the child before the parent, anywhere in a value", () => {
      const child = new Pane();
      const parent = new Pane({ any_value: [{ deep: child }] });
      openWidget(parent);
      const ids = kernel.sent.map((m) => m.commId);
      expect(ids.indexOf(child.model_id)).toBeLessThan(ids.indexOf(parent.model_id));
      expect(kernel.opening(parent.model_id).data["state"]).toMatchObject({
        any_value: [{ deep: `IPY_MODEL_${child.model_id}` }],
      });
    });

    it("are opened by an update too", () => {
      const parent = opened();
      const child = new Pane();
      parent.any_value = child;
      expect(kernel.sent.slice(-2).map((m) => m.type)).toEqual(["comm_open", "comm_msg"]);
    });

    it("leave out a closed child", () => {
      const gone = opened();
      const kept = opened();
      const parent = opened({ any_value: { list: [gone, kept], one: gone } });
      gone.close();
      kernel.deliver(parent.model_id, { method: "request_state" });
      expect(kernel.messages(parent.model_id).at(-1)).toMatchObject({
        state: { any_value: { list: [`IPY_MODEL_${kept.model_id}`] } },
      });
    });

    it("survive two widgets that refer to each other", () => {
      const one = new Pane();
      const two = new Pane({ any_value: one });
      one.any_value = two;
      openWidget(one);
      expect(one[STATUS]).toBe("open");
      expect(two[STATUS]).toBe("open");
    });
  });

  describe("a user's subclass", () => {
    it("may use any field name that is not in the documented API", () => {
      class Busy extends Pane {
        state = "s";
        comm = 1;
        values = [2];
        traits = "t";
        keys = { k: 3 };
        options = 4;
        open = false;
        opened = 1;
        status = "busy";
        frame = new Uint8Array(3);
        session = null;
        timer = 5;
        data = "d";
        name = "n";
        observers = 6;
        callbacks = 7;
        handlers = 8;
        registry = 9;
        kernel = 10;
        report = 11;
        get = 12;
        set = 13;
        parts = 14;
        id = 15;
        constructor() {
          super({ css_width: "1px" });
        }
      }
      const busy = new Busy();
      const mine = { ...busy };
      const seen = vi.fn();
      busy.observe(seen, "count");
      busy[DISPLAY]();
      busy.count = 1;
      busy.send({ a: 1 });
      kernel.update(busy.model_id, { count: 2 });
      expect(seen).toHaveBeenCalledTimes(2);
      expect({ ...busy }).toEqual(mine);
      expect(busy.css_width).toBe("1px");
      expect(kernel.messages(busy.model_id).map((data) => data["method"])).toEqual([
        "update",
        "custom",
        "echo_update",
      ]);
      expect(Object.keys(kernel.opening(busy.model_id).data["state"] as object)).not.toContain(
        "state",
      );
      busy.close();
    });
  });
});

describe("buffers", () => {
  it("reach the kernel without being copied", () => {
    const recorder = installKernel(new FakeKernel(), portableRuntime);
    const buffer = new Uint8Array([1]);
    new Pane().send({ type: "hello" }, [buffer]);
    expect(recorder.sent.at(-1)?.buffers[0]).toBe(buffer);
    removeKernel();
  });
});
