import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { nodeWidgetRuntime } from "../../../src/kernel/node/nodeWidgetRuntime";
import {
  AnyWidget,
  installWidgetRuntime,
  LEAVE,
  openWidget,
  REPORT,
  SET_TRAIT,
  widgetRuntime,
  type Change,
} from "../../../src/widgets";
import { dlink, IntSlider } from "../../../src/widgets/coreWidgets";
import { disposedAfterAll } from "../../support/disposables";
import { installKernel, KERNELS, removeKernel, type TestKernel } from "../../support/kernels";
import { FakeKernel } from "../../support/fakeKernel";

const ESM = "export default { render() {} }";

class Counter extends AnyWidget {
  static override readonly _esm = ESM;
  count = 0;
  label = "clicks";
  isOn = false;
  points: number[] = [1, 2];
  info: Record<string, unknown> = { deep: [Uint8Array.of(9)] };
  anything: unknown = null;
  floats = Float32Array.of(0.5);
  bytes = Buffer.of(1, 2);
  view = new DataView(new ArrayBuffer(2));
  buffer = new ArrayBuffer(1);
  child = new IntSlider();
  readonly #secret = new Map();
  handler = (): number => this.#secret.size;
  later: number | undefined;
  override [REPORT](error: unknown, during: string): void {
    reports.push(`${during}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

let kernel: TestKernel;
let reports: string[] = [];

function opened<W extends AnyWidget>(widget: W): W {
  openWidget(widget);
  return widget;
}

function stateOf(widget: AnyWidget): Record<string, unknown> {
  return kernel.opening(widget.model_id).data["state"] as Record<string, unknown>;
}

/** Delivers a change from a page. */
function change(
  widget: AnyWidget,
  state: object,
  paths: readonly unknown[] = [],
  buffers: readonly Uint8Array[] = [],
): void {
  kernel.deliver(widget.model_id, { method: "update", state, buffer_paths: paths }, buffers);
}

describe.each(KERNELS)("AnyWidget on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
    reports = [];
  });
  afterEach(removeKernel);

  it("has anywidget's model and view, the module, and the fields as state", () => {
    const counter = opened(new Counter());
    const { data, buffers } = kernel.opening(counter.model_id);
    expect(stateOf(counter)).toMatchObject({
      _model_module: "anywidget",
      _model_module_version: "~0.11.*",
      _model_name: "AnyModel",
      _view_module: "anywidget",
      _view_module_version: "~0.11.*",
      _view_name: "AnyView",
      _anywidget_id: "jupyter-rfb-ts.Counter",
      _esm: ESM,
      _css: "",
      count: 0,
      label: "clicks",
      isOn: false,
      points: [1, 2],
      info: { deep: [null] },
      anything: null,
      child: `IPY_MODEL_${counter.child.model_id}`,
    });
    for (const name of ["handler", "later"]) expect(stateOf(counter)).not.toHaveProperty(name);
    const paths = ["floats", "bytes", "view", "buffer"].map((name) => [name]);
    expect(data["buffer_paths"]).toEqual([["info", "deep", 0], ...paths]);
    expect(buffers.map((one) => one.byteLength)).toEqual([1, 4, 2, 2, 1]);
    expect(counter.handler()).toBe(0);
  });

  it("sends what is assigned, and notifies of it", () => {
    const counter = new Counter();
    const changes: Change[] = [];
    counter.count = 3;
    counter.observe((one) => changes.push(one), ["count", "floats"]);
    openWidget(counter);
    expect(stateOf(counter)["count"]).toBe(3);
    counter.count = 4;
    counter.floats = Float32Array.of(1, 2);
    expect(changes.map(({ name, old, new: now }) => [name, old, now])).toEqual([
      ["count", 3, 4],
      ["floats", Float32Array.of(0.5), Float32Array.of(1, 2)],
    ]);
    const updates = kernel.sent.filter(({ commId, type }) => {
      return commId === counter.model_id && type === "comm_msg";
    });
    expect(updates.map(({ data }) => data["state"])).toEqual([{ count: 4 }, {}]);
    expect(updates[1]?.buffers[0]?.byteLength).toBe(8);
  });

  it("takes what a page sends, as the type of the field", () => {
    const counter = opened(new Counter());
    const floats = new Uint8Array(9);
    floats.set(new Uint8Array(Float32Array.of(1.5, 2.5).buffer), 1);
    change(counter, { count: 7, anything: [1, { a: "b" }] });
    change(
      counter,
      {},
      [["floats"], ["bytes"], ["view"], ["buffer"]],
      [floats.subarray(1), Uint8Array.of(5), Uint8Array.of(0, 6), Uint8Array.of(7)],
    );
    expect(counter.count).toBe(7);
    expect(counter.anything).toEqual([1, { a: "b" }]);
    expect(counter.floats).toEqual(Float32Array.of(1.5, 2.5));
    expect([...counter.bytes]).toEqual([5]);
    expect(counter.view.getUint8(1)).toBe(6);
    expect(counter.buffer).toEqual(Uint8Array.of(7).buffer);
    expect(reports).toEqual([]);
  });

  it("rejects a value of another type, from a page and from the user, with the kernel's value kept", () => {
    const counter = opened(new Counter());
    kernel.sent.length = 0;
    change(counter, { count: "7", points: {}, info: [], isOn: 1, child: 1, unknown: 1, _esm: "x" });
    change(counter, {}, [["floats"]], [Uint8Array.of(1)]);
    const hint = (first: string): string =>
      `; the field started as ${first}, and takes any JSON if it starts as null`;
    expect(reports).toEqual(
      [
        `count: expected a finite number, got "7"${hint("0")}`,
        `points: expected an array, got an object${hint("[1, 2]")}`,
        `info: expected an object, got an array of length 0${hint("an object")}`,
        `isOn: expected true or false, got 1${hint("false")}`,
        `child: expected a widget, got 1${hint("an IntSlider")}`,
        'state: expected a synchronised trait, got "unknown"',
        '_esm: expected only the kernel to set it, got "x"',
        "floats: expected a multiple of 4 bytes for a Float32Array, got 1",
      ].map((text) => `a state update from a frontend: ${text}`),
    );
    const answer = kernel.sent.find(({ data }) => data["method"] === "update");
    expect(answer?.data["state"]).toMatchObject({
      count: 0,
      points: [1, 2],
      isOn: false,
      _esm: ESM,
    });
    expect(() => Object.assign(counter, { count: "7" })).toThrow(`count: expected a finite number`);
    expect(() => (counter.count = NaN)).toThrow("count: expected a finite number, got NaN");
    expect(() => Object.assign(counter, { floats: [1] })).toThrow(
      "floats: expected a Float32Array",
    );
    expect(() => counter.points.push(3)).toThrow(TypeError);
  });

  it("sends messages with binary data of any kind, and receives them", () => {
    const counter = opened(new Counter());
    const received: unknown[] = [];
    counter.on_msg((content, buffers) => received.push(content, ...buffers));
    counter.send({ a: 1 }, [
      Float32Array.of(1),
      new DataView(new ArrayBuffer(3)),
      new ArrayBuffer(2),
    ]);
    const sent = kernel.sent.at(-1);
    expect(sent?.data).toEqual({ method: "custom", content: { a: 1 } });
    expect(sent?.buffers.map((one) => one.byteLength)).toEqual([4, 3, 2]);
    kernel.deliver(counter.model_id, { method: "custom", content: "b" }, [Uint8Array.of(1)]);
    expect(received).toEqual(["b", Uint8Array.of(1)]);
  });

  it("says where a message holds what can't be sent", () => {
    const counter = new Counter();
    const loop: Record<string, unknown> = {};
    loop["self"] = [loop];
    const parent: { toJSON(): unknown } = { toJSON: () => ({ parent }) };
    const itself: { toJSON(): unknown } = { toJSON: () => itself };
    const messages: [unknown, string][] = [
      [{ a: 1n }, "content.a: expected JSON, got a bigint"],
      [{ a: [1, () => 0] }, "content.a[1]: expected JSON, got a function"],
      [new Map([[1, 2]]), "content: expected JSON, got a Map"],
      [{ a: new Set() }, "content.a: expected JSON, got a Set"],
      [{ a: NaN }, "content.a: expected a finite number, got NaN"],
      [loop, "content.self[0]: expected JSON, got an object that contains itself"],
      [{ a: parent }, "content.a.parent: expected JSON, got an object that contains itself"],
      [{ a: itself }, "content.a.toJSON: expected JSON, got a function"],
      [undefined, "content: expected JSON, got undefined"],
      [new Array(1), "content[0]: expected JSON, got undefined"],
      [{ a: counter.child }, "content.a: expected JSON, got an IntSlider"],
      [
        { a: Buffer.of(1) },
        "content.a: expected JSON, got a Buffer; pass binary data in an array as the second argument",
      ],
    ];
    for (const [content, text] of messages) {
      expect(() => counter.send(content)).toThrow(text);
      expect(() => new IntSlider().send(content)).toThrow(text);
    }
    const bytes = Uint8Array.of(1);
    expect(() => counter.send({}, bytes as never)).toThrow(
      "buffers: expected an array of binary data, got a Uint8Array",
    );
    expect(() => counter.send({}, [bytes, 5 as never])).toThrow(
      "buffers[1]: expected a Uint8Array, got 5",
    );
    expect(kernel.sent).toEqual([]);
    const twice = { at: new Date(0), left: undefined };
    counter.send([twice, twice]);
    expect(JSON.stringify(kernel.sent.at(-1)?.data["content"])).toBe(
      '[{"at":"1970-01-01T00:00:00.000Z"},{"at":"1970-01-01T00:00:00.000Z"}]',
    );
  });

  it("knows a field's first value from what is assigned in the next line", () => {
    class Selection extends AnyWidget {
      static override readonly _esm = ESM;
      sel: { a: number } | null = null;
      count = 0;
      limit: number | undefined;
      onPick: (() => void) | null = () => undefined;
      readonly #start: number;
      constructor(start: number, sel: { a: number } | null) {
        super({ tooltip: "pick" });
        this.#start = start;
        this.count = start;
        this.sel = sel;
      }
      get start(): number {
        return this.#start;
      }
    }
    const widget = new Selection(3, { a: 0 });
    widget.sel = { a: 1 };
    expect(() => Object.assign(widget, { count: "seven" })).toThrow(
      'count: expected a finite number, got "seven"; the field started as 0, and takes any JSON if it starts as null',
    );
    widget.limit = 5;
    expect(() => Object.assign(widget, { limit: "5" })).toThrow("limit: expected a finite number");
    widget.onPick = null;
    widget.onPick = () => undefined;
    expect([widget.count, widget.start, widget.tooltip]).toEqual([3, 3, "pick"]);
    expect(stateOf(opened(widget))).toMatchObject({ sel: { a: 1 }, count: 3, limit: 5 });
    expect(stateOf(widget)).not.toHaveProperty("onPick");
    widget.sel = null;
    expect(kernel.sent.at(-1)?.data["state"]).toEqual({ sel: null });
  });

  it("takes fields that the constructor assigns, as older targets of TypeScript do", () => {
    class Assigned extends AnyWidget {
      static override readonly _esm = ESM;
      declare sel: object | null;
      declare pick: () => number;
      declare tip: string;
      constructor() {
        super();
        this.sel = null;
        this.pick = () => 1;
        this.tooltip = "tip";
      }
    }
    const widget = new Assigned();
    widget.sel = { a: 1 };
    widget.sel = null;
    expect(stateOf(opened(widget))).toMatchObject({ sel: null, tooltip: "tip" });
    expect(widget.pick()).toBe(1);
    Object.assign(widget, { later: 5 });
    expect(inspect(widget)).toMatch(/^Assigned\(tooltip="tip"\) \{\s+pick: .*,\s+later: 5\s+\}$/);
  });

  it("sets inherited traits, and those of a class that has been shown", () => {
    class Shown extends AnyWidget {
      static override readonly _esm = ESM;
      count = 0;
      constructor() {
        super();
        openWidget(this);
      }
    }
    class Titled extends Shown {
      // @ts-expect-error Only JavaScript may define it, as it is an accessor.
      override tooltip = "title";
      override count = 4;
    }
    const titled = new Titled();
    expect([titled.tooltip, titled.count]).toEqual(["title", 4]);
    const updates = kernel.messages(titled.model_id).map(({ state }) => state);
    expect(updates).toEqual([{ tooltip: "title" }, { count: 4 }]);
  });

  it("says how a field gets its value, instead of by an option", () => {
    expect(() => new Counter({ count: 3 } as object)).toThrow(
      'Counter: expected options among layout, tabbable, tooltip, got "count"; if count is a field, assign it after construction, or in the class\'s constructor',
    );
    expect(() => new Counter({ layuot: {} } as object)).toThrow(/got "layuot"; .*layout\?$/);
    expect(() => new IntSlider({ count: 3 } as object)).toThrow(/got "count"$/);
  });

  it("reports what a page got wrong in the cell that shows the widget", () => {
    installWidgetRuntime({
      ...widgetRuntime(),
      logError: (line) => kernel.print(`${line}\n`, "stderr"),
    });
    class Quiet extends AnyWidget {
      static override readonly _esm = ESM;
      count = 0;
    }
    kernel.cell = "shows";
    const [quiet, slider] = [opened(new Quiet()), new IntSlider()];
    openWidget(slider);
    kernel.cell = "ran last";
    change(quiet, { count: "seven" });
    kernel.deliver(slider.model_id, { method: "update", state: { value: "x" } });
    kernel.deliver(slider.model_id, { method: "unknown" });
    const lines = kernel.cellText.split("\n");
    expect(lines.map((line) => line.replace(/;.*/, ""))).toEqual([
      'shows stderr: Quiet, a state update from a frontend: count: expected a finite number, got "seven"',
      'shows stderr: IntSlider, a state update from a frontend: value: expected an integer, got "x"',
      'shows stderr: IntSlider, a message from a frontend: method: expected update, request_state or custom, got "unknown"',
      "",
    ]);
  });

  it("links fields before it is shown", () => {
    const [counter, slider] = [new Counter(), new IntSlider({ value: 9 })];
    dlink([slider, "value"], [counter, "count"]);
    expect(counter.count).toBe(9);
    slider.value = 10;
    expect(counter.count).toBe(10);
  });

  it("takes fields of a subclass, which may replace the first value", () => {
    class More extends Counter {
      override count = 5;
      extra = "x";
      constructor() {
        super();
        this.observe(() => undefined, "count");
      }
    }
    class Most extends More {
      override count = 6;
    }
    const most = opened(new Most());
    expect(stateOf(most)).toMatchObject({ count: 6, extra: "x" });
    most.count = 7;
    expect(kernel.sent.at(-1)?.data["state"]).toEqual({ count: 7 });
    const other = opened(new Most());
    expect([other.count, most.count]).toEqual([6, 7]);
  });

  it("prints its fields once", () => {
    class Small extends AnyWidget {
      static override readonly _esm = ESM;
      count = 0;
    }
    const small = new Small();
    expect(inspect(small)).toBe("Small()");
    opened(small).count = 2;
    expect(inspect(small)).toBe("Small(count=2)");
  });

  it.each([
    ["a Map", new Map(), "expected JSON, bytes or a widget, got a Map"],
    ["a Date", new Date(0), "expected JSON, bytes or a widget, got Thu Jan 01 1970"],
    ["a bigint", 5n, "expected JSON, bytes or a widget, got a bigint"],
    ["something in an array", [1, [Symbol("a")]], "[1][0]: expected JSON, bytes or a widget"],
  ])("says which field can't be sent: %s", (_what, value, text) => {
    class Wrong extends AnyWidget {
      static override readonly _esm = ESM;
      cache = value;
    }
    expect(() => new Wrong()).toThrow(text);
    expect(() => new Wrong()).toThrow(/^Wrong\.cache.*; a field #cache stays in the kernel$/);
  });

  it("says what is wrong with the module", () => {
    const create = (_esm: unknown, more: object = {}): (() => unknown) => {
      class Wrong extends AnyWidget {}
      Object.assign(Wrong, _esm === undefined ? {} : { _esm }, more);
      return () => new Wrong();
    };
    const none =
      "Wrong: expected a static field _esm with the text, path or URL of the page's module, got none";
    expect(create(undefined)).toThrow(none);
    expect(create("")).toThrow(none);
    expect(() => new AnyWidget()).toThrow("AnyWidget: expected a static field _esm");
    expect(create(5)).toThrow(
      "Wrong: static _esm: expected the text, the path or the URL of a module or style, got 5",
    );
    expect(create("function render() {}")).toThrow(
      'Wrong: static _esm: expected an ES module such as "export default { render }", got code without an export',
    );
    expect(create("missing.js")).toThrow('Cannot read "missing.js"');
    expect(create(ESM, { _css: null })).toThrow("Wrong: static _css: expected the text");
  });

  it("says which names a field can't have", () => {
    class Instance extends AnyWidget {
      static override readonly _esm = ESM;
    }
    expect(() => Object.assign(new Instance(), { send: 5 })).toThrow(
      "Instance.send: expected another name, as widgets have a send already",
    );
    class OwnModule extends AnyWidget {
      static override readonly _esm = ESM;
      constructor() {
        super();
        Object.defineProperty(this, "_esm", { value: ESM, enumerable: true, configurable: true });
      }
    }
    expect(() => new OwnModule()).toThrow("OwnModule._esm: expected a static field");
  });

  it("passes the URL of a module on", () => {
    class Remote extends AnyWidget {
      static override readonly _esm = new URL("https://example.com/a.js");
      static override readonly _css = "https://example.com/a.css";
    }
    expect(stateOf(opened(new Remote()))).toMatchObject({
      _esm: "https://example.com/a.js",
      _css: "https://example.com/a.css",
    });
  });
});

describe("AnyWidget's files", () => {
  const disposables = disposedAfterAll();
  let folder: string;
  beforeAll(() => (folder = disposables.folder()));
  afterEach(() => {
    removeKernel();
    unwatchable = undefined;
    reports = [];
  });

  let unwatchable: string | undefined;

  /** Counts the watchers that are not disposed. */
  function install(hmr: string | undefined): () => number {
    let watching = 0;
    kernel = installKernel(new FakeKernel(), {
      ...nodeWidgetRuntime,
      environmentVariable: (name) => (name === "ANYWIDGET_HMR" ? hmr : undefined),
      watchFile: (path, onChange) => {
        if (path === unwatchable) throw new Error("no such folder");
        const watcher = nodeWidgetRuntime.watchFile(path, onChange);
        watching += 1;
        return {
          dispose: () => {
            watching -= 1;
            watcher.dispose();
          },
        };
      },
    });
    return () => watching;
  }

  function fromFiles(): AnyWidget {
    writeFileSync(join(folder, "a b.js"), ESM);
    writeFileSync(join(folder, "a.css"), "a{}");
    class Files extends AnyWidget {
      override [REPORT](error: unknown, during: string): void {
        reports.push(`${during}: ${error instanceof Error ? error.message : String(error)}`);
      }
      static override readonly _esm = join(folder, "a b.js");
      static override readonly _css = pathToFileURL(join(folder, "a.css"));
    }
    return opened(new Files());
  }

  it("are read from paths and URLs, and not watched", () => {
    const watching = install(undefined);
    expect(stateOf(fromFiles())).toMatchObject({ _esm: ESM, _css: "a{}" });
    expect(watching()).toBe(0);
  });

  it.each(["a b.js", "a.css"])("are watched also if %s can't be", (name) => {
    const watching = install("1");
    unwatchable = name === "a.css" ? pathToFileURL(join(folder, name)).href : join(folder, name);
    const widget = fromFiles();
    expect(reports).toEqual([`watching ${unwatchable}: no such folder`]);
    expect(watching()).toBe(1);
    widget[LEAVE]();
    expect(watching()).toBe(0);
  });

  it("are kept as they were while the changed module is broken, which is reported", async () => {
    install("1");
    const widget = fromFiles();
    const path = join(folder, "a b.js");
    const sent = (): unknown[] => kernel.messages(widget.model_id).map(({ state }) => state);
    const save = (code: string): void => {
      writeFileSync(join(folder, "new"), code);
      renameSync(join(folder, "new"), path);
    };
    save("function render() {}");
    await vi.waitFor(() => expect(reports).not.toEqual([]), 10_000);
    expect(reports[0]).toBe(
      `reading _esm again: expected an ES module such as "export default { render }", got ${JSON.stringify(path)}, without an export`,
    );
    save(`${ESM} // fixed`);
    await vi.waitFor(() => expect(sent()).not.toEqual([]), 10_000);
    expect(sent()).toEqual([{ _esm: `${ESM} // fixed` }]);
  });

