/** The view as a part of JupyterLab's page: scrolling, menus, focus, sight, settings, closing. */
import { type Page, expect } from "@playwright/test";
import { expectPixel } from "../support/assertions";
import { OpenNotebook, writeNotebook } from "../support/notebook";
import {
  EVENTS,
  GRAY,
  LIVE,
  RECORDER,
  recorder,
  TAKE,
  takeEvents,
  type Recorded,
} from "../support/recorder";
import { labTest } from "../support/test";

/** An event's type, and its key or wheel. */
const brief = ({ event_type, key, dy }: Recorded): string =>
  [event_type, key, dy]
    .filter((part) => typeof part === "string" || typeof part === "number")
    .join(" ");

const names = (events: readonly Recorded[]): string[] => events.map((event) => event.event_type);

/** Lets the page handle what came, and paint. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 10; frame++) await new Promise(requestAnimationFrame);
  });
}

labTest("the picture leaves the notebook its wheel, keys and menus", async ({ page, tmpPath }) => {
  const below = 3;
  const tall = `for (let i = 0; i < 150; i++) console.log(i)`;
  const notebook = await recorder(page, tmpPath, [tall, TAKE]);
  await notebook.run(below);
  await takeEvents(notebook);
  const top = async () => (await notebook.canvas(LIVE).boundingBox())?.y ?? Number.NaN;

  await labTest.step("without focus the wheel scrolls the notebook", async () => {
    const before = await top();
    await page.mouse.move(...(await notebook.onPage(LIVE, [60, 70])));
    await page.mouse.wheel(0, 40);
    await expect.poll(async () => Math.round(before - (await top()))).toBe(40);
    await page.mouse.wheel(0, -40);
    await expect.poll(async () => Math.round(before - (await top()))).toBe(0);
    // Out of the picture, from where the next cell is run.
    await page.mouse.move(...(await notebook.onPage(LIVE, [400, 70])));
    const events = await takeEvents(notebook);
    expect(names(events).filter((name) => !name.startsWith("pointer_"))).toEqual([]);
    const crossings = events.filter(({ event_type }) => /enter|leave/.test(event_type));
    expect(names(crossings)).toEqual(["pointer_enter", "pointer_leave"]);
    expect(crossings[0]).toMatchObject({ x: 60, y: 70, buttons: [], ntouches: 0, touches: {} });
  });

  await labTest.step("with focus nothing scrolls it", async () => {
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      for (const type of ["wheel", "keyup"]) {
        window.addEventListener(type, () => seen.push(type), { capture: true });
      }
    });
    await page.mouse.click(...(await notebook.onPage(LIVE, [60, 70])));
    await settled(page);
    const before = await top();
    await page.mouse.wheel(0, 60);
    for (const key of ["PageDown", "Space", "ArrowDown", "End"]) await page.keyboard.press(key);
    await page.waitForFunction(
      () => (window as unknown as { seen: string[] }).seen.length >= 5,
      undefined,
    );
    await settled(page);
    expect(await top()).toBe(before);
    const events = await takeEvents(notebook, /wheel|key_down|focus/);
    expect(events.map(brief)).toEqual([
      "focus_in",
      "wheel 60",
      "key_down PageDown",
      "key_down  ",
      "key_down ArrowDown",
      "key_down End",
      "focus_out",
    ]);
  });

  await labTest.step("a right click opens no menu, but with alt JupyterLab's", async () => {
    const menu = page.locator(".lm-Menu");
    await notebook.canvas(LIVE).click({ button: "right", position: { x: 60, y: 70 } });
    await settled(page);
    await expect(menu).toHaveCount(0);
    await notebook
      .canvas(LIVE)
      .click({ button: "right", modifiers: ["Alt"], position: { x: 60, y: 70 } });
    await expect(menu.getByText("Create New View for Cell Output")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(menu).toHaveCount(0);
  });

  await labTest.step("Tab reaches it, Escape twice leaves it", async () => {
    await takeEvents(notebook);
    await notebook.select(LIVE);
    const hasFocus = () =>
      page.evaluate(() => document.activeElement?.matches(".jupyter-rfb-keys") ?? false);
    for (let press = 0; press < 12 && !(await hasFocus()); press++)
      await page.keyboard.press("Tab");
    expect(await hasFocus()).toBe(true);
    await page.keyboard.press("x");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    expect(await hasFocus()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.closest(".jp-Cell") !== null)).toBe(
      true,
    );
    const events = await takeEvents(notebook, /focus|key_down/);
    expect(events.map(brief)).toEqual([
      "focus_in",
      "key_down x",
      "key_down Escape",
      "key_down Escape",
      "focus_out",
    ]);
  });

  await labTest.step("it hides when scrolled away, and shows when it is back", async () => {
    await takeEvents(notebook);
    const last = EVENTS + 2;
    const seen: Recorded[] = [];
    const poll = (cell: number) =>
      expect.poll(async () => {
        seen.push(...(await takeEvents(notebook, /show|hide/, cell)));
        return names(seen);
      });
    await poll(last).toEqual(["hide"]);
    await notebook.select(LIVE);
    await poll(EVENTS).toEqual(["hide", "show"]);
  });
});

labTest("each view has its own size, and follows the settings", async ({ page, tmpPath }) => {
  const notebook = await recorder(page, tmpPath);
  const rendering = (canvas: ReturnType<OpenNotebook["canvas"]>) =>
    canvas.evaluate((element) => getComputedStyle(element).imageRendering);
  const size = (canvas: ReturnType<OpenNotebook["canvas"]>) =>
    canvas.evaluate((element) => [element.clientWidth, element.clientHeight]);
  const first = notebook.canvas(LIVE);
  const second = page.locator(".jp-LinkedOutputView canvas");

  await labTest.step("an open view follows a change of the settings", async () => {
    expect(await rendering(first)).toBe("auto");
    await setSmoothing(page, false);
    await expect.poll(() => rendering(first)).toBe("pixelated");
  });

  await labTest.step("a second view is resized without the first", async () => {
    await first.click({ button: "right", modifiers: ["Alt"] });
    await page.getByText("Create New View for Cell Output").click();
    await expect(second).toBeVisible();
    // It is new, and has the settings as they are.
    expect(await rendering(second)).toBe("pixelated");
    // It fills its panel, and follows it.
    const [wide = 0] = await size(second);
    expect(wide).toBeGreaterThan(600);
    const viewport = page.viewportSize() ?? { width: 0, height: 0 };
    await page.setViewportSize({ ...viewport, width: viewport.width - 200 });
    await expect.poll(async () => (await size(second))[0]).toBeLessThan(wide - 100);
    expect(await size(first)).toEqual([300, 200]);
    // The kernel draws for the one that was resized last; both show that picture.
    const now = async (): Promise<number | undefined> => (await size(second))[0];
    await expect.poll(async () => (await notebook.pixels(LIVE)).width).toBe(await now());
    // The notebook is the current panel again.
    await notebook.cell(0).click();
    const [width, height] = await size(second);
    const resizes = await takeEvents(notebook, /resize/);
    expect(resizes.at(-1)).toMatchObject({ width, pwidth: width, pheight: height });
    await expectPixel(notebook, LIVE, [340, 210], GRAY);
    await page.setViewportSize(viewport);
  });

  await labTest.step("both follow a change of the settings", async () => {
    await setSmoothing(page, true);
    await expect.poll(() => rendering(first)).toBe("auto");
    expect(await rendering(second)).toBe("auto");
  });
});

/** Changes the user's setting, as the settings editor does. */
async function setSmoothing(page: Page, smoothing: boolean): Promise<void> {
  await page.evaluate(async (value) => {
    const { galata } = window as unknown as {
      galata: {
        readonly app: unknown;
        getPlugin(id: string): Promise<{ set(...args: unknown[]): Promise<void> }>;
      };
    };
    // Galata's helper finds the application when it is asked for it.
    if (galata.app === undefined) throw new Error("JupyterLab is not loaded");
    const registry = await galata.getPlugin("@jupyterlab/apputils-extension:settings");
    await registry.set("jupyter-rfb-ts:plugin", "smoothing", value);
  }, smoothing);
}

