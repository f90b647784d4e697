import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { beforeAll, describe, expect, it } from "vitest";
import { disposedAfterAll } from "../support/disposables";
import { REPOSITORY, TslabProcess, type KernelMessage } from "../support/tslabProcess";

const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

function data(message: KernelMessage | undefined): Record<string, unknown> {
  return message?.content.data as Record<string, unknown>;
}

describe("a RemoteFrameBuffer in the JavaScript kernel", () => {
  it.each([
    ["import", `import { RemoteFrameBuffer } from "jupyter-rfb-ts";`],
    ["require", `const { RemoteFrameBuffer } = require("jupyter-rfb-ts");`],
  ])("by %s shows, draws, hears and takes a snapshot", async (_, load) => {
    const jslab = await TslabProcess.start({ js: true });
    try {
      const shown = await jslab.execute(`
        ${load}
        class Plain extends RemoteFrameBuffer {
          level = 40;
          get_frame() {
            return { data: new Uint8Array(8 * 6 * 3).fill(this.level), shape: [6, 8, 3] };
          }
          handle_event(event) {
            if (event.event_type !== "pointer_down") return;
            this.level = 200;
            this.print("pressed at", event.x);
            this.request_draw();
          }
        }
        const w = new Plain({ css_width: "80px", css_height: "60px", quality: 100 });
        w`);
      expect(shown).toMatchObject({ status: "ok", stdout: "", stderr: "" });
      const bundle = data(shown.messages.find(({ type }) => type === "display_data"));
      const { model_id: id } = bundle[WIDGET_VIEW] as { model_id: string };

      const say = (content: object): string =>
        jslab.send("comm_msg", { comm_id: id, data: { method: "custom", content } });
      const frame = (index: number): Promise<KernelMessage> =>
        jslab.waitFor(`frame ${index}`, (message) => {
          const { content } = (data(message) ?? {}) as { content?: { index?: number } };
          return message.content.comm_id === id && content?.index === index;
        });
      const pixel = async (index: number): Promise<number[]> => {
        const picture = PNG.sync.read((await frame(index)).buffers[0] as Buffer);
        return [picture.width, picture.height, ...picture.data.subarray(0, 3)];
      };
      say({ type: "hello", version: 1 });
      const state = { _has_visible_views: true };
      jslab.send("comm_msg", { comm_id: id, data: { method: "update", state, buffer_paths: [] } });
      expect(await pixel(1)).toEqual([8, 6, 40, 40, 40]);
      const press = { x: 3, y: 2, button: 1, buttons: [1], modifiers: [], touches: {} };
      say({ type: "pointer_down", timestamp: 1, ...press });
      expect(await pixel(2)).toEqual([8, 6, 200, 200, 200]);

      const still = await jslab.execute("w.snapshot()");
      expect(still).toMatchObject({ status: "ok", stdout: "", stderr: "" });
      const display = await jslab.waitFor(
        "the snapshot",
        (message) => message.parentId === still.id && "image/png" in (data(message) ?? {}),
      );
      const picture = data(display);
      const png = PNG.sync.read(Buffer.from(String(picture["image/png"]), "base64"));
      expect([png.width, png.height, png.data[0]]).toEqual([8, 6, 200]);
      expect(display.content.metadata).toEqual({ "image/png": { width: 80, height: 60 } });
      expect(Object.keys(picture)).toEqual(["image/png", "text/plain"]);

      const stats = await jslab.execute("console.log(w.get_stats().sent_frames)");
      expect(stats.stdout).toBe("2\n");
      const text = await jslab.waitFor("what it prints", (message) => {
        const { state: update } = (data(message) ?? {}) as { state?: { outputs?: object[] } };
        return update?.outputs?.some((one) => "text" in one) ?? false;
      });
      expect(JSON.stringify(text.content)).toContain("pressed at 3");
    } finally {
      await jslab.dispose();
    }
  });
});

describe("a RemoteFrameBuffer in a plain Node process", () => {
  const disposables = disposedAfterAll();
  let folder: string;

  beforeAll(() => {
    folder = disposables.folder();
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(REPOSITORY, join(folder, "node_modules", "jupyter-rfb-ts"), "dir");
  });

  /** Runs a script as a user's, which prints JSON at its end. The process ends by itself, so nothing keeps it. */
  function run(script: string): unknown {
    const print = "process.stdout.write(JSON.stringify(result));";
    const args = ["--throw-deprecation", "-e", `${script}\n${print}`];
    const options = { cwd: folder, encoding: "utf8", timeout: 60_000 } as const;
    return JSON.parse(execFileSync(process.execPath, args, options));
  }

  it("can be imported without any effect on the process", () => {
    const result = run(`
      const globals = () => Object.getOwnPropertyNames(globalThis).sort().join();
      const events = () => process.eventNames().map(String).sort().join();
      const resources = () => process.getActiveResourcesInfo().sort().join();
      const streams = () => [process.stdout.write, process.stderr.write, console.log];
      const state = () => [...streams(), globals(), events(), resources()];
      const before = state();
      const exports = Object.keys(require("jupyter-rfb-ts"));
      const after = state();
      const result = {
        same: before.map((value, index) => value === after[index]),
        hasClass: exports.includes("RemoteFrameBuffer"),
      };`);
    expect(result).toEqual({
      same: [true, true, true, true, true, true],
      hasClass: true,
    });
  });

  it("can be made and drawn from, and says what is missing where it is to be shown", () => {
    const missing =
      "Cannot show a widget: this code does not run in a tslab kernel; " +
      "run it in a notebook with the tslab kernel (npx jupyter-rfb-ts install)";
    const result = run(`
      const { RemoteFrameBuffer } = require("jupyter-rfb-ts");
      class Plain extends RemoteFrameBuffer {
        get_frame() { return { data: Uint8Array.of(7), shape: [1, 1] }; }
      }
      const w = new Plain({ css_width: "80px", title: "T" });
      w.title = "U";
      w.request_draw();
      let output = "";
      const printed = (call) => {
        const { write } = process.stdout;
        process.stdout.write = (text) => { output += text; return true; };
        try { call(); } finally { process.stdout.write = write; }
      };
      const text = (call) => { try { call(); return "nothing"; } catch (error) { return error.message; } };
      const result = {
        title: w.title,
        pixel: w.snapshot().data.data[0],
        stats: w.get_stats().sent_frames,
        show: text(() => w[Symbol.for("Jupyter.display")]()),
        print: text(() => printed(() => w.print("hello"))),
        printed: output,
        send: text(() => w.send_frame({ data: Uint8Array.of(7), shape: [1, 1] })),
        again: text(() => w[Symbol.for("Jupyter.display")]()),
        close: text(() => w.close()),
      };`);
    expect(result).toEqual({
      title: "U",
      pixel: 7,
      stats: 0,
      show: missing,
      print: "nothing",
      printed: "hello\n",
      send: missing,
      again: missing,
      close: "nothing",
    });
  });
});
