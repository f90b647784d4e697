import { expect, test } from "@playwright/test";
import { JPEG_DISTANCE, distance, expectPixel } from "../support/assertions";
import { OpenNotebook, pixelAt, writeNotebook } from "../support/notebook";
import {
  EVENTS,
  GRAY,
  LIVE,
  RECORDER,
  recorder,
  takeEvents,
  type Recorded,
} from "../support/recorder";
import { loadLab, mockServer } from "../support/sharedLab";
import { labTest } from "../support/test";

labTest(
  "a real mouse, wheel and keyboard arrive in the kernel as specified",
  async ({ page, tmpPath }) => {
    const notebook = await recorder(page, tmpPath);
    const shown = await takeEvents(notebook, /resize/);
    expect(shown.at(-1)).toMatchObject({
      width: 300,
      height: 200,
      pwidth: 300,
      pheight: 200,
      pixel_ratio: 1,
      ratio: 1,
      type: "resize",
    });

    await labTest.step("drag", async () => {
      await page.mouse.move(...(await notebook.onPage(LIVE, [40, 50])));
      await page.keyboard.down("Shift");
      await page.mouse.down();
      await page.mouse.move(...(await notebook.onPage(LIVE, [140, 90])), { steps: 10 });
      await page.mouse.up();
      await page.keyboard.up("Shift");
      const events = await takeEvents(notebook, /pointer_(down|up|move)/);
      const [down, ...rest] = events.filter((event) => (event["modifiers"] as string[]).length > 0);
      expect(down).toMatchObject({
        event_type: "pointer_down",
        type: "pointer_down",
        x: 40,
        y: 50,
        button: 1,
        buttons: [1],
        modifiers: ["Shift"],
        ntouches: 1,
      });
      expect(Object.values(down?.["touches"] as object)).toMatchObject([
        { x: 40, y: 50, pressure: 0.5 },
      ]);
      expect(down?.["time_stamp"]).toBe(down?.["timestamp"]);
      const up = rest.at(-1);
      expect(up).toMatchObject({
        event_type: "pointer_up",
        x: 140,
        y: 90,
        button: 1,
        buttons: [],
        ntouches: 0,
        touches: {},
      });
      const moves = rest.slice(0, -1);
      expect(moves.length).toBeGreaterThan(0);
      expect(
        moves.every((move) => move.event_type === "pointer_move" && move["button"] === 1),
      ).toBe(true);
      expect(moves.at(-1)).toMatchObject({ x: 140, y: 90, buttons: [1] });
    });

    await labTest.step("right button and double click", async () => {
      await page.mouse.move(...(await notebook.onPage(LIVE, [20, 30])));
      await page.mouse.click(...(await notebook.onPage(LIVE, [20, 30])), { button: "right" });
      await page.mouse.dblclick(...(await notebook.onPage(LIVE, [25, 35])));
      const events = await takeEvents(notebook, /pointer_down|double_click/);
      expect(events[0]).toMatchObject({ button: 2, buttons: [2] });
      const double = events.at(-1);
      expect(double).toMatchObject({ event_type: "double_click", button: 1, modifiers: [] });
      expect(double).not.toHaveProperty("touches");
      // Unlike a pointer event, a browser's dblclick has whole coordinates of the page, where the canvas lies at a fraction.
      expect(Math.abs((double?.["x"] as number) - 25)).toBeLessThan(1);
      expect(Math.abs((double?.["y"] as number) - 35)).toBeLessThan(1);
    });

    await labTest.step("wheel, summed", async () => {
      await page.mouse.click(...(await notebook.onPage(LIVE, [60, 70])));
      for (let i = 0; i < 5; i++) await page.mouse.wheel(10, 100);
      const wheel: Recorded[] = [];
      const sum = (name: string) => wheel.reduce((all, event) => all + (event[name] as number), 0);
      await expect
        .poll(async () => {
          wheel.push(...(await takeEvents(notebook, /wheel/)));
          return [sum("dx"), sum("dy")];
        })
        .toEqual([50, 500]);
      expect(wheel[0]).toMatchObject({ x: 60, modifiers: [] });
    });

    await labTest.step("keys", async () => {
      await takeEvents(notebook);
      await page.mouse.click(...(await notebook.onPage(LIVE, [60, 70])));
      await page.keyboard.press("a");
      await page.keyboard.press("Shift+B");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Delete");
      const events = await takeEvents(notebook, /key_|char/);
      expect(
        events.map((event) => `${event.event_type} ${String(event["key"] ?? event["data"])}`),
      ).toEqual([
        "key_down a",
        "char a",
        "key_up a",
        "key_down Shift",
        "key_down B",
        "char B",
        "key_up B",
        "key_up Shift",
        "key_down ArrowDown",
        "key_up ArrowDown",
        "key_down Delete",
        "key_up Delete",
      ]);
      expect(events.find((event) => event["key"] === "B")).toMatchObject({ modifiers: ["Shift"] });
    });
  },
);

