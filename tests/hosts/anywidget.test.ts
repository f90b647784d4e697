/**
 * JupyterLab with anywidget and without this package's extension: pictures are shown by the module for anywidget, and
 * published anywidgets work from TypeScript. The browser finds no address but the server's.
 */
import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser, Locator, Page } from "@playwright/test";
import { PNG } from "pngjs";
import { beforeAll, describe, expect, it } from "vitest";
import { hostsBin, root } from "../../scripts/lib/paths.mjs";
import { OFFLINE } from "../support/chromium";
import { disposedAfterAll, disposedAfterEach } from "../support/disposables";
import {
  CANVAS,
  pixelAt,
  runAll,
  SQUARE_CELL,
  SQUARE_RED,
  writeNotebook,
} from "./support/notebook";
import { jupyterArguments, type HostServer } from "./support/server";
import { startServerAndBrowser } from "./support/serverAndBrowser";

const ANYWIDGETS = join(root, "tests", "hosts", ".anywidgets");
const EXTENSIONS = join(root, "tests", "hosts", ".work", "anywidget-extensions");

/** The size of the module that shows pictures, in bytes: the page loads it as a Blob. */
const MODULE_SIZE = statSync(join(root, "lib", "anywidget", "frontEnd.js")).size;

declare global {
  interface Window {
    moduleLoads: number;
  }
}

/** How tests wait for a state. */
const POLL = { timeout: 90_000, interval: 100 };

/** Milliseconds for a notebook with several cells, where other tests run too. */
const TIMEOUT = 400_000;

/** What all tests share, and what one has started. */
const [shared, disposables] = [disposedAfterAll(), disposedAfterEach()];
let server: HostServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const installed = join(dirname(hostsBin), "share", "jupyter", "labextensions");
  rmSync(EXTENSIONS, { recursive: true, force: true });
  mkdirSync(EXTENSIONS, { recursive: true });
  for (const name of ["anywidget", "@jupyter-widgets"]) {
    symlinkSync(join(installed, name), join(EXTENSIONS, name));
  }
  [server, browser] = await startServerAndBrowser(
    shared,
    {
      name: "anywidget",
      args: (place) => [
        ...jupyterArguments("lab", place),
        `--LabApp.labextensions_path=${EXTENSIONS}`,
      ],
      env: { ANYWIDGET_HMR: "1" },
    },
    OFFLINE,
  );
});

/** Opens a notebook of these cells, and runs them. */
async function open(name: string, cells: readonly string[]): Promise<void> {
  writeNotebook(join(server.directory, `${name}.ipynb`), cells);
  const opening = browser.newPage({ viewport: { width: 1280, height: 1400 } });
  page = await disposables.own(opening, (opened) => opened.close());
  page.setDefaultTimeout(POLL.timeout);
  await page.addInitScript((size) => {
    window.moduleLoads = 0;
    const create = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (content) => {
      if (content instanceof Blob && content.size === size) window.moduleLoads += 1;
      return create(content);
    };
  }, MODULE_SIZE);
  await page.goto(`${server.url}lab/tree/${name}.ipynb?reset`);
  await runAll(page);
}

/** Saves the notebook, without whose outputs a reload shows nothing. */
async function saved(): Promise<void> {
  await page.keyboard.press("Control+s");
  const name = page.locator(".lm-TabBar-tab.jp-mod-current");
  await expect.poll(() => name.getAttribute("class"), POLL).not.toContain("jp-mod-dirty");
}

/** How often the page has loaded the module that shows pictures, since it was opened. */
function modules(): Promise<number> {
  return page.evaluate(() => window.moduleLoads);
}

/** Runs a cell. */
async function runCell(cell: number): Promise<void> {
  await page.locator(".jp-Cell").nth(cell).locator(".jp-InputArea-prompt").click();
  await page.keyboard.press("Control+Enter");
}

/** The output of a cell. */
function output(cell: number): Locator {
  return page.locator(".jp-Cell").nth(cell).locator(".jp-OutputArea");
}

/** Waits for the colour of a pixel of a canvas. The place: from 0 to 1. */
async function shows(
  place: readonly [number, number],
  colour: readonly number[],
  selector = CANVAS,
): Promise<void> {
  await expect.poll(() => pixelAt(page, ...place, selector), POLL).toEqual(colour);
}

/** Drags the mouse between two places of an element, given in its pixels. */
async function drag(element: Locator, from: [number, number], to: [number, number]): Promise<void> {
  await element.scrollIntoViewIfNeeded();
  const box = await element.boundingBox();
  if (box === null) throw new Error("Expected a visible element");
  await page.mouse.move(box.x + from[0], box.y + from[1]);
  await page.mouse.down();
  await page.mouse.move(box.x + to[0], box.y + to[1], { steps: 5 });
  await page.mouse.up();
}

