import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TslabProcess, type Execution, type KernelMessage } from "../support/tslabProcess";

const RUNS = 200;
/** After so many runs the caches of tslab and of the encoders are full. */
const WARM_UP = 40;

const DECLARE = `
import { RemoteFrameBuffer } from "jupyter-rfb-ts";
class Picture extends RemoteFrameBuffer {
  get_frame() {
    const data = new Uint8Array(640 * 480 * 3);
    for (let i = 0; i < data.length; i += 1) data[i] = (i * i) >> 7;
    return { data, shape: [480, 640, 3] };
  }
}
require("v8").setFlagsFromString("--expose-gc");
`;

/** What the kernel holds, without what it could free. Only arrayBuffers counts shared memory. */
const MEASURE = `{
  const collect = require("vm").runInNewContext("gc");
  // A job of its own, since what a WeakRef gave stays until the end of one.
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  console.log(heapUsed + external + arrayBuffers);
}`;

function contentOf({ content }: KernelMessage): Record<string, unknown> {
  const { content: custom } = (content.data ?? {}) as { content?: Record<string, unknown> };
  return custom ?? {};
}

describe("a cell that shows a picture in a real tslab kernel", () => {
  let tslab: TslabProcess;

  beforeAll(async () => {
    tslab = await TslabProcess.start();
    expect((await tslab.execute(DECLARE, { cellId: "declare" })).stderr).toBe("");
  });

  afterAll(() => tslab.dispose());

  async function comms(): Promise<string[]> {
    const id = tslab.send("comm_info_request", {});
    const reply = await tslab.waitFor(
      "comm_info_reply",
      ({ type, parentId }) => type === "comm_info_reply" && parentId === id,
    );
    return Object.keys(reply.content.comms as object).sort();
  }

  /** The comms that a cell opened. */
  function opened({ messages }: Execution): unknown[] {
    return messages.filter(({ type }) => type === "comm_open").map((one) => one.content.comm_id);
  }

  /** The comm of the first widget that a cell shows. */
  function shownIn({ messages }: Execution): string | undefined {
    const shown = messages.find(({ type }) => type === "display_data");
    const bundle = shown?.content.data as Record<string, { model_id: string } | undefined>;
    return bundle["application/vnd.jupyter.widget-view+json"]?.model_id;
  }

  /** Plays the part of a page that shows the first widget of a cell, until it has a frame. */
  async function look(execution: Execution): Promise<void> {
    const commId = shownIn(execution);
    say(execution, { type: "hello", version: 1 });
    const state = { _has_visible_views: true };
    tslab.send("comm_msg", {
      comm_id: commId,
      data: { method: "update", state, buffer_paths: [] },
    });
    const frame = await tslab.waitFor(
      "a frame",
      (one) => one.content.comm_id === commId && contentOf(one).type === "framebufferdata",
    );
    const { index, timestamp } = contentOf(frame);
    const localtime = Date.now() / 1000;
    say(execution, { type: "frame_feedback", index, timestamp, localtime });
  }

  /** Says something to the first widget of a cell, as a page does. */
  function say(execution: Execution, content: object): void {
    const data = { method: "custom", content };
    tslab.send("comm_msg", { comm_id: shownIn(execution), data });
  }

  async function measure(): Promise<number> {
    const { stdout } = await tslab.execute(MEASURE, { cellId: "measure" });
    return Number(stdout);
  }

  /** Measures once timers no longer hold what the last runs drew. */
  async function measureAtRest(): Promise<number> {
    let least = await measure();
    for (let equal = 0; equal < 3; equal += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const now = await measure();
      if (now < 0.995 * least) equal = 0;
      least = Math.min(least, now);
    }
    return least;
  }

  it(`leaves nothing behind when it runs ${RUNS} times`, async () => {
    let before = 0;
    let last: Execution | undefined;
    for (let run = 1; run <= RUNS; run += 1) {
      last = await tslab.execute("new Picture()", { cellId: "picture" });
      expect(last.stderr).toBe("");
      expect(opened(last)).toHaveLength(2);
      await look(last);
      // What the page sent while it removed the old picture.
      tslab.messages.length = 0;
      if (run === WARM_UP) before = await measureAtRest();
    }
    expect(await comms()).toEqual(last === undefined ? [] : opened(last).sort());
    const after = await measureAtRest();
    expect(after / before, `${before} bytes before, ${after} after`).toBeLessThan(1.1);
  }, 240_000);

  it("lets its widgets leave when its output was removed", async () => {
    const before = await comms();
    const shown = await tslab.execute("new Picture()", { cellId: "removed" });
    await look(shown);
    const model_ids = [shownIn(shown)];
    say(shown, { type: "output_removed", model_ids });
    expect(await comms()).toEqual(before);
  });

  it("lets a box with a picture leave when its output was removed, and another picture says so", async () => {
    const other = await tslab.execute("new Picture()", { cellId: "other" });
    await look(other);
    const before = await comms();
    const boxed = await tslab.execute(
      `const { VBox, IntSlider } = require("jupyter-rfb-ts");
      new VBox({ children: [new Picture(), new IntSlider()] })`,
      { cellId: "boxed" },
    );
    expect(boxed.stderr).toBe("");
    expect((await comms()).length).toBeGreaterThan(before.length + 5);
    say(other, { type: "output_removed", model_ids: [shownIn(boxed)] });
    expect(await comms()).toEqual(before);
  });

  it("has released what the user held down when the page says goodbye", async () => {
    const shown = await tslab.execute(
      `class Keys extends Picture {
        handle_event(event: { event_type: string; key?: string }) {
          if (event.key !== undefined) this.print(event.event_type, event.key);
        }
      }
      new Keys()`,
      { cellId: "keys" },
    );
    await look(shown);
    say(shown, { type: "key_down", key: "w", modifiers: [], timestamp: 1 });
    say(shown, { type: "goodbye" });
    await tslab.waitFor("the key's release", ({ content }) =>
      JSON.stringify(content).includes("key_down w\\nkey_up w\\n"),
    );
    await tslab.waitFor("the picture to count as hidden", ({ content }) =>
      JSON.stringify(content).includes('"_has_visible_views":false'),
    );
  });

  it("can show the same widget again, with its comm's id", async () => {
    const first = await tslab.execute("const again = new Picture(); again", { cellId: "one" });
    await look(first);
    const second = await tslab.execute("again", { cellId: "one" });
    expect(opened(second).sort()).toEqual(opened(first).sort());
    const isFrame = (one: KernelMessage): boolean => contentOf(one).type === "framebufferdata";
    const before = tslab.messages.filter(isFrame).length;
    await look(second);
    await tslab.waitForCount("frames", before + 1, isFrame);
  });
});