  it("are reported as broken in one line, in the cell that shows the newest of the widgets", async () => {
    install("1");
    installWidgetRuntime({
      ...widgetRuntime(),
      logError: (line) => kernel.print(`${line}\n`, "stderr"),
    });
    const path = join(folder, "several.js");
    writeFileSync(path, ESM);
    class Several extends AnyWidget {
      static override readonly _esm = path;
    }
    const widgets = ["first", "second", "third"].map((cell) => {
      kernel.cell = cell;
      return opened(new Several());
    });
    kernel.cell = "ran last";
    const broken = `second stderr: Several, reading _esm again: `;
    widgets[2]?.close();
    writeFileSync(path, "const a = 5;");
    await vi.waitFor(() => expect(kernel.cellText).not.toBe(""), 10_000);
    const expected =
      broken +
      `expected an ES module such as "export default { render }", got ${JSON.stringify(path)}, without an export\n`;
    expect(kernel.cellText).toBe(expected);
    rmSync(path);
    await vi.waitFor(() => expect(kernel.cellText).not.toBe(expected), 10_000);
    const missing = `${broken}Cannot read ${JSON.stringify(path)}: there is no such file; the folder is ${process.cwd()}\n`;
    expect(kernel.cellText).toBe(expected + missing);
    kernel.cell = "fourth";
    widgets[0]?.[LEAVE]();
    openWidget(widgets[0] as AnyWidget);
    expect(kernel.cellText).toBe(expected + missing);
    writeFileSync(path, `${ESM} // fixed`);
    const sent = (): unknown[] =>
      widgets.map(({ model_id }) => kernel.messages(model_id).at(-1)?.["state"]);
    const fixed = { _esm: `${ESM} // fixed` };
    await vi.waitFor(() => expect(sent()).toEqual([fixed, fixed, undefined]), 10_000);
  });