describe("a picture without this package's extension", () => {
  const SQUARE = SQUARE_CELL.replace("{ css_width", '{ front_end: "anywidget", css_width');

  it(
    "is live, with its tools, in several views, and again after a reload",
    { timeout: TIMEOUT },
    async () => {
      await open("picture", [
        SQUARE,
        "w;",
        `w.print("printed below");`,
        `void Object.assign(w, { cursor: "crosshair", title: "A square", toolbar: true });
void Object.assign(w, { has_titlebar: true, is_closable: true });`,
        `console.log("closed:", w.seen.includes("close"));`,
        `new Square({ front_end: "anywidget", css_height: "50px" });`,
      ]);
      const first = output(0).locator(CANVAS);
      await first.waitFor();
      await shows([0.5, 0.5], SQUARE_RED);
      await output(1).locator(CANVAS).waitFor();
      await output(0).getByText("printed below").waitFor();
      await output(5).locator(CANVAS).waitFor();
      expect(await modules()).toBe(1);
      await output(0).getByText("A square").waitFor();
      expect(await first.evaluate((canvas) => canvas.style.cursor)).toBe("crosshair");

      await drag(first, [20, 20], [200, 20]);
      await shows([0.05, 0.05], [200, 200, 200]);
      await output(0).getByRole("button", { name: "Statistics" }).click();
      await output(0).getByText("frames per second").first().waitFor();

      await saved();
      await page.goto(`${server.url}lab/tree/picture.ipynb`);
      await output(0).locator(CANVAS).waitFor();
      await shows([0.5, 0.5], SQUARE_RED);
      await output(5).locator(CANVAS).waitFor();
      expect(await modules()).toBe(1);
      await drag(output(0).locator(CANVAS), [200, 180], [100, 180]);
      await shows([0.05, 0.05], [100, 100, 100]);

      await output(1).getByRole("button", { name: "Close" }).click();
      await output(1).locator(CANVAS).waitFor({ state: "detached" });
      await output(1).getByText("printed below").waitFor({ state: "detached" });
      await output(0).getByRole("button", { name: "Close" }).click();
      await output(0).locator(CANVAS).waitFor({ state: "detached" });
      await runCell(4);
      await output(4).getByText("closed: true").waitFor();
    },
  );
});

/** A PNG of one colour. */
function picture(width: number, height: number): Buffer {
  const png = new PNG({ width, height });
  png.data.fill(0x80);
  return PNG.sync.write(png);
}

/** A module whose button counts, and which shows what the kernel sends. */
const counter = (label: string): string => `
  function render({ model, el }) {
    const button = document.createElement("button");
    const show = () => (button.textContent = "${label} " + model.get("count"));
    button.onclick = () => {
      model.set("count", model.get("count") + 1);
      model.set("samples", Float32Array.of(0.5, 1.5, 2.5));
      model.save_changes();
      model.send({ kind: "ping" }, undefined, [Uint8Array.of(1, 2, 3).buffer]);
    };
    model.on("change:count", show);
    model.on("msg:custom", ({ kind }, [data]) => {
      const text = [kind, data.getFloat32(0, true), model.get("samples").byteLength].join(" ");
      el.append(Object.assign(document.createElement("p"), { textContent: text }));
    });
    show();
    el.append(button);
  }
  export default { render };
`;

