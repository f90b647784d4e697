import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  interact,
  IntSlider,
  Output,
  progress,
  RemoteFrameBuffer,
  type Frame,
  type RfbEvent,
} from "../../../src/lite";
import { attachToLite } from "../../../src/lite/attach";
import {
  DETAILS,
  DISPLAY,
  openWidgets,
  releaseOutputs,
  STATUS,
  unregisterKernel,
} from "../../../src/widgets";
import { WIDGET_VIEW } from "../../../src/widgets/widgetHooks";
import { decodePng } from "../../support/decodeImage";
import { FakeLite } from "../../support/fakeLite";

/** A picture of one colour. */
class Plain extends RemoteFrameBuffer {
  color = [10, 20, 30];
  override get_frame(): Frame {
    return { data: Uint8Array.from([...this.color, ...this.color]), shape: [1, 2, 3] };
  }
}

/** After the promises that are settled. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

let lite: FakeLite;

beforeEach(() => {
  lite = new FakeLite();
  attachToLite(lite);
});

afterEach(() => {
  for (const widget of openWidgets()) widget.close();
  unregisterKernel();
});

/** The text that an Output shows. */
const textOf = ({ outputs }: Output): string =>
  outputs.map((item) => String((item as { text?: unknown }).text ?? item["output_type"])).join("");

describe("outside of the kernel", () => {
  it.each([
    [
      {},
      /works in notebooks of JupyterLite's JavaScript kernel only; in tslab, import jupyter-rfb-ts$/,
    ],
    [
      { Jupyter: {}, display: (): void => undefined },
      /has no comms; update jupyterlite-javascript-kernel/,
    ],
    [{ Jupyter: { comm: {} }, display: (): void => undefined }, /has no comms/],
  ])("showing a widget says what to do: %o", (scope, reason) => {
    unregisterKernel();
    attachToLite(scope);
    expect(() => new IntSlider()[DISPLAY]()).toThrow(reason);
  });
});

describe("a comm", () => {
  it("carries the state, messages and buffers both ways, and is closed once", async () => {
    const slider = new IntSlider({ value: 3 });
    await lite.run("cell 1", () => slider);
    const opened = lite
      .ofType("comm_open")
      .find(({ content }) => content?.["comm_id"] === slider.model_id);
    expect(opened?.content).toMatchObject({
      target_name: "jupyter.widget",
      data: { state: { value: 3 } },
      metadata: { version: "2.1.0" },
    });
    await lite.deliver(slider.model_id, {
      method: "update",
      state: { value: 5 },
      buffer_paths: [],
    });
    expect(slider.value).toBe(5);

    const received: unknown[] = [];
    slider.on_msg((content, buffers) =>
      received.push([content, ...buffers.map((each) => [...each])]),
    );
    await lite.deliver(slider.model_id, { method: "custom", content: "hi" }, [
      Uint8Array.of(1, 2).buffer,
    ]);
    expect(received).toEqual([["hi", [1, 2]]]);

    // Of a larger memory only the part that is sent.
    slider.send("bytes", [Uint8Array.of(1, 2, 3, 4).subarray(1, 3)]);
    const { buffers } = lite.ofType("comm_msg").at(-1) ?? {};
    expect(buffers?.map((buffer) => [...new Uint8Array(buffer)])).toEqual([[2, 3]]);

    slider.close();
    slider.close();
    const closed = lite
      .ofType("comm_close")
      .filter(({ content }) => content?.["comm_id"] === slider.model_id);
    expect(closed).toHaveLength(1);
  });

  it("that the page closes closes the widget", async () => {
    const slider = new IntSlider();
    await lite.run("cell 1", () => slider);
    await lite.deliver(slider.model_id, { method: "request_state" });
    lite.closeFromPage(slider.model_id);
    expect(() => slider[DISPLAY]()).not.toThrow();
    expect(() => slider.send("late")).toThrow("the widget is closed");
  });

  it("answers a page that asks for all widgets", async () => {
    const slider = new IntSlider({ value: 8 });
    await lite.run("cell 1", () => slider);
    lite.openFromPage("control", "jupyter.widget.control", {});
    await lite.deliver("control", { method: "request_states" });
    const answer = lite
      .ofType("comm_msg")
      .find(({ content }) => content?.["comm_id"] === "control");
    expect(answer?.content).toMatchObject({
      data: { method: "update_states", states: { [slider.model_id]: { state: { value: 8 } } } },
    });
  });
});

