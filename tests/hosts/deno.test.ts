/** Deno's kernel in JupyterLab: pictures, events, other widgets, and a page that is loaded again. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Locator, Page } from "@playwright/test";
import { beforeAll, expect, it } from "vitest";
import { root } from "../../scripts/lib/paths.mjs";
import { disposedAfterAll } from "../support/disposables";
import { eventually } from "../support/eventually";
import { CANVAS, pixelAt, runAll, writeNotebook } from "./support/notebook";
import { jupyterArguments, type HostServer } from "./support/server";
import { startServerAndBrowser } from "./support/serverAndBrowser";

/** The cells of examples/hello_world.ipynb that hold code. */
const helloWorld = (
  JSON.parse(readFileSync(join(root, "examples", "hello_world.ipynb"), "utf8")) as {
    readonly cells: readonly { readonly cell_type: string; readonly source: string[] }[];
  }
).cells
  .filter(({ cell_type }) => cell_type === "code")
  .map(({ source }) => source.join(""));

/** Further cells: other widgets, and handlers that print, throw, and leave a rejection unhandled. */
const FURTHER = [
  `import { FloatSlider, Output } from "jupyter-rfb-ts";
const captured = new Output();
captured.capture(() => console.log("captured"));
captured`,
  `class Failing extends RemoteFrameBuffer {
  override get_frame() {
    return { data: new Uint8Array(20 * 30 * 3).fill(99), shape: [20, 30, 3] };
  }
  override handle_event(event) {
    if (event.event_type !== "pointer_down") return;
    void Promise.reject(new Error("nobody catches this"));
    throw new Error("the handler's mistake");
  }
}
const failing = new Failing({ css_width: "60px", css_height: "40px" });
failing`,
  `const slider = new FloatSlider({ value: 1, min: 0, max: 10 });
slider.observe(() => console.log("slider " + slider.value), "value");
slider`,
  `import { display, interact, progress } from "jupyter-rfb-ts";
const ordered = new FloatSlider({ description: "slider" });
display(ordered);
console.log("after slider");
display({ "text/html": "<p>text</p>" });
console.log("after text");
for (const step of progress([1, 2])) {}
console.log("after progress");
interact(({ a, b }) => a + " " + b, { a: [1, 10], b: ["red", "blue"] });`,
];
/** Where they are in the notebook. */
const [STATS, SNAPSHOT, CAPTURED, FAILING, SLIDER, ORDERED] = [2, 3, 4, 5, 6, 7];

const disposables = disposedAfterAll();
let server: HostServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, browser] = await startServerAndBrowser(disposables, {
    name: "deno",
    args: (place) => {
      const { directory } = place;
      installDeno(join(directory, "..", "data"));
      // Deno takes files outside node_modules for ES modules: a link wouldn't do.
      const installed = join(directory, "node_modules", "jupyter-rfb-ts");
      mkdirSync(installed, { recursive: true });
      for (const part of ["lib", "package.json"]) {
        cpSync(join(root, part), join(installed, part), { recursive: true });
      }
      writeFileSync(
        join(directory, "package.json"),
        JSON.stringify({ dependencies: { "jupyter-rfb-ts": "*" } }),
      );
      writeNotebook(join(directory, "hello.ipynb"), [...helloWorld, ...FURTHER], {
        name: "deno",
        language: "typescript",
      });
      return jupyterArguments("lab", place);
    },
  });
  page = await browser.newPage({ viewport: { width: 1000, height: 3600 } });
  await page.goto(`${server.url}lab/tree/hello.ipynb?reset`);
  await runAll(page);
});

/** Makes Deno's kernelspec, as its users do, in a folder of Jupyter's data. */
function installDeno(data: string): void {
  mkdirSync(data, { recursive: true });
  const command = createRequire(import.meta.url).resolve("deno/bin.cjs");
  // Deno doesn't know JUPYTER_DATA_DIR.
  const home = join(data, "deno");
  execFileSync(process.execPath, [command, "jupyter", "--install"], {
    env: { ...process.env, XDG_DATA_HOME: home },
    stdio: "pipe",
  });
  cpSync(join(home, "jupyter", "kernels"), join(data, "kernels"), { recursive: true });
}

function cell(index: number): Locator {
  return page.locator(".jp-CodeCell").nth(index);
}

/** The text of a cell's outputs. */
async function outputOf(index: number): Promise<string> {
  return (await cell(index).locator(".jp-OutputArea-output").allTextContents()).join("");
}

