/** The usual mistakes in a notebook: what the first message says of each, and what mends it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TslabProcess, type Execution } from "../support/tslabProcess";

const PICTURE = `import { RemoteFrameBuffer, type RfbEvent, type Frame } from "jupyter-rfb-ts";
class Good extends RemoteFrameBuffer {
  get_frame() { return { data: new Uint8Array(200 * 300 * 3).fill(90), shape: [200, 300, 3] }; }
}
const good = new Good();
const closed = new Good(); closed.close();
const pixels = [[[255, 0, 0]]];
const canvas = {
  width: 300, height: 200,
  getContext: (kind: string) => ({ kind }),
  toBuffer: () => Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"),
};`;

/** A class whose get_frame() has this body. */
function drawing(name: string, body: string, type = ""): string {
  return `class ${name} extends RemoteFrameBuffer { get_frame()${type} { ${body} } }`;
}

function handling(condition: string): string {
  return `class Handling extends Good { handle_event(event: RfbEvent) { ${condition} } }`;
}

describe("a mistake in a cell", () => {
  let tslab: TslabProcess;

  beforeAll(async () => {
    tslab = await TslabProcess.start();
    const { stderr } = await tslab.execute(PICTURE);
    expect(stderr).toBe("");
  });

  afterAll(() => tslab.dispose());

  /** Runs a cell. After an error tslab ignores the cells of the next 200 ms. */
  async function run(code: string): Promise<Execution> {
    for (;;) {
      const execution = await tslab.execute(code);
      if (execution.status !== "abort") return execution;
    }
  }

  it.each([
    [
      "no return",
      drawing("None", "const data = new Uint8Array(3);"),
      "help: get_frame() returns nothing. End it with: return { data, shape: [height, width, 3] };",
    ],
    [
      "floats",
      drawing("Floats", "return { data: new Float32Array(3), shape: [1, 1, 3] };"),
      "Write: return { data, shape: [height, width], range: [0, 1] };",
    ],
    [
      "nested arrays",
      drawing("Nested", "return pixels;"),
      "return { data: Uint8Array.from(pixels.flat(2)), shape: [height, width, 3] };",
    ],
    [
      "no shape",
      drawing("NoShape", "return new Uint8Array(3);"),
      "Write: return { data: pixels, shape: [height, width, 3] }",
    ],
    [
      "no await",
      drawing("NoAwait", "return { data: this.load(), shape: [1, 1, 3] };").replace(
        "{ get_frame",
        "{ async load() { return new Uint8Array(3); } get_frame",
      ),
      "help: data is a Promise. Declare get_frame() as async and write: data: await ...",
    ],
    [
      "a canvas",
      drawing("Canvas", "return canvas;"),
      "help: return the canvas's pixels. Write: return frameFromCanvas(canvas); and import it",
    ],
    ["a PNG", drawing("Png", "return canvas.toBuffer();"), "such as a PNG, has to be decoded"],
    ["DOM's event", handling('if (event.type === "click") return;'), 'write "pointer_down"'],
    [
      "DOM's event in a switch",
      handling('switch (event.type) { case "keydown": return; }'),
      'help: there is no event "keydown"; write "key_down"',
    ],
    [
      "DOM's field",
      handling('if (event.type === "pointer_down") this.print(event.clientX);'),
      "help: there is no clientX; write event.x",
    ],
    [
      "DOM's size",
      'new Good({ width: "600px" })',
      'help: write css_width, such as css_width: "600px"',
    ],
    ["a misspelt option", "new Good({ css_widht: 600 })", "Did you mean to write 'css_width'?"],
    ["a misspelt trait", "good.qualty = 50;", "Did you mean 'quality'?"],
    ["another library's method", 'good.save("x.png")', "write await w.save_picture(path)"],
    ["another library's rate", "good.get_fps()", "write w.get_stats().fps"],
  ])("doesn't compile, and a hint mends it: %s", async (_what, code, text) => {
    const { status, stderr } = await run(code);
    expect(status).toBe("error");
    expect(stderr).toContain(text);
  });

  it.each([
    [
      "an option of DOM's",
      'new Good({ width: "600px" } as any)',
      /^TypeError: Good: .*, got "width"; did you mean css_width\?\n/,
    ],
    [
      "a value out of range",
      "good.quality = 500",
      /^RangeError: quality: expected an integer from 1 to 100, got 500\n/,
    ],
    [
      "a size in no unit",
      'good.css_width = "6 feet"',
      /^RangeError: css_width: expected a CSS len/,
    ],
    ["a snapshot of what is closed", "closed.snapshot()", /^Error: Cannot take a snapshot: the/],
  ])("fails in its first line with what is wrong: %s", async (_what, code, text) => {
    const { status, stderr } = await run(code);
    expect(status).toBe("error");
    expect(stderr).toMatch(text);
  });

  it("is none where it works: sizes in numbers, and calls before the first display", async () => {
    const { status, stderr } =
      await run(`new Good({ css_width: 600 }); new Good({ css_width: "600" });
      good.request_draw(); good.print("before"); good.get_stats(); good.snapshot();
      closed.request_draw(); closed.get_stats();`);
    expect({ status, stderr }).toEqual({ status: "ok", stderr: "" });
  });

  it("is none where a frame is in floats or BGRA or a canvas's, or events move the view", async () => {
    const { status, stderr } =
      await run(`import { frameFromCanvas, OrbitControls, PanZoom } from "jupyter-rfb-ts";
      class Floats extends RemoteFrameBuffer {
        controls = new OrbitControls({ distance: 3 });
        handle_event(event: RfbEvent) { if (this.controls.handle_event(event)) this.request_draw(); }
        get_frame() { return { data: new Float32Array(12).fill(0.5), shape: [3, 4], range: [0, 1] }; }
      }
      class Bgra extends RemoteFrameBuffer {
        get_frame() { return { data: new Uint8Array(48), shape: [3, 4, 4], format: "bgra" }; }
      }
      class Section extends RemoteFrameBuffer {
        view = new PanZoom({ content: { width: 30, height: 20 } });
        drawing = {
          width: 2, height: 1,
          getContext: (kind: "2d") => ({ getImageData: () => ({ data: new Uint8ClampedArray(8) }) }),
        };
        get_frame() { return frameFromCanvas(this.drawing); }
      }
      for (const picture of [new Floats(), new Bgra(), new Section()]) await picture.snapshot().ready;`);
    expect({ status, stderr }).toEqual({ status: "ok", stderr: "" });
  });

  const SHOWN: readonly (readonly [what: string, code: string, text: string])[] = [
    [
      "no return, as any",
      drawing("NoReturn", "const data = 1;", ": any"),
      "Is a `return` missing? End get_frame() with: return { data, shape: [height, width, 3] }",
    ],
    [
      "get_frame() misspelt",
      drawing("Misspelt", "return null;").replace("get_frame", "getFrame"),
      "Misspelt has getFrame() but no get_frame(). Rename it to get_frame()",
    ],
    [
      "a Promise that never settles",
      drawing("Never", "return new Promise<Frame>(() => {});"),
      "the Promise of get_frame() has not settled",
    ],
    [
      "an error of its own",
      drawing("Throws", "return (undefined as any).x;", ": Frame"),
      "get_frame(): Cannot read properties of undefined (reading 'x')",
    ],
    [
      "too few bytes",
      drawing("Short", "return { data: new Uint8Array(60000), shape: [200, 300, 3] };"),
      "expected 180000 bytes for the shape [200, 300, 3], got 60000, which fits shape: [200, 300]",
    ],
    [
      "a Promise in data, as any",
      drawing("Waits", "return { data: Promise.resolve() as any, shape: [1, 1] };"),
      "got a Promise; declare get_frame() as async and write data: await ...",
    ],
    [
      "a PNG, as any",
      drawing("PngAny", "return canvas.toBuffer() as any;"),
      "got an encoded PNG of 16 bytes; return its pixels; for a canvas: frameFromCanvas(canvas)",
    ],
    [
      "floats in bytes",
      drawing("Dark", "return { data: new Uint8Array(1200).fill(1.5), shape: [20, 20, 3] };"),
      "Dark: every byte of the picture is 0 or 1",
    ],
    [
      "the width first",
      `class Sheared extends RemoteFrameBuffer { get_frame() {
        const data = new Uint8Array(200 * 300 * 3);
        for (let i = 0; i < data.length; i += 1) data[i] = i % 900 < 450 ? 255 : 0;
        return { data, shape: [300, 200, 3] };
      } }`,
      "for rows of 300 pixels write shape: [200, 300, 3]",
    ],
  ];

  it("shows at the picture if it compiles", async () => {
    for (const [what, code] of SHOWN) {
      const [, name] = /^class (\w+)/.exec(code) ?? [];
      const { messages, stderr } = await run(`${code}\nnew ${name}()`);
      expect(stderr, what).toBe("");
      const display = messages.find(({ type }) => type === "display_data");
      const bundle = display?.content.data as Record<string, { model_id: string } | undefined>;
      const data = { method: "update", state: { _has_visible_views: true }, buffer_paths: [] };
      const comm_id = bundle["application/vnd.jupyter.widget-view+json"]?.model_id;
      tslab.send("comm_msg", { comm_id, data });
    }
    for (const [what, , text] of SHOWN) {
      const inJson = JSON.stringify(text).slice(1, -1);
      await tslab.waitFor(what, ({ content }) => JSON.stringify(content).includes(inJson));
    }
  });
});
