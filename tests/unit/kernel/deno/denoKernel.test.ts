import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RemoteFrameBuffer, type Frame } from "../../../../src/kernel";
import { attachToDeno } from "../../../../src/kernel/deno/attach";
import type { DenoKernel } from "../../../../src/kernel/deno/denoKernel";
import { RECEIVER } from "../../../../src/kernel/deno/pageMessages";
import {
  DETAILS,
  DISPLAY,
  getKernel,
  installWidgetRuntime,
  LAST_EXPRESSION,
  Output,
  releaseOutputs,
  STATUS,
  unregisterKernel,
  WIDGET_VIEW,
  widgetRuntime,
} from "../../../../src/widgets";
import {
  display,
  interact,
  interact_manual,
  IntSlider,
  progress,
} from "../../../../src/widgets/coreWidgets";
import { FakeClock } from "../../../support/fakeClock";
import { collectLog, removeKernel } from "../../../support/kernels";

interface Sent {
  readonly type: string;
  readonly content: object;
  readonly metadata: object;
  readonly buffers: readonly Uint8Array[];
}

/** A Deno kernel's globals, which record what is sent. */
function fakeDeno() {
  const sent: Sent[] = [];
  const shown: [number, unknown][] = [];
  const printed: unknown[][] = [];
  const print = (...args: unknown[]): void => void printed.push(args);
  const results = {
    broadcastResult: (count: number, value: unknown): Promise<void> => {
      shown.push([count, value]);
      return Promise.resolve();
    },
  };
  const broadcast = vi.fn(
    (type: string, content: object, extra: Omit<Sent, "type" | "content">): Promise<void> => {
      sent.push({ type, content, ...extra });
      return Promise.resolve();
    },
  );
  const internal = Symbol("Deno.internal");
  const scope = {
    console: { debug: print, info: print, log: print, error: print, warn: print, table: print },
    Deno: {
      version: { deno: "2.9.6" },
      jupyter: { broadcast, display: vi.fn((_value: object) => undefined) },
      internal,
      [internal]: { jupyter: results },
    },
  };
  return { scope, sent, shown, printed, results, broadcast };
}