test.describe("on a touch screen", () => {
  test.use({ hasTouch: true });

  test("two fingers arrive with their touches", async ({ page }) => {
    await mockServer(page);
    await loadLab(page);
    const notebook = await recorder(page, "touch");
    await takeEvents(notebook);
    const cdp = await page.context().newCDPSession(page);
    const [x, y] = await notebook.onPage(LIVE, [100, 100]);
    const finger = (id: number, dx: number) => ({ id, x: x + dx, y, force: 0.25 });
    const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: object[]) =>
      cdp.send("Input.dispatchTouchEvent", { type, touchPoints: touchPoints as never });
    await send("touchStart", [finger(1, 0)]);
    await send("touchStart", [finger(1, 0), finger(2, 50)]);
    await send("touchMove", [finger(1, -20), finger(2, 70)]);
    await send("touchEnd", []);
    const events = await takeEvents(notebook, /pointer_(down|up|move)/);
    expect(events.map((event) => event["ntouches"]).slice(0, 2)).toEqual([1, 2]);
    const both = events.filter((event) => event["ntouches"] === 2);
    const touches = Object.values(both.at(-1)?.["touches"] as Record<string, object>);
    expect(touches).toMatchObject([
      { x: 80, y: 100, pressure: 0.25 },
      { x: 170, y: 100, pressure: 0.25 },
    ]);
    expect(events.at(-1)).toMatchObject({ event_type: "pointer_up", ntouches: 0, touches: {} });
  });
});

labTest(
  "the notebook's shortcuts fire without focus, and not with it",
  async ({ page, tmpPath }) => {
    const notebook = await recorder(page, tmpPath);
    const count = await notebook.cells.count();
    await notebook.canvas(LIVE).click();
    for (const key of ["b", "d", "d", "Shift+Enter", "x"]) await page.keyboard.press(key);
    const keys = await takeEvents(notebook, /key_down/);
    expect(keys.map((event) => event["key"])).toEqual(["b", "d", "d", "Shift", "Enter", "x"]);
    await expect(notebook.cells).toHaveCount(count);

    // But those that are left to JupyterLab.
    await notebook.canvas(LIVE).click();
    await notebook.save();
    await page.keyboard.press("s");
    const kept = await takeEvents(notebook, /key_(down|up)/);
    expect(kept.map((event) => `${event.event_type} ${String(event["key"])}`)).toEqual([
      ...["key_down Control", "key_up Control", "key_down s", "key_up s"],
    ]);

    await notebook.canvas(LIVE).click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.keyboard.press("b");
    await expect(notebook.cells).toHaveCount(count + 1);
    // The cell with the events is one further down now.
    const left = await takeEvents(notebook, /key_down/, EVENTS + 1);
    expect(left.map((event) => event["key"])).toEqual(["Escape", "Escape"]);
  },
);

labTest(
  "dragging the corner resizes the picture, and two views show the same one",
  async ({ page, tmpPath }) => {
    const notebook = await recorder(page, tmpPath);
    await labTest.step("corner", async () => {
      const box = await notebook.canvas(LIVE).boundingBox();
      if (box === null) throw new Error("The canvas is not shown");
      const [right, bottom] = [box.x + box.width, box.y + box.height];
      await page.mouse.move(right - 5, bottom - 5);
      await page.mouse.down();
      await page.mouse.move(right + 95, bottom + 45, { steps: 5 });
      await page.mouse.up();
      await expect.poll(async () => (await notebook.pixels(LIVE)).width).toBe(400);
      await expectPixel(notebook, LIVE, [399, 249], GRAY);
      const resized = (await takeEvents(notebook, /resize/)).at(-1);
      expect(resized).toMatchObject({ width: 400, height: 250, pwidth: 400, pheight: 250 });
    });

    await labTest.step("a second view", async () => {
      await notebook.canvas(LIVE).click({ button: "right", modifiers: ["Alt"] });
      await page.getByText("Create New View for Cell Output").click();
      const second = page.locator(".jp-LinkedOutputView canvas");
      await expect(second).toBeVisible();
      await expect
        .poll(async () =>
          second.evaluate((canvas) => {
            const copy = new OffscreenCanvas(1, 1).getContext("2d");
            copy?.drawImage(canvas as HTMLCanvasElement, 0, 0);
            return [...(copy?.getImageData(0, 0, 1, 1).data ?? [])];
          }),
        )
        .toEqual([...GRAY, 255]);
    });
  },
);

