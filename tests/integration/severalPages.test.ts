import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TslabProcess, type KernelMessage } from "../support/tslabProcess";

const CELL = `
import { RemoteFrameBuffer } from "jupyter-rfb-ts";
class Counter extends RemoteFrameBuffer {
  level = 0;
  get_frame() {
    this.level += 1;
    if (this.level < 200) this.request_draw();
    return { data: new Uint8Array(12).fill(this.level), shape: [2, 2, 3] };
  }
}
const w = new Counter(); w
`;

const DIRECT = { "jupyter-rfb-ts": { idle: false, direct: true } };

interface Frame {
  readonly type?: string;
  readonly index?: number;
  readonly timestamp?: number;
}

/** The custom message that a message carries. */
function customOf({ type, content }: KernelMessage): Frame {
  const { content: custom } = (content.data ?? {}) as { readonly content?: Frame };
  return type === "comm_msg" && custom !== undefined ? custom : {};
}

function isFrame(message: KernelMessage): boolean {
  return customOf(message).type === "framebufferdata";
}

describe("a picture that two pages show, in a real tslab kernel", () => {
  let tslab: TslabProcess;
  let commId: unknown;
  /** How many messages each page has read. */
  const read = { fast: 0, slow: 0 };

  beforeAll(async () => {
    tslab = await TslabProcess.start();
    const { messages, stderr } = await tslab.execute(CELL, { cellId: "cell" });
    expect(stderr).toBe("");
    const shown = messages.find(({ type }) => type === "display_data");
    const bundle = shown?.content.data as Record<string, { model_id: string } | undefined>;
    commId = bundle["application/vnd.jupyter.widget-view+json"]?.model_id;
    for (const page of ["fast", "slow"]) {
      tslab.openPage(page);
      say(page, { type: "hello", version: 1, accepts: [] });
    }
  });

  afterAll(() => tslab.dispose());

  function say(page: string, content: object): void {
    const data = { method: "custom", content };
    tslab.send("comm_msg", { comm_id: commId, data }, { metadata: DIRECT, page });
  }

  function framesFor(page: string): Frame[] {
    return tslab.messages.filter((one) => one.page === page && isFrame(one)).map(customOf);
  }

  async function acknowledgeNext(page: "fast" | "slow"): Promise<number> {
    const isNext = (one: KernelMessage): boolean => one.page === page && isFrame(one);
    const frames = await tslab.waitForCount(`frames for ${page}`, read[page] + 1, isNext);
    const { index, timestamp } = customOf(frames[read[page]] as KernelMessage);
    read[page] += 1;
    const localtime = Date.now() / 1000;
    say(page, { type: "frame_feedback", index, timestamp, localtime });
    return index ?? 0;
  }

  it("sends each page its own frames: all to the fast one, newer ones to the slow one", async () => {
    const state = { _has_visible_views: true };
    const visible = { method: "update", state, buffer_paths: [] };
    tslab.send("comm_msg", { comm_id: commId, data: visible }, { page: "fast" });
    let last = 0;
    while (last < 150) last = await acknowledgeNext("fast");
    expect(framesFor("slow").map(({ index }) => index)).toEqual([1, 2]);
    expect(read.fast).toBeGreaterThanOrEqual(150);
    expect(tslab.messages.filter((one) => one.channel === "iopub" && isFrame(one))).toEqual([]);

    await acknowledgeNext("slow");
    for (let count = 0; count < 3; count += 1) last = await acknowledgeNext("fast");
    await acknowledgeNext("slow");
    const next = await acknowledgeNext("slow");
    expect(next).toBeGreaterThan(150);
  });

  it("keeps to one session, as JupyterLab discards messages when it changes", async () => {
    const info = tslab.send("kernel_info_request", {}, { page: "fast" });
    const isInfo = (one: KernelMessage): boolean => one.parentId === info;
    await tslab.waitFor("kernel_info_reply", (one) => isInfo(one) && one.page === "fast");
    await tslab.waitForIdle(info);
    const attached = tslab.messages.findIndex(({ type }) => type === "comm_open");
    const sessions = tslab.messages.slice(attached).map(({ header }) => header["session"]);
    expect(sessions.length).toBeGreaterThan(100);
    expect([...new Set(sessions)]).toEqual(["tests"]);
  });

  it("shows the last one on both", async () => {
    const drain = async (page: "fast" | "slow", until: () => boolean): Promise<void> => {
      while (!until()) await acknowledgeNext(page);
    };
    const newest = (page: string): number => framesFor(page).at(-1)?.index ?? 0;
    // Both go on reading until the lossless picture at the end has come.
    let isAtRest = false;
    const reading = Promise.all([
      drain("fast", () => isAtRest),
      drain("slow", () => isAtRest),
    ]).catch(() => undefined);
    await expect
      .poll(
        async () => {
          const { stdout } = await tslab.execute("console.log(w.level)", { cellId: "look" });
          return [stdout.trim(), newest("fast") === newest("slow")];
        },
        { timeout: 30_000 },
      )
      .toEqual(["200", true]);
    isAtRest = true;
    await tslab.dispose();
    await reading;
  });
});