/** A fake Deno, and the kernel that was attached to it. */
function setUp(deno = fakeDeno()) {
  const attached = attachToDeno(deno.scope);
  if (attached.state !== "attached") throw new Error("Cannot attach");
  const kernel = attached.kernel as DenoKernel;
  const receive = (deno.scope as unknown as Record<symbol, (json: unknown) => void>)[RECEIVER];
  if (receive === undefined) throw new Error("Cannot find the function for pages");
  const from = (messages: readonly object[], base64 = true): void =>
    receive(JSON.stringify({ page: "p", base64, messages }));
  return { ...deno, kernel, receive, from };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let log: string[];
beforeEach(() => (log = collectLog()));
afterEach(removeKernel);

describe("attachToDeno", () => {
  it("does nothing where there is no Deno, or it runs a script", () => {
    const script = {
      get jupyter(): never {
        throw new Error("Deno.jupyter is only available in `deno jupyter`");
      },
    };
    expect(attachToDeno({})).toEqual({ state: "absent" });
    expect(attachToDeno({ Deno: script })).toEqual({ state: "absent" });
  });

  it("says why an unknown Deno isn't supported when a widget is used", () => {
    const jupyter = { broadcast: () => Promise.resolve() };
    unregisterKernel();
    const scope = { Deno: { version: { deno: "9.1.0" }, jupyter } };
    expect(attachToDeno(scope)).toEqual({ state: "unsupported" });
    expect(() => getKernel()).toThrow(
      "Cannot show a widget: Deno 9.1.0 isn't supported: Deno[Deno.internal].jupyter.broadcastResult: " +
        "expected a function, got undefined",
    );
  });

  it("uses the kernel of another copy of the package", () => {
    const { scope, kernel } = setUp();
    expect(attachToDeno(scope)).toEqual({ state: "attached", kernel });
  });
});

describe("DenoKernel", () => {
  it("sends comm messages in order, also where an older Deno is slow", async () => {
    const deno = fakeDeno();
    const { broadcast, sent } = deno;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    Object.assign(deno.scope.Deno.jupyter, {
      broadcast: async (...message: Parameters<typeof broadcast>) => {
        await released;
        await broadcast(...message);
      },
    });
    const { kernel } = setUp(deno);
    const handlers = { onMessage: () => undefined, onClose: () => undefined };
    const options = { targetName: "t", id: "c", data: { a: 1 }, metadata: { version: "2.1.0" } };
    const comm = kernel.openComm({ ...options, ...handlers });
    comm.send({ n: 1, nothing: undefined, when: new Date(0) });
    comm.close();
    await settle();
    expect(sent).toEqual([]);
    release();
    await settle();
    expect(sent.map(({ type, content, metadata }) => [type, content, metadata])).toEqual([
      ["comm_open", { comm_id: "c", target_name: "t", data: { a: 1 } }, { version: "2.1.0" }],
      ["comm_msg", { comm_id: "c", data: { n: 1, when: "1970-01-01T00:00:00.000Z" } }, {}],
      ["comm_close", { comm_id: "c", data: {} }, {}],
    ]);
  });

  it("sends what is displayed before what is printed after it", () => {
    const { scope, sent, printed } = setUp();
    // Text that was printed, and the views of widgets and text that were displayed, in order.
    const order: string[] = [];
    const all = (): void => {
      for (const { type, content } of sent.splice(0)) {
        if (type !== "display_data") continue;
        const { data } = content as { data: Record<string, unknown> };
        order.push(WIDGET_VIEW in data ? "widget" : String(data["text/plain"]));
      }
      for (const [text] of printed.splice(0)) order.push(String(text));
    };
    const print = (text: string): void => {
      // What Deno has got by now comes before the text.
      all();
      scope.console.log(text);
      all();
    };
    print("first");
    display(new IntSlider());
    print("after the slider");
    for (const step of progress([1, 2])) print(`step ${step}`);
    const output = new Output();
    display(output, "text");
    output.capture(() => scope.console.log("captured"));
    print("outside");
    expect(order).toEqual([
      "first",
      "widget",
      "after the slider",
      "widget",
      "step 1",
      "step 2",
      "widget",
      "text",
      "outside",
    ]);
  });

  it("keeps a widget open that a picture's method displays, and not one that an Output captures", async () => {
    const { kernel, sent } = setUp();
    const [shown, captured] = [new IntSlider(), new IntSlider()];
    class Picture extends RemoteFrameBuffer {
      override get_frame(): Frame {
        display(shown);
        new Output().capture(() => display(captured));
        return { data: new Uint8Array(2), shape: [1, 2] };
      }
    }
    new Picture().snapshot();
    releaseOutputs([]);
    expect([shown[STATUS], captured[STATUS]]).toEqual(["open", "left"]);
    expect(kernel.isCapturing).toBe(false);
    await settle();
    const displayed = sent.filter(({ type }) => type === "display_data");
    expect(displayed.map(({ content }) => content)).toMatchObject([
      { data: { [WIDGET_VIEW]: { model_id: shown.model_id } } },
    ]);
  });

  it("sends what follows a message that Deno refuses, and logs why", async () => {
    const { kernel, sent, broadcast } = setUp();
    broadcast.mockRejectedValueOnce(new Error("no"));
    kernel.display({ "text/plain": "a" });
    kernel.display({ "text/plain": "b" });
    await settle();
    expect(sent.map(({ content }) => content)).toEqual([
      { data: { "text/plain": "b" }, metadata: {}, transient: {} },
    ]);
    expect(log).toEqual([expect.stringContaining("Error in a message: Error: no")]);
  });

  it("sends binary parts as base64 once a page has said that it takes that", async () => {
    const { kernel, sent, from } = setUp();
    const handlers = { onMessage: () => undefined, onClose: () => undefined };
    const comm = kernel.openComm({ targetName: "t", id: "c", data: {}, ...handlers });
    comm.send({}, [Uint8Array.of(1, 2)]);
    from([]);
    comm.send({}, [Uint8Array.of(1, 2), Uint8Array.of(255)]);
    comm.send({});
    await settle();
    expect(sent.slice(1).map(({ metadata, buffers }) => [metadata, buffers])).toEqual([
      [{}, [Uint8Array.of(1, 2)]],
      [{ "jupyter-rfb-ts": { buffers: ["AQI=", "/w=="] } }, []],
      [{}, []],
    ]);
  });

  it("hands over what pages send, in order and with the page", () => {
    const { kernel, from } = setUp();
    const heard: unknown[] = [];
    kernel.registerTarget("t", (_comm, data) => {
      heard.push(data);
      return {
        onMessage: (message, buffers, peer) =>
          void heard.push([message, buffers, peer?.id, peer?.isReachable]),
        onClose: () => void heard.push("closed"),
      };
    });
    from([
      { type: "comm_open", content: { comm_id: "c", target_name: "t", data: { a: 1 } } },
      { type: "comm_msg", content: { comm_id: "c", data: "\u2028</script>" }, buffers: ["AQI="] },
      { type: "comm_close", content: { comm_id: "c", data: {} } },
    ]);
    const message = ["\u2028</script>", [Uint8Array.of(1, 2)], "p", false];
    expect(heard).toEqual([{ a: 1 }, message, "closed"]);
  });

  it.each([
    ["no text", undefined],
    ["no JSON", "{"],
    ["no object", "[]"],
    ["no page", `{"base64":true,"messages":[]}`],
    ["an unknown type", `{"page":"p","base64":true,"messages":[{"type":"x","content":{}}]}`],
    ["bad buffers", `{"page":"p","base64":true,"messages":[{"type":"comm_msg","buffers":[1]}]}`],
    ["no content", `{"page":"p","base64":true,"messages":[{"type":"comm_msg"}]}`],
    ["a bad content", `{"page":"p","base64":true,"messages":[{"type":"comm_msg","content":{}}]}`],
  ])("drops and counts %s", (_what, json) => {
    const { kernel, receive } = setUp();
    receive(json);
    expect(kernel.droppedMessages).toBe(1);
    expect(kernel.lastDropReason).toMatch(/expected/);
    expect(log).toEqual([]);
  });

  it("logs what a handler throws, and hands over the next message", () => {
    const { kernel, from } = setUp();
    const onMessage = vi.fn().mockImplementationOnce(() => {
      throw new Error("mistake");
    });
    kernel.openComm({ targetName: "t", id: "c", data: {}, onMessage, onClose: () => undefined });
    const message = { type: "comm_msg", content: { comm_id: "c", data: {} } };
    from([message, message]);
    expect(onMessage).toHaveBeenCalledTimes(2);
    expect(log).toEqual([expect.stringContaining("mistake")]);
  });

  it("replaces what was displayed", async () => {
    const { kernel, sent } = setUp();
    kernel.display({ "text/plain": "a" }, { displayId: "d" });
    kernel.display({ "image/png": Uint8Array.of(1, 2) }, { displayId: "d", update: true });
    await settle();
    expect(sent.map(({ type, content }) => [type, content])).toEqual([
      [
        "display_data",
        { data: { "text/plain": "a" }, metadata: {}, transient: { display_id: "d" } },
      ],
      [
        "update_display_data",
        { data: { "image/png": "AQI=" }, metadata: {}, transient: { display_id: "d" } },
      ],
    ]);
    expect(() => kernel.display({}, { update: true })).toThrow(TypeError);
  });
});

describe("last expressions", () => {
  it("are shown with their bytes and the size of pictures", async () => {
    const { results, sent, shown } = setUp();
    const metadata = { "image/png": { width: 3, height: 2 } };
    const bundle = { "image/png": Uint8Array.of(1, 2), [DETAILS]: { metadata } };
    await results.broadcastResult(7, { [DISPLAY]: () => bundle });
    expect(sent).toMatchObject([
      {
        type: "execute_result",
        content: { execution_count: 7, data: { "image/png": "AQI=" }, metadata },
      },
    ]);
    expect(shown).toEqual([]);
  });

  it("that have shown themselves show nothing more", async () => {
    const { results, sent, shown } = setUp();
    const value = { [DISPLAY]: () => ({ "text/plain": "x" }), [LAST_EXPRESSION]: () => undefined };
    await results.broadcastResult(1, value);
    expect([sent, shown]).toEqual([[], []]);
  });

  it.each([
    ["interact()", () => interact(({ a }) => a, { a: [1, 10] })],
    ["interact_manual()", () => interact_manual(({ a }) => a, { a: [1, 10] })],
    ["progress()", () => progress(5)],
  ])("that %s has shown are shown again by later cells only", async (_what, make) => {
    const { results, sent } = setUp();
    await results.broadcastResult(1, undefined);
    const shown = make();
    await results.broadcastResult(2, shown);
    const types = (): string[] => {
      return sent.splice(0).flatMap(({ type }) => (type.startsWith("comm_") ? [] : type));
    };
    expect(types()).toEqual(["display_data"]);
    await results.broadcastResult(3, shown);
    expect(types()).toEqual(["execute_result"]);
  });

  it("that a page's message has shown, or a failed cell before it, are shown by the next cell", async () => {
    const { results, kernel, from, sent } = setUp();
    const inFailedCell = interact(({ a }) => a, { a: 1 });
    let inHandler: unknown;
    const onMessage = (): void => void (inHandler = interact(({ a }) => a, { a: 1 }));
    kernel.openComm({ targetName: "t", id: "c", data: {}, onMessage, onClose: () => undefined });
    from([{ type: "comm_msg", content: { comm_id: "c", data: {} } }]);
    sent.length = 0;
    await results.broadcastResult(1, inHandler);
    await results.broadcastResult(2, inFailedCell);
    expect(sent.map(({ type }) => type)).toEqual(["execute_result", "execute_result"]);
  });

  it("without a display method are Deno's", async () => {
    const { results, sent, shown } = setUp();
    await results.broadcastResult(1, 42);
    expect([sent, shown]).toEqual([[], [[1, 42]]]);
  });

  it("whose method throws are an error of the cell", async () => {
    const { results, shown } = setUp();
    const error = new Error("mistake");
    const fail = (): never => {
      throw error;
    };
    await results.broadcastResult(3, { [DISPLAY]: fail });
    await results.broadcastResult(4, { [DISPLAY]: () => Promise.reject(error) });
    await settle();
    expect(shown.map(([count]) => count)).toEqual([3, 4]);
    for (const [, value] of shown) {
      expect(() => (value as { [DISPLAY](): unknown })[DISPLAY]()).toThrow(error);
    }
  });
});

describe("the end of a cell", () => {
  /** A kernel whose time a test advances. */
  function setUpClock() {
    const clock = new FakeClock();
    const { monotonic, delay } = clock;
    installWidgetRuntime({ ...widgetRuntime(), monotonic, delay });
    const deno = setUp();
    /** Ends a cell, which takes longer than `after` seconds, and no longer than `until`. */
    const expectEnd = async ({ after, until }: Record<"after" | "until", number>) => {
      const onEnd = vi.fn();
      void deno.results.broadcastResult(1, undefined).then(onEnd);
      await settle();
      clock.advance(after);
      await settle();
      expect(onEnd).not.toHaveBeenCalled();
      clock.advance(until - after);
      await settle();
      expect(onEnd).toHaveBeenCalledOnce();
    };
    return { clock, expectEnd, ...deno };
  }

  it.each([
    // What Deno's other thread took, on a machine that did nothing else.
    { what: "40 messages", ms: 8, count: 40, bytes: 0, base64: false },
    { what: "a megabyte as text", ms: 6, count: 1, bytes: 750_000, base64: true },
    { what: "a megabyte of bytes", ms: 40, count: 1, bytes: 1_000_000, base64: false },
  ])("waits until $what can have been sent", async ({ ms, count, bytes, base64 }) => {
    const { expectEnd, from, kernel } = setUpClock();
    from([], base64);
    for (let index = 0; index < count; index += 1) {
      kernel.publish("display_data", {}, bytes > 0 ? [new Uint8Array(bytes)] : []);
    }
    await expectEnd({ after: (ms + 5) / 1000, until: ms / 100 });
  });

  const large = "x".repeat(1_000_000);
  it.each<[string, (deno: ReturnType<typeof fakeDeno>) => unknown]>([
    ["prints", ({ scope }) => scope.console.log(large)],
    ["prints in another way", ({ scope }) => scope.console.table(large)],
    [
      "sends itself",
      ({ scope }) =>
        scope.Deno.jupyter.broadcast(
          "display_data",
          { data: { "text/plain": large } },
          { metadata: {}, buffers: [] },
        ),
    ],
  ])("waits for what the cell %s, too", async (_what, act) => {
    const { expectEnd, ...deno } = setUpClock();
    await act(deno);
    await expectEnd({ after: 0.015, until: 0.1 });
  });

  it("waits for what Deno's display() shows, which nobody else reads", async () => {
    const { expectEnd, scope } = setUpClock();
    const shown = {
      get data(): never {
        throw new Error("read");
      },
    };
    scope.Deno.jupyter.display(shown);
    await expectEnd({ after: 0.005, until: 0.02 });
  });

  it("doesn't wait for what has long been sent", async () => {
    const { clock, kernel, results } = setUpClock();
    await results.broadcastResult(1, undefined);
    kernel.publish("display_data", {}, [new Uint8Array(1_000_000)]);
    clock.advance(1);
    await results.broadcastResult(2, undefined);
  });
});

describe("capturing", () => {
  it("sends what is printed to an Output, and the rest to Deno", () => {
    const { scope, printed, kernel } = setUp();
    const output = new Output();
    output.capture(() => {
      scope.console.log("in %s", "side", { a: 1 });
      scope.console.warn("oh");
      kernel.display({ "text/plain": "shown" });
      expect(kernel.isCapturing).toBe(true);
    });
    scope.console.log("outside");
    expect(output.outputs).toMatchObject([
      { name: "stdout", text: "in side { a: 1 }\n" },
      { name: "stderr", text: "oh\n" },
      { data: { "text/plain": "shown" } },
    ]);
    expect(printed).toEqual([["outside"]]);
    expect(kernel.runIn("a cell", () => 5)).toBe(5);
  });
});