/** Runs a cell again, and waits until it has run. */
async function run(index: number): Promise<void> {
  const prompt = cell(index).locator(".jp-InputArea-prompt");
  // An asterisk while it runs, and else how many cells had run.
  await eventually(() => prompt.textContent()).toMatch(/\d/);
  const before = await prompt.textContent();
  await cell(index).locator(".jp-InputArea-editor").click();
  await page.keyboard.press("Control+Enter");
  await eventually(async () => {
    const now = (await prompt.textContent()) ?? "";
    return now !== before && /\d/.test(now);
  }).toBe(true);
}

/** Moves the pointer over the first picture, to a place from 0 to 1. */
async function moveTo(x: number, y: number): Promise<void> {
  const box = await page.locator(CANVAS).first().boundingBox();
  if (box === null) throw new Error("Cannot find the picture");
  await page.mouse.move(box.x + x * box.width - 60, box.y + y * box.height);
  await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 20 });
}

/** Waits until the drop that follows the pointer, which is green, is at a place from 0 to 1. */
async function expectGreenAt(x: number, y: number): Promise<void> {
  await eventually(async () => {
    const [red = 0, green = 0, blue = 0] = (await pixelAt(page, x, y)) ?? [];
    return green > 120 && green > red + 40 && green > blue + 20;
  }).toBe(true);
}

it("shows hello_world, which follows the pointer", async () => {
  await expectGreenAt(0.5, 0.51);
  await moveTo(0.75, 0.5);
  await expectGreenAt(0.75, 0.5);
  await moveTo(0.25, 0.5);
  await expectGreenAt(0.25, 0.5);
});

it("prints statistics and shows a snapshot", async () => {
  await run(STATS);
  await eventually(() => outputOf(STATS)).toMatch(
    /sent_frames: [1-9].*codec: "(jpeg|png).*dropped_messages: 0/s,
  );
  await run(SNAPSHOT);
  const picture = cell(SNAPSHOT).locator(".jp-OutputArea img");
  await picture.waitFor();
  // JupyterLab may show it smaller than it says.
  expect(await picture.getAttribute("height")).toBe("400");
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalHeight)).toBe(400);
});

it("captures what is printed: it is in the Output, and nowhere else in the cell", async () => {
  const printed = `[data-mime-type="application/vnd.jupyter.stdout"]`;
  const inOutput = cell(CAPTURED).locator(`.jp-OutputArea-output ${printed}`);
  await eventually(() => inOutput.allTextContents()).toEqual(["captured\n"]);
  expect(await cell(CAPTURED).locator(printed).count()).toBe(1);
});

it("shows and prints in the order of the code, and interact() once", async () => {
  await cell(ORDERED).locator(".widget-interact .widget-readout").waitFor();
  const outputs = cell(ORDERED).locator(".jp-Cell-outputArea > .jp-OutputArea-child");
  await eventually(async () => {
    const texts = await outputs.evaluateAll((all) => all.map((output) => output.textContent));
    return texts.map((text) => text.replaceAll(/\s+/g, " ").trim());
  }).toEqual([
    expect.stringContaining("slider"),
    "after slider",
    "text",
    "after text",
    expect.stringContaining("2/2"),
    "after progress",
    expect.stringMatching(/a.*b/s),
  ]);
});

it("shows what handlers print at the cell that ran last", async () => {
  await run(SLIDER);
  await run(STATS);
  await cell(SLIDER).locator(".noUi-handle").press("ArrowRight");
  await eventually(() => outputOf(STATS)).toContain("slider 1.1");
  expect(await outputOf(SLIDER)).not.toContain("slider");
});

it("shows a handler's error below its picture, and goes on", async () => {
  await cell(FAILING).locator(CANVAS).click();
  await eventually(() => outputOf(FAILING)).toContain("the handler's mistake");
  await moveTo(0.75, 0.5);
  await expectGreenAt(0.75, 0.5);
});

it("is live again when the page was loaded again", async () => {
  // A page shows the outputs that the file has.
  await page.keyboard.press("Control+s");
  const saved = (): string => readFileSync(join(server.directory, "hello.ipynb"), "utf8");
  await eventually(saved).toContain("slider 1.1");
  await page.reload();
  await expectGreenAt(0.75, 0.5);
  await moveTo(0.25, 0.5);
  await expectGreenAt(0.25, 0.5);
  await eventually(() => cell(SLIDER).locator(".widget-readout").textContent()).toBe("1.10");
});