labTest(
  "while a picture moves its frames are JPEG, close to what was drawn",
  async ({ page, tmpPath }) => {
    const path = `${tmpPath}/moving.ipynb`;
    writeNotebook(path, [
      RECORDER,
      `class Moving extends Recorder {
      mimetypes: string[] = [];
      get_frame() {
        this.request_draw();
        const { data, shape } = super.get_frame();
        const [height, width] = shape;
        for (let i = 0; i < height * width; i++) {
          data.set(i % width < width / 2 ? [200, 60, 30] : [20, 90, 210], i * 3);
        }
        return { data, shape };
      }
      send(content: any, buffers?: any) {
        if (content.type === "framebufferdata") this.mimetypes.push(content.mimetype);
        super.send(content, buffers);
      }
    }
    const m = new Moving({ detect_changes: false }); m`,
      "console.log(JSON.stringify([m.get_stats().confirmed_frames, [...new Set(m.mimetypes)]]))",
    ]);
    const notebook = await OpenNotebook.inLab(page, path);
    await notebook.run(0);
    await notebook.run(1);
    const state = async () => {
      await notebook.run(2);
      return JSON.parse(await notebook.printed(2)) as [number, string[]];
    };
    await expect.poll(async () => (await state())[0]).toBeGreaterThan(10);
    const pixels = await notebook.pixels(1);
    expect([pixels.width, pixels.height]).toEqual([500, 300]);
    expect(distance(pixelAt(pixels, 100, 100), [200, 60, 30, 255])).toBeLessThanOrEqual(
      JPEG_DISTANCE,
    );
    expect(distance(pixelAt(pixels, 400, 100), [20, 90, 210, 255])).toBeLessThanOrEqual(
      JPEG_DISTANCE,
    );
    // Also afterwards: what was on the canvas had come as JPEG.
    expect((await state())[1]).toEqual(["image/jpeg"]);
  },
);

labTest(
  "errors and prints show at the widget, not at the cell that ran last",
  async ({ page, tmpPath }) => {
    const path = `${tmpPath}/errors.ipynb`;
    writeNotebook(path, [
      RECORDER,
      `class Failing extends Recorder {
      handle_event(event: RfbEvent) {
        super.handle_event(event);
        if (event.event_type !== "pointer_down") return;
        this.print("pressed at", event.x, event.y);
        this.request_draw();
        throw new Error("no handler for this");
      }
      get_frame(): any { return this.events.some((e) => e.type === "pointer_down") ? { data: new Uint8Array(7), shape: [2, 3, 3] } : super.get_frame(); }
    }
    const f = new Failing({ css_width: "200px", css_height: "100px" }); f`,
      "console.log('the cell that ran last')",
    ]);
    const notebook = await OpenNotebook.inLab(page, path);
    for (const cell of [0, 1, 2]) await notebook.run(cell);
    await expectPixel(notebook, 1, [10, 10], GRAY);
    await page.mouse.click(...(await notebook.onPage(1, [30, 40])));
    const output = notebook.output(1);
    await expect(output).toContainText("pressed at 30 40");
    await expect(output).toContainText("handle_event: Error: no handler for this");
    await expect(output).toContainText(/get_frame: RangeError: .*18.*7/);
    await expect(notebook.output(2)).toHaveText("the cell that ran last");
    await expectPixel(notebook, 1, [10, 10], GRAY);
  },
);

test("two pages of one notebook show the same picture, each at its own pace", async ({
  browser,
  page,
}) => {
  const path = "two-pages/live.ipynb";
  writeNotebook(path, [
    RECORDER,
    `class Counting extends Recorder {
      level = 0;
      get_frame() {
        if (this.level > 0 && this.level < 200) this.level += 1;
        if (this.level < 200) this.request_draw();
        return { data: new Uint8Array(300 * 200 * 3).fill(this.level), shape: [200, 300, 3] };
      }
    }
    const w = new Counting({ css_width: "300px", css_height: "200px" }); w`,
    "w.level = 1; w.request_draw()",
  ]);
  await mockServer(page);
  await loadLab(page);
  const first = await OpenNotebook.inLab(page, path);
  await first.run(0);
  await first.run(LIVE);
  await expectPixel(first, LIVE, [150, 100], [0, 0, 0]);
  await first.save();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const other = await context.newPage();
    await mockServer(other);
    await loadLab(other);
    const second = await OpenNotebook.inLab(other, path);
    await expectPixel(second, LIVE, [150, 100], [0, 0, 0]);
    await first.run(2);
    await expectPixel(first, LIVE, [150, 100], [200, 200, 200]);
    await expectPixel(second, LIVE, [150, 100], [200, 200, 200]);
  } finally {
    await context.close();
  }
});