  /** A class whose module is a file, and what its widgets are told to set, in order. */
  function shared(name: string) {
    const path = join(folder, name);
    writeFileSync(path, ESM);
    const state = { path, set: [] as string[], failing: undefined as string | undefined };
    class Shared extends AnyWidget {
      static override readonly _esm = path;
      override [SET_TRAIT](...change: Parameters<AnyWidget[typeof SET_TRAIT]>): void {
        state.set.push(this.model_id);
        if (this.model_id === state.failing) throw new Error("cannot send");
        super[SET_TRAIT](...change);
      }
      override [REPORT](error: unknown, during: string): void {
        const text = error instanceof Error ? error.message : String(error);
        reports.push(`${this.model_id}, ${during}: ${text}`);
      }
    }
    return { state, open: () => opened(new Shared()) };
  }

  it("are passed to a new widget alone, unless they have changed", () => {
    install("1");
    const { state, open } = shared("shared.js");
    const widgets = [open(), open()];
    const before = widgets.map(({ model_id }) => model_id);
    state.set = [];
    const third = open();
    expect(state.set).toEqual([third.model_id]);
    // The watcher hasn't noticed this yet.
    writeFileSync(state.path, `${ESM} // 2`);
    state.set = [];
    const fourth = open();
    expect(state.set).toEqual([...before, third.model_id, fourth.model_id]);
    expect(kernel.messages(before[0] as string).at(-1)?.["state"]).toEqual({
      _esm: `${ESM} // 2`,
    });
  });

