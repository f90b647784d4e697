import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TslabProcess, type KernelMessage } from "../support/tslabProcess";

const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/** A cell that declares a widget of one color, which a press of a button changes. */
const DECLARE = `
import { RemoteFrameBuffer, type RfbEvent } from "jupyter-rfb-ts";
class Plain extends RemoteFrameBuffer {
  level = 40;
  seen: string[] = [];
  get_frame() {
    return { data: new Uint8Array(8 * 6 * 3).fill(this.level), shape: [6, 8, 3] };
  }
  handle_event(event: RfbEvent) {
    this.seen.push(event.event_type);
    if (event.event_type === "pointer_down") { this.level = 200; this.request_draw(); }
  }
}
`;

function data(message: KernelMessage): Record<string, unknown> {
  return message.content.data as Record<string, unknown>;
}

function custom(message: KernelMessage): Record<string, unknown> | undefined {
  if (message.type !== "comm_msg" || data(message).method !== "custom") return undefined;
  return data(message).content as Record<string, unknown>;
}

describe("a RemoteFrameBuffer in a real tslab kernel", () => {
  let tslab: TslabProcess;

  beforeAll(async () => {
    tslab = await TslabProcess.start();
    const declared = await tslab.execute(DECLARE);
    expect(declared.stderr).toBe("");
  });

  afterAll(() => tslab.dispose());

  /** Plays the part of the view of one widget. */
  function view(modelId: string) {
    const frames = (): KernelMessage[] =>
      tslab.messages.filter(
        (message) =>
          message.content.comm_id === modelId && custom(message)?.type === "framebufferdata",
      );
    const message = (content: object): string =>
      tslab.send("comm_msg", { comm_id: modelId, data: { method: "custom", content } });
    return {
      message,
      frames,
      state: (state: object): string =>
        tslab.send("comm_msg", {
          comm_id: modelId,
          data: { method: "update", state, buffer_paths: [] },
        }),
      frame: async (index: number): Promise<KernelMessage> =>
        tslab.waitFor(
          `frame ${index}`,
          (one) => one.content.comm_id === modelId && custom(one)?.index === index,
        ),
      acknowledge: (frame: KernelMessage): string =>
        message({
          type: "frame_feedback",
          index: custom(frame)?.index,
          timestamp: custom(frame)?.timestamp,
          localtime: Date.now() / 1000,
        }),
    };
  }

  async function show(code: string): Promise<{ modelId: string; id: string }> {
    const { id, messages, stderr } = await tslab.execute(code);
    expect(stderr).toBe("");
    const shown = messages.filter((message) => message.type === "display_data");
    const bundle = data(shown[0] as KernelMessage);
    const { model_id: modelId } = bundle[WIDGET_VIEW] as { model_id: string };
    return { modelId, id };
  }

  /** The text that the widget's Output widget shows, once it is as expected. */
  async function printed(modelId: string, text: RegExp): Promise<string> {
    const stateOf = (message: KernelMessage): Readonly<Record<string, unknown>> =>
      (data(message) as { state?: Record<string, unknown> } | undefined)?.state ?? {};
    const opened = await tslab.waitFor(
      "its first text",
      (one) => one.content.comm_id === modelId && typeof stateOf(one)._output === "string",
    );
    const outputId = String(stateOf(opened)._output).replace("IPY_MODEL_", "");
    const textOf = (message: KernelMessage): string => {
      if (message.content.comm_id !== outputId) return "";
      const outputs = (stateOf(message).outputs ?? []) as { text?: string }[];
      return outputs.map((one) => one.text ?? "").join("");
    };
    return textOf(await tslab.waitFor(`the text ${text.source}`, (one) => text.test(textOf(one))));
  }

  it("shows as a last expression, draws when a view can be seen, and ends in a lossless frame", async () => {
    const { modelId } = await show(`const w1 = new Plain(); w1`);
    const browser = view(modelId);
    browser.message({ type: "hello", version: 1 });
    browser.state({ _has_visible_views: true });
    const first = await browser.frame(1);
    expect(custom(first)).toMatchObject({ mimetype: "image/jpeg", data_b64: null });
    const picture = jpeg.decode(first.buffers[0] as Buffer);
    expect([picture.width, picture.height]).toEqual([8, 6]);
    browser.acknowledge(first);
    const second = await browser.frame(2);
    expect(custom(second)?.mimetype).toBe("image/png");
    const still = PNG.sync.read(second.buffers[0] as Buffer);
    expect([...still.data.subarray(0, 4)]).toEqual([40, 40, 40, 255]);
    browser.acknowledge(second);

    browser.message({
      type: "pointer_down",
      x: 1,
      y: 2,
      button: 1,
      buttons: [1],
      modifiers: [],
      ntouches: 0,
      touches: {},
      timestamp: 1,
    });
    const third = await browser.frame(3);
    expect(jpeg.decode(third.buffers[0] as Buffer).data[0]).toBeGreaterThan(190);
    browser.acknowledge(third);
    const asked = await tslab.execute(
      "console.log(JSON.stringify([w1.seen, w1.get_stats().confirmed_frames]))",
    );
    expect(JSON.parse(asked.stdout)).toEqual([["resize", "pointer_down"], 2]);
  });

  it("keeps no more frames in flight than allowed, and is driven by jupyter_rfb's receipts as well", async () => {
    const { modelId } = await show(`
      const w2 = new Plain({
        ...{ quality: 100, max_buffered_frames: 3, detect_changes: false, keep_picture: false },
      });
      w2`);
    const browser = view(modelId);
    browser.state({ _has_visible_views: true });
    await browser.frame(1);
    for (let i = 0; i < 6; i++) await tslab.execute("w2.request_draw()");
    await browser.frame(3);
    // Each cell is answered after the draw that it requested, since a draw comes before the next message is read.
    const { stdout } = await tslab.execute("console.log(w2.get_stats().drawn_frames)");
    expect(stdout.trim()).toBe("3");
    expect(browser.frames()).toHaveLength(3);
    browser.state({ _frame_feedback: { index: 3, timestamp: 1, localtime: 1 } });
    await browser.frame(4);
  });

  it("sends thousands of messages in one turn without losing one", async () => {
    const { modelId } = await show(`const w3 = new Plain({ quality: 100 }); w3`);
    await tslab.execute(`
      for (let i = 1; i <= 2000; i++) w3.send({ number: i }, [new Uint8Array(400).fill(i)]);`);
    const numbers = () =>
      tslab.messages.flatMap((message) =>
        message.content.comm_id === modelId ? (custom(message)?.number ?? []) : [],
      );
    await tslab.waitFor("the last message", (one) => custom(one)?.number === 2000);
    expect(numbers()).toEqual(Array.from({ length: 2000 }, (_, at) => at + 1));
  });

  it("keeps sending while front ends connect and disconnect", async () => {
    const { modelId } = await show(`const w13 = new Plain({ quality: 100 }); w13`);
    for (let visit = 1; visit <= 40; visit++) {
      const leave = await tslab.visit();
      const before = tslab.execute(`w13.send({ number: ${visit} })`);
      leave();
      await before;
    }
    expect(tslab.isRunning).toBe(true);
    const numbers = tslab.messages.flatMap((message) =>
      message.content.comm_id === modelId ? (custom(message)?.number ?? []) : [],
    );
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  });

  it("sends the newest of thousands of frames of one turn, and counts those that it replaced", async () => {
    const { modelId } = await show(`const w12 = new Plain({ quality: 100 }); w12`);
    const browser = view(modelId);
    const { stdout } = await tslab.execute(`
      for (let i = 0; i < 2000; i++) {
        w12.send_frame({ data: new Uint8Array(4).fill(i % 251), shape: [2, 2] });
      }
      await new Promise<void>((resolve) => {
        const look = () => (w12.get_stats().sent_frames < 3 ? setImmediate(look) : resolve());
        look();
      });
      const { drawn_frames, replaced_frames, sent_frames } = w12.get_stats();
      console.log(JSON.stringify([drawn_frames, replaced_frames, sent_frames]));`);
    expect(JSON.parse(stdout)).toEqual([2000, 1997, 3]);
    const last = await browser.frame(3);
    expect(PNG.sync.read(last.buffers[0] as Buffer).data[0]).toBe(1999 % 251);
  });

  it("sends the whole picture again to a view that comes anew", async () => {
    const { modelId } = await show(`const w4 = new Plain({ quality: 100 }); w4`);
    const browser = view(modelId);
    browser.message({ type: "hello", version: 1 });
    browser.state({ _has_visible_views: true });
    const first = await browser.frame(1);
    const control = "a-control-comm";
    tslab.send("comm_open", { comm_id: control, target_name: "jupyter.widget.control", data: {} });
    tslab.send("comm_msg", { comm_id: control, data: { method: "request_states" } });
    const states = await tslab.waitFor(
      "update_states",
      (message) => message.content.comm_id === control && data(message).method === "update_states",
    );
    expect((data(states).states as Record<string, object>)[modelId]).toMatchObject({
      model_name: "RemoteFrameBufferModel",
      state: { css_width: "500px", resizable: true, _has_visible_views: true },
    });
    browser.message({ type: "hello", version: 1 });
    const again = await browser.frame(2);
    expect(again.buffers[0]?.equals(first.buffers[0] as Buffer)).toBe(true);
  });

  it("sends the whole picture again to a view without a hello that asks for the state", async () => {
    const { modelId } = await show(`const w13 = new Plain({ quality: 100 }); w13`);
    const browser = view(modelId);
    browser.state({ _has_visible_views: true });
    browser.acknowledge(await browser.frame(1));
    tslab.send("comm_msg", { comm_id: modelId, data: { method: "request_state" } });
    browser.acknowledge(await browser.frame(2));
    const control = "another-control-comm";
    tslab.send("comm_open", { comm_id: control, target_name: "jupyter.widget.control", data: {} });
    tslab.send("comm_msg", { comm_id: control, data: { method: "request_states" } });
    await browser.frame(3);
  });

  it("lets cells run, and the corrected one at once, while an animation throws in each draw", async () => {
    const { modelId } = await show(`
      class Broken extends Plain {
        isBroken = true;
        calls = 0;
        get_frame() {
          this.request_draw();
          this.level = (this.calls += 1) % 128;
          if (this.isBroken) throw new Error("broken");
          return super.get_frame();
        }
      }
      const w14 = new Broken(); w14`);
    const browser = view(modelId);
    browser.message({ type: "hello", version: 1 });
    browser.state({ _has_visible_views: true });
    await printed(modelId, /Error: broken[^]*\(\d+ times\)/);
    const sent = tslab.messages.length;
    expect((await tslab.execute("console.log(6 * 7)")).stdout).toBe("42\n");
    const { stdout } = await tslab.execute(`
      const before = w14.calls;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      console.log(w14.calls - before)`);
    // 60 a second at most, and fewer after errors.
    expect(Number(stdout)).toBeLessThan(60);
    expect(tslab.messages.length - sent).toBeLessThan(100);
    expect((await tslab.execute("w14.isBroken = false")).stderr).toBe("");
    for (const index of [1, 2, 3]) browser.acknowledge(await browser.frame(index));
    await tslab.execute("w14.close()");
  });

  it("answers a frontend under the header of its message, by which it knows the answer", async () => {
    const { modelId } = await show(`const w11 = new Plain(); w11`);
    const browser = view(modelId);
    const update = browser.state({ _has_visible_views: true });
    const ask = tslab.send("comm_msg", { comm_id: modelId, data: { method: "request_state" } });
    const answer = (id: string) =>
      tslab.waitFor(`the answer to ${id}`, (one) => one.type === "comm_msg" && one.parentId === id);
    expect(data(await answer(update))).toMatchObject({ method: "echo_update" });
    expect(data(await answer(ask))).toMatchObject({
      method: "update",
      state: { _model_name: "RemoteFrameBufferModel" },
    });
  });

  it("sends all under one session, as JupyterLab discards messages when it changes", async () => {
    const { modelId } = await show(`const w12 = new Plain({ quality: 100 }); w12`);
    const browser = view(modelId);
    browser.state({ _has_visible_views: true });
    await browser.frame(1);
    const sessions = tslab.messages.map((message) => message.header.session);
    expect(new Set(sessions)).toEqual(new Set(["tests"]));
  });

  it("shows what callbacks print and throw at the widget's own cell, and goes on", async () => {
    const { modelId } = await show(`
      class Failing extends Plain {
        draws = 0;
        get_frame() {
          this.print("draw", ++this.draws);
          if (this.draws === 1) throw new Error("no picture yet");
          if (this.draws === 2) return { data: new Uint8Array(5), shape: [6, 8, 3] };
          return super.get_frame();
        }
        async handle_event(event: RfbEvent) {
          await Promise.resolve();
          throw new Error("cannot " + event.event_type);
        }
      }
      const w5 = new Failing({ quality: 100 });
      w5`);
    const another = await tslab.execute(`console.log("another cell")`);
    const browser = view(modelId);
    browser.state({ _has_visible_views: true });
    await printed(modelId, /draw 1[^]*get_frame: Error: no picture yet/);
    browser.message({
      type: "resize",
      width: 8,
      height: 6,
      pwidth: 8,
      pheight: 6,
      ratio: 1,
      timestamp: 0,
    });
    await printed(modelId, /handle_event: Error: cannot resize/);
    const text = await printed(modelId, /get_frame: RangeError: [^]*144[^]*5/);
    expect(text).not.toMatch(/node:internal|framebuffer[\\/]session/);
    browser.message({ type: "resize", width: "wide" });
    await printed(modelId, /message: [^]*wide/);
    await tslab.execute("w5.request_draw()");
    await browser.frame(1);
    expect(tslab.outputOf(another.id).filter((one) => one.type === "stream")).toHaveLength(1);
  });

  it("gives a snapshot at once, or later where drawing takes time", async () => {
    const still = await tslab.execute(`
      const w6 = new Plain({ css_width: "80px", css_height: "60px" });
      const picture = w6.snapshot(2);
      console.log(JSON.stringify([w6.seen, picture.data?.shape, picture.data?.data[0]]));
      picture`);
    expect(JSON.parse(still.stdout)).toEqual([["resize"], [6, 8, 3], 40]);
    // Part of its cell: whoever runs the notebook and saves it has the picture.
    const shown = still.messages.find((message) => message.type === "display_data");
    if (shown === undefined) throw new Error("The snapshot was not shown");
    expect(shown.content.metadata).toEqual({ "image/png": { width: 80, height: 60 } });
    const png = PNG.sync.read(Buffer.from(String(data(shown)["image/png"]), "base64"));
    expect([png.width, png.height, png.data[0]]).toEqual([8, 6, 40]);

    const later = await tslab.execute(`
      let finish: (frame: any) => void = () => {};
      class Slow extends RemoteFrameBuffer {
        get_frame() { return new Promise<any>((done) => { finish = done; }); }
      }
      const w7 = new Slow();
      const slow = w7.snapshot();
      slow`);
    const placeholder = later.messages.find((message) => message.type === "display_data");
    expect(placeholder?.content.data).toEqual({ "text/plain": "pending ..." });
    const { display_id: displayId } = placeholder?.content.transient as { display_id: string };
    await tslab.execute(
      `finish({ data: new Uint8Array(4).fill(9), shape: [2, 2] }); await slow.ready; console.log(slow.data?.data[0])`,
    );
    const update = await tslab.waitFor(
      "the picture in the placeholder's place",
      (message) =>
        message.type === "update_display_data" &&
        "image/png" in data(message) &&
        (message.content.transient as { display_id?: string }).display_id === displayId,
    );
    expect(data(update)).toHaveProperty("image/png");
  });

  it("emits one close event, from whichever side it is closed, and lets the cell know", async () => {
    const { modelId } = await show(`const w8 = new Plain(); w8`);
    await tslab.execute("w8.close(); w8.close();");
    await tslab.waitFor(
      "comm_close",
      (message) => message.type === "comm_close" && message.content.comm_id === modelId,
    );
    expect((await tslab.execute("console.log(w8.seen.join())")).stdout).toBe("resize,close\n");

    const parting = await show(`
      class Parting extends Plain {
        handle_event(event: RfbEvent) {
          super.handle_event(event);
          if (event.event_type !== "close") return;
          this.print("good bye");
          throw new Error("not yet");
        }
      }
      const w10 = new Parting();
      w10`);
    await tslab.execute("w10.close()");
    const inItsCell = (text: string): Promise<KernelMessage> =>
      tslab.waitFor(
        text,
        ({ parentId, type, content }) =>
          parentId === parting.id && type === "stream" && String(content.text).includes(text),
      );
    expect((await inItsCell("good bye\n")).content.name).toBe("stdout");
    expect((await inItsCell("handle_event: Error: not yet")).content.name).toBe("stderr");

    const other = await show(`const w9 = new Plain(); w9`);
    view(other.modelId).message({ type: "close", timestamp: 1 });
    tslab.send("comm_close", { comm_id: other.modelId, data: {} });
    expect((await tslab.execute("console.log(w9.seen.join())")).stdout).toBe("resize,close\n");
    const info = tslab.send("comm_info_request", { target_name: "jupyter.widget" });
    const reply = await tslab.waitFor(
      "comm_info_reply",
      (one) => one.parentId === info && one.type === "comm_info_reply",
    );
    expect(Object.keys(reply.content.comms as object)).not.toContain(other.modelId);
  });

  it("shows in the cell that imports the library, and after a cell whose last expression is null", async () => {
    const fresh = await TslabProcess.start();
    try {
      const imported = await fresh.execute(`${DECLARE}\nconst first = new Plain(); first`);
      expect(imported.stdout).toBe("");
      expect(imported.messages.map((message) => data(message) ?? {})).toContainEqual(
        expect.objectContaining({ [WIDGET_VIEW]: expect.anything() as unknown }),
      );
      await fresh.execute("null");
      expect((await fresh.execute("first")).stdout).toBe("");
    } finally {
      await fresh.dispose();
    }
  });

  it("prints its values, and of its fields those of its own class only", async () => {
    expect((await tslab.execute("console.log(new Plain({ quality: 70 }))")).stdout).toBe(
      "Plain(quality=70) { level: 40, seen: [] }\n",
    );
  });

  it("can be interrupted in an endless get_frame() and handle_event(), and cells go on", async () => {
    const { modelId } = await show(`
      class Endless extends Plain {
        get_frame(): never { console.log("in get_frame"); for (;;); }
        handle_event(event: RfbEvent) {
          if (event.event_type === "key_down") { console.log("in handle_event"); for (;;); }
        }
      }
      const w20 = new Endless({ keep_picture: false }); w20
    `);
    const browser = view(modelId);
    const isPrinted =
      (text: string) =>
      (message: KernelMessage): boolean =>
        message.type === "stream" && String(message.content.text).includes(text);
    browser.message({ type: "hello", version: 1 });
    browser.state({ _has_visible_views: true });
    await tslab.waitFor("the loop in get_frame", isPrinted("in get_frame"));
    tslab.interrupt();
    await printed(modelId, /Endless, get_frame: Error: interrupted/);
    // It is hidden before it draws again.
    browser.state({ _has_visible_views: false });
    browser.message({ type: "key_down", timestamp: 1, key: "a", modifiers: [] });
    await tslab.waitFor("the loop in handle_event", isPrinted("in handle_event"));
    tslab.interrupt();
    await printed(modelId, /Endless, handle_event: Error: interrupted/);
    expect((await tslab.execute("1 + 1")).stdout).toContain("2");
  });

  it("refuses a trait's bad value with a RangeError or TypeError in the cell", async () => {
    const { stderr, status } = await tslab.execute(`new Plain({ quality: 0 })`);
    expect(status).toBe("error");
    expect(stderr).toMatch(/RangeError: quality: .*1.*100.*0/);
  });
});