labTest(
  "the close button closes the widget; what its handler prints and throws shows there",
  async ({ page, tmpPath }) => {
    const path = `${tmpPath}/closing.ipynb`;
    writeNotebook(path, [
      RECORDER,
      `class Closing extends Recorder {
      handle_event(event: RfbEvent) {
        super.handle_event(event);
        if (event.event_type !== "close") return;
        this.print("closing after", this.events.filter((e) => e.type === "resize").length, "size");
        throw new Error("cannot save");
      }
    }
    const w = new Closing({ css_width: "300px", css_height: "200px", title: "Orbit", has_titlebar: true, is_closable: true }); w`,
      TAKE,
    ]);
    const notebook = await OpenNotebook.inLab(page, path);
    for (const cell of [0, LIVE]) await notebook.run(cell);
    await expectPixel(notebook, LIVE, [150, 100], GRAY);
    const output = notebook.output(LIVE);
    await expect(output).toContainText("Orbit");
    await output.getByRole("button", { name: "Close" }).click();
    await expect(output.locator("canvas")).toHaveCount(0);
    await expect(output).toContainText("closing after 2 size");
    await expect(output).toContainText("Closing, handle_event: Error: cannot save");
    expect(names(await takeEvents(notebook, /close/))).toEqual(["close"]);
  },
);