  it("reach the other widgets if one can't take them, which reports that", async () => {
    install("1");
    const { state, open } = shared("failing.js");
    const [first, second] = [open(), open()];
    state.failing = first.model_id;
    writeFileSync(state.path, `${ESM} // 2`);
    await vi.waitFor(() => expect(reports).not.toEqual([]), 10_000);
    expect(reports).toEqual([`${first.model_id}, updating _esm: cannot send`]);
    expect(kernel.messages(second.model_id).at(-1)?.["state"]).toEqual({ _esm: `${ESM} // 2` });
  });

  it("are sent again when they change, with ANYWIDGET_HMR=1, until the widget leaves or closes", async () => {
    const watching = install("1");
    const widget = fromFiles();
    expect(watching()).toBe(2);
    const sent = (): unknown => kernel.sent.at(-1)?.data["state"];
    writeFileSync(join(folder, "new"), `${ESM} // 2`);
    renameSync(join(folder, "new"), join(folder, "a b.js"));
    await vi.waitFor(() => expect(sent()).toEqual({ _esm: `${ESM} // 2` }), 10_000);
    writeFileSync(join(folder, "a.css"), "b{}");
    await vi.waitFor(() => expect(sent()).toEqual({ _css: "b{}" }), 10_000);
    widget[LEAVE]();
    expect(watching()).toBe(0);
    writeFileSync(join(folder, "a.css"), "c{}");
    openWidget(widget);
    expect(watching()).toBe(2);
    expect(sent()).toEqual({ _css: "c{}" });
    widget.close();
    expect(watching()).toBe(0);
  });
});