describe("anywidgets of a TypeScript class", () => {
  it(
    "send state, messages and bytes both ways, and follow their file",
    { timeout: TIMEOUT },
    async () => {
      const file = join(server.directory, "counter.js");
      writeFileSync(file, counter("first"));
      await open("counter", [
        `import { AnyWidget } from "jupyter-rfb-ts";
class Counter extends AnyWidget {
  static _esm = "counter.js";
  static _css = "button { color: rgb(1, 2, 3); }";
  count = 5;
  samples = new Float32Array([0.25]);
}
const counter = new Counter();
counter.observe(({ old, new: now }) => console.log("count", old, now), "count");
counter.observe(() => console.log(counter.samples), "samples");
counter.on_msg((content, buffers) => {
  console.log(content, [...buffers[0]]);
  counter.send({ kind: "pong" }, [Float32Array.of(7.5)]);
});
counter;`,
      ]);
      const button = output(0).getByRole("button");
      await button.getByText("first 5").click();
      await output(0).getByText("count 5 6").waitFor();
      await output(0).getByText("Float32Array(3) [ 0.5, 1.5, 2.5 ]").waitFor();
      await output(0).getByText("{ kind: 'ping' } [ 1, 2, 3 ]").waitFor();
      await output(0).getByText("pong 7.5 12").waitFor();
      expect(await button.evaluate((one) => getComputedStyle(one).color)).toBe("rgb(1, 2, 3)");
      writeFileSync(file, counter("second"));
      await button.getByText("second 6").waitFor();
    },
  );

  it(
    "are published ones: their elements, and what comes back from them",
    { timeout: TIMEOUT },
    async () => {
      await open("published", [
        `import { AnyWidget } from "jupyter-rfb-ts";
const folder = ${JSON.stringify(ANYWIDGETS)};`,
        `class Bits extends AnyWidget {
  static _esm = folder + "/bitjet/static/bitjet.js";
  data = Uint8Array.of(0xf0, 0x0f);
  datawidth = 2;
  block_size = 16;
  mode = "byte";
}
const bits = new Bits();
bits.observe(() => console.log("mode", bits.mode), "mode");
bits;`,
        `class Boxes extends AnyWidget {
  static _esm = folder + "/jupyter_bbox_widget/static/main.mjs";
  static _css = folder + "/jupyter_bbox_widget/static/style.css";
  image = "";
  image_url = "";
  image_bytes = Uint8Array.from(Buffer.from("${picture(300, 100).toString("base64")}", "base64"));
  classes = ["cat"];
  label = "";
  colors = ["#1f77b4"];
  bboxes: { x: number; y: number; width: number; height: number; label: string }[] = [];
  selected_index = -1;
  view_only = false;
  hide_buttons = false;
}
const boxes = new Boxes();
boxes.on_msg((message) => console.log(message));
boxes.observe(() => {
  for (const { x, y, width, height, label } of boxes.bboxes) {
    console.log([x, y, width, height].map(Math.round).join(), label);
  }
}, "bboxes");
boxes;`,
        `class Mario extends AnyWidget {
  static _esm = folder + "/ipymario/static/widget.js";
  static _css = folder + "/ipymario/static/widget.css";
  _box = Uint8Array.from({ length: 16 * 16 * 4 }, (_, at) => [247, 82, 0, 255][at % 4]);
  gain = 0;
  duration = 0.1;
  size = 64;
  animate = true;
}
const mario = new Mario();
mario;`,
        `class ColorPicker extends AnyWidget {
  static _esm = folder + "/wigglystuff/static/colorpicker.js";
  color = "#00ff00";
  show_label = true;
}
const picker = new ColorPicker();
picker.observe(() => console.log("picked", picker.color), "color");
picker;`,
        `class Drawing extends AnyWidget {
  static _esm = folder + "/drawdata/static/scatter_widget.js";
  static _css = folder + "/drawdata/static/scatter_widget.css";
  data: { x: number; y: number; label: string }[] = [];
  brushsize = 40;
  width = 800;
  height = 400;
  n_classes = 2;
}
const drawing = new Drawing();
drawing.observe(() => console.log("drawn", drawing.data[0].label), "data");
drawing;`,
        `class Slider2D extends AnyWidget {
  static _esm = folder + "/wigglystuff/static/2dslider.js";
  x = 0;
  y = 0;
  x_bounds = [-1, 1];
  y_bounds = [0, 10];
  width = 240;
  height = 240;
}
const slider = new Slider2D();
slider.observe(() => {
  if (slider.x > 0.45) console.log("x", slider.x.toFixed(1), "y", slider.y.toFixed(0));
}, "x");
slider;`,
        `mario.send({ type: "click" });`,
      ]);

      await shows([0.25, 0.5], [240, 240, 240], ".bitjet canvas");
      await shows([0.75, 0.5], [15, 15, 15], ".bitjet canvas");
      await output(1).locator("[data-role=mode]").selectOption("bit");
      await output(1).getByText("mode bit").waitFor();

      await drag(output(2).locator("img"), [30, 20], [130, 70]);
      await output(2).getByText("30,20,100,50 cat").waitFor();
      await output(2).getByRole("button", { name: "Submit" }).click();
      await output(2).getByText("{ type: 'submit' }").waitFor();

      const box = output(3).locator(".ipymario canvas");
      await shows([0.5, 0.5], [247, 82, 0], ".ipymario canvas");
      await runCell(7);
      const animation = (): Promise<string> => box.evaluate((canvas) => canvas.style.animation);
      await expect.poll(animation, POLL).toContain("ipymario-bounce");

      await output(4).locator("input[type=color]").fill("#ff0000");
      await output(4).getByText("picked #ff0000").waitFor();

      // Its first points go into the array that its model has, which the model can't notice.
      for (const at of [100, 150]) {
        await drag(output(5).locator(".dd-scatter-svg"), [at, 100], [at + 200, 200]);
      }
      await output(5).getByText("drawn a").waitFor();
      expect(await output(5).locator("circle.drawn").count()).toBeGreaterThan(0);

      await drag(output(6).locator("canvas"), [121, 121], [171, 61]);
      await output(6).getByText("x 0.5 y 8").waitFor();
    },
  );
});