describe("the last expression of a cell", () => {
  it("shows a widget", async () => {
    const slider = new IntSlider();
    await lite.run("cell 1", () => slider);
    expect(lite.ofType("execute_result").at(-1)?.bundle?.data).toMatchObject({
      [WIDGET_VIEW]: { model_id: slider.model_id },
      "text/plain": "IntSlider()",
    });
  });

  it("shows what interact() has shown no second time", async () => {
    await lite.run("cell 1", () => interact(({ x }) => x, { x: 3 }));
    expect(lite.ofType("display_data")).toHaveLength(1);
    expect(lite.ofType("execute_result").map(({ bundle }) => bundle?.data)).toEqual([{}]);
  });

  it("is no progress bar that was made in this cell, and is shown", async () => {
    let bar = progress(4);
    await lite.run("cell 1", () => (bar = progress(4)));
    expect(lite.ofType("execute_result").map(({ bundle }) => bundle?.data)).toEqual([{}]);
    await lite.run("cell 2", () => bar);
    const text = lite.ofType("execute_result").at(-1)?.bundle?.data?.["text/plain"];
    expect(text).toMatch(/^ProgressBar\(0%.*0\/4/);
  });

  it("shows a snapshot, once it is encoded, at its logical size", async () => {
    const picture = new Plain({ css_width: "2px", css_height: "1px" });
    await lite.run("cell 1", () => picture.snapshot());
    await expect.poll(() => lite.ofType("update_display_data")).toHaveLength(1);
    const [placeholder] = lite.ofType("display_data");
    const [shown] = lite.ofType("update_display_data");
    expect(shown?.bundle?.transient).toEqual(placeholder?.bundle?.transient);
    expect(shown?.bundle).toMatchObject({
      data: { "text/plain": "Snapshot(2 x 1)" },
      metadata: { "image/png": { width: 2, height: 1 } },
    });
    const png = Buffer.from(String(shown?.bundle?.data?.["image/png"]), "base64");
    expect([...decodePng(png).rgba.subarray(0, 3)]).toEqual([10, 20, 30]);
  });

  it("shows a snapshot in a kernel that can replace nothing, too", async () => {
    lite = new FakeLite(true);
    attachToLite(lite);
    await lite.run("cell 1", () => new Plain().snapshot());
    await expect
      .poll(() => lite.ofType("display_data").at(-1)?.bundle?.data)
      .toHaveProperty("image/png");
  });

  it("that can't be shown says why", async () => {
    class Broken extends IntSlider {
      override [DISPLAY](): never {
        throw new Error("no ink");
      }
    }
    await lite.run("cell 1", () => new Broken());
    expect(lite.printed).toMatch(/^stderr: Error: no ink/);
  });

  it("opens nothing when it is only printed", async () => {
    const slider = new IntSlider({ value: 4 });
    await lite.run("cell 1", () => lite.console.log("It is", slider));
    expect(lite.printed).toBe("stdout: It is IntSlider(value=4)\n");
    expect(lite.ofType("comm_open")).toEqual([]);
  });
});

describe("the kernel's display()", () => {
  it("shows what interact() has shown a second time, and a progress bar as text", async () => {
    await lite.run("cell 1", () => {
      const shown = interact(({ x }) => x, { x: 3 });
      lite.display(shown, { isolated: true });
      lite.display(progress(4));
    });
    const bundles = lite.ofType("display_data").map(({ bundle }) => bundle);
    const [first, second, bar, text] = bundles;
    expect(first?.data).toHaveProperty([WIDGET_VIEW]);
    expect(second?.data).toEqual(first?.data);
    expect([first, second].map((one) => one?.metadata)).toEqual([{}, { isolated: true }]);
    expect(bar?.data).toHaveProperty([WIDGET_VIEW]);
    expect(text?.data?.["text/plain"]).toMatch(/^ProgressBar\(/);
    expect(bundles).toHaveLength(4);
  });

  it("shows a snapshot once, not with an empty output before it", async () => {
    await lite.run("cell 1", () => lite.display(new Plain().snapshot()));
    await expect.poll(() => lite.ofType("update_display_data")).toHaveLength(1);
    expect(lite.ofType("display_data").map(({ bundle }) => bundle?.data)).toEqual([
      { "text/plain": "pending ..." },
    ]);
  });

  it("leaves other values to the kernel", async () => {
    await lite.run("cell 1", () => lite.display({ _toMime: () => ({ "text/html": "a" }) }));
    expect(lite.ofType("display_data").at(-1)?.bundle?.data).toEqual({ "text/html": "a" });
  });
});

describe("an Output that captures", () => {
  it("gets the metadata of what is displayed, besides that of the value", async () => {
    const out = new Output();
    await lite.run("cell 1", () =>
      out.capture(() => {
        lite.display({ "text/html": "<p>" }, { "text/html": { isolated: true } });
        lite.display({ "text/html": "<p>", [DETAILS]: { metadata: { "text/html": { a: 1 } } } });
        lite.display(new Plain({ css_width: "2px", css_height: "1px" }).snapshot(), { b: 2 });
      }),
    );
    const metadata = (): unknown[] => out.outputs.map((item) => item["metadata"]);
    await expect
      .poll(metadata)
      .toEqual([
        { "text/html": { isolated: true } },
        { "text/html": { a: 1 } },
        { "image/png": { width: 2, height: 1 }, b: 2 },
      ]);
  });

  it("gets what its async functions print later, while another has one that began before", async () => {
    const [out, other] = [new Output(), new Output()];
    const ends: (() => void)[] = [];
    const wait = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
    await lite.run("cell 1", () => {
      for (const one of [out, other, out]) void one.capture(wait);
    });
    // Of all that run, the newest gets what is printed.
    ends[2]?.();
    await turn();
    lite.console.log("of the other");
    ends[1]?.();
    await turn();
    lite.console.log("of the first");
    expect([textOf(out), textOf(other)]).toEqual(["of the first\n", "of the other\n"]);
  });

  it("gets what a function prints, displays and throws, and the cell gets the rest", async () => {
    const out = new Output();
    await lite.run("cell 1", () => {
      out.capture(() => {
        lite.console.log("in", 1);
        lite.console.error("wrong");
        lite.display(new IntSlider({ value: 9 }));
        throw new RangeError("too far");
      });
      lite.console.log("behind");
      return out;
    });
    expect(out.outputs.map((item) => item["output_type"])).toEqual([
      ...["stream", "stream", "display_data", "error"],
    ]);
    expect(out.outputs[0]).toMatchObject({ name: "stdout", text: "in 1\n" });
    expect(lite.printed).toBe("stdout: behind\n");
  });

  it("gets what an async function prints later, but not what a cell prints meanwhile", async () => {
    const out = new Output();
    let go: () => void = () => undefined;
    const wait = (): Promise<void> => new Promise((resolve) => (go = resolve));
    await lite.run("cell 1", () => {
      void out.capture(async () => {
        await wait();
        lite.console.log("later");
        await wait();
        lite.console.log("in another cell");
      });
    });
    go();
    await turn();
    expect(textOf(out)).toBe("later\n");
    await lite.run("cell 2", async () => {
      lite.console.log("cell");
      go();
      await turn();
    });
    expect(textOf(out)).toBe("later\n");
    expect(lite.printed).toBe("stdout: cell\nstdout: in another cell\n");
    lite.console.log("end");
    expect(lite.printed).toMatch(/stdout: end\n$/);
  });

  it("inside another one gets its own", async () => {
    const [outer, inner] = [new Output(), new Output()];
    await lite.run("cell 1", () =>
      outer.capture(() => {
        lite.console.log("one");
        inner.capture(() => lite.console.log("two"));
        lite.console.log("three");
      }),
    );
    expect([textOf(outer), textOf(inner)]).toEqual(["one\nthree\n", "two\n"]);
  });
});

describe("what the methods of a picture print", () => {
  it("appears below it, as the kernel can't print in the cell any more", async () => {
    class Talking extends Plain {
      override handle_event({ event_type }: RfbEvent): void {
        if (event_type !== "pointer_down") return;
        lite.console.log("pressed", { x: 1 });
        lite.console.error("ouch");
      }
    }
    const picture = new Talking();
    await lite.run("cell 1", () => picture);
    const event = {
      event_type: "pointer_down",
      x: 1,
      y: 1,
      button: 1,
      buttons: [1],
      modifiers: [],
    };
    const content = { ...event, ntouches: 0, touches: {}, time_stamp: 0 };
    await lite.deliver(picture.model_id, { method: "custom", content });
    const sent = (): string => JSON.stringify(lite.outputs);
    await expect.poll(sent).toMatch(/"_model_name":"OutputModel"/);
    await expect.poll(sent).toMatch(/"text":"pressed .*"name":"stderr".*"text":"ouch/);
    expect(lite.printed).toBe("");
  });
});

describe("what the methods of a picture display", () => {
  it("appears in a cell, which keeps widgets open", async () => {
    const slider = new IntSlider();
    class Displaying extends Plain {
      override handle_event({ event_type }: RfbEvent): void {
        if (event_type === "close") lite.display(slider);
      }
    }
    const picture = new Displaying();
    await lite.run("cell 1", () => picture);
    await lite.deliver(picture.model_id, {
      method: "custom",
      content: { event_type: "close", time_stamp: 0 },
    });
    await expect
      .poll(() => lite.ofType("display_data").at(-1)?.bundle?.data)
      .toMatchObject({ [WIDGET_VIEW]: { model_id: slider.model_id } });
    releaseOutputs([]);
    expect(slider[STATUS]).toBe("open");
  });

  it("goes with the Output that captures it there", async () => {
    const [slider, out] = [new IntSlider(), new Output()];
    class Displaying extends Plain {
      override get_frame(): Frame {
        out.capture(() => lite.display(slider));
        return super.get_frame();
      }
    }
    await lite.run("cell 1", () => {
      new Displaying().snapshot();
      return out;
    });
    expect(slider[STATUS]).toBe("open");
    out.clear_output();
    await turn();
    expect(slider[STATUS]).toBe("left");
  });
});

describe("what a picture prints that no cell shows", () => {
  it("goes to the stream that it was printed to", async () => {
    class Talking extends Plain {
      override get_frame(): Frame {
        lite.console.log("drawn");
        lite.console.error("badly");
        return super.get_frame();
      }
    }
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await lite.run("cell 1", () => void new Talking().snapshot());
    expect([log.mock.calls, error.mock.calls]).toEqual([[["drawn"]], [["badly"]]]);
    vi.restoreAllMocks();
  });
});

describe("what a picture has printed below it", () => {
  it("is printed again when it is closed, as nothing shows it any more", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const picture = new (class extends Plain {
      override handle_event(): void {
        lite.console.error("ouch");
      }
    })();
    await lite.run("cell 1", () => picture);
    await lite.run("cell 2", () => {
      picture.print("one");
      picture.print("two");
    });
    expect(log).not.toHaveBeenCalled();
    await lite.run("cell 3", () => picture.close());
    expect(log.mock.calls).toEqual([["one\ntwo"]]);
    expect(error.mock.calls).toEqual([["ouch"]]);
    vi.restoreAllMocks();
  });
});

describe("files", () => {
  it("are refused, with what to do instead", async () => {
    const picture = new Plain();
    await expect(picture.save_picture("a.png")).rejects.toThrow(
      "save_picture() needs Node, and JupyterLite has none; use snapshot(), or the tools over the picture",
    );
    await expect(picture.record_video("a.mp4", 1)).rejects.toThrow("record_video() needs Node");
  });
});