labTest(
  "a cell that runs again lets its old picture go, and can show the same one again",
  async ({ page, tmpPath }) => {
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    const path = `${tmpPath}/again.ipynb`;
    writeNotebook(path, [
      RECORDER,
      `new Recorder({ css_width: "300px", css_height: "200px" })`,
      `const w = new Recorder({ css_width: "200px", css_height: "100px" });`,
      "w",
      TAKE,
    ]);
    const [again, same, events] = [1, 3, 4];
    const notebook = await OpenNotebook.inLab(page, path);
    await notebook.run(0);
    for (let run = 0; run < 5; run += 1) {
      await notebook.run(again);
      await expectPixel(notebook, again, [150, 100], GRAY);
    }
    await notebook.run(2);
    for (let run = 0; run < 3; run += 1) {
      await notebook.run(same);
      await expectPixel(notebook, same, [100, 50], GRAY);
    }
    // Runs that wait in line.
    await notebook.select(same);
    for (let run = 0; run < 6; run += 1) await page.keyboard.press("Control+Enter");
    await notebook.run(events);
    await expectPixel(notebook, same, [100, 50], GRAY);
    await page.mouse.click(...(await notebook.onPage(same, [60, 40])));
    const [down] = await takeEvents(notebook, /pointer_down|close/, events);
    expect(down).toMatchObject({ event_type: "pointer_down", x: 60, y: 40 });
    // A picture with its layout, in each of two cells.
    expect(await notebook.openComms()).toBe(4);
    expect(complaints).toEqual([]);
  },
);

labTest("a page that is loaded again releases what was held down", async ({ page, tmpPath }) => {
  const notebook = await recorder(page, tmpPath);
  await notebook.save();
  await page.mouse.move(...(await notebook.onPage(LIVE, [60, 70])));
  await page.mouse.down();
  await page.keyboard.down("w");
  await settled(page);

  await notebook.reload();

  const events = await takeEvents(notebook, /pointer_(down|up)|key/);
  expect(names(events)).toEqual(["pointer_down", "key_down", "pointer_up", "key_up"]);
  await expectPixel(notebook, LIVE, [150, 100], GRAY);
});
