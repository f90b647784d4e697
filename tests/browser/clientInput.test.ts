import type { Browser, BrowserContextOptions } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { ClientPage, type PageOptions } from "./clientHarness";
import { plainPng } from "./harness";
import type { Viewer } from "./streamServer";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** A view of 400 x 300 that shows a frame of this size. */
async function showFrame(
  width: number,
  height: number,
  options: PageOptions = {},
  context: BrowserContextOptions = {},
  fields: object = {},
): Promise<{ client: ClientPage; viewer: Viewer; x: number; y: number }> {
  const client = await ClientPage.open(browser, context);
  const viewer = await client.connect(options);
  viewer.sendConfig(width, height, fields);
  viewer.sendImage(0, width, height, plainPng(width, height, 1, 2), fields);
  await viewer.receipt(0);
  const { x, y } = await client.box();
  return { client, viewer, x, y };
}

const pick = (event: object, ...keys: string[]): unknown[] =>
  keys.map((key) => (event as Record<string, unknown>)[key]);

describe("pointer events", () => {
  it("have the position in the frame, in the element, and whether it is inside", async () => {
    // 400 x 300 shows 200 x 50 as 400 x 100, 100 from the top.
    const { client, viewer, x, y } = await showFrame(200, 50, {}, {}, { pixel_ratio: 2 });
    const { mouse } = client.page;
    await mouse.move(x + 100, y + 150);
    const move = await viewer.event("pointer_move");
    const keys = ["x", "y", "inside", "pixel_ratio", "logical_x", "logical_y"];
    expect(pick(move, ...keys)).toEqual([50, 25, true, 2, 100, 150]);
    await mouse.down();
    const down = await viewer.event("pointer_down");
    expect(pick(down, ...keys, "button", "ntouches")).toEqual([50, 25, true, 2, 100, 150, 1, 1]);
    expect(Object.values(down.touches as object)).toEqual([{ x: 50, y: 25, pressure: 0.5 }]);
    await mouse.move(x + 100, y + 80);
    await viewer.until(({ events }) => events.some(({ logical_y }) => logical_y === 80));
    await mouse.up();
    const up = await viewer.event("pointer_up");
    expect(pick(up, ...keys)).toEqual([50, -10, false, 2, 100, 80]);
    await client.close();
  });

  it.each([
    ["cover", 200, 50, [100, 25, true]],
    ["fill", 200, 50, [100, 25, true]],
  ] as const)("are mapped through %s", async (fit, width, height, middle) => {
    const { client, viewer, x, y } = await showFrame(width, height, { fit });
    await client.page.mouse.move(x + 200, y + 150);
    expect(pick(await viewer.event("pointer_move"), "x", "y", "inside")).toEqual(middle);
    await client.page.mouse.move(x + 80, y + 30);
    await viewer.until(({ events }) => events.some(({ logical_x }) => logical_x === 80));
    // "cover" shows it 6 times as large, cropped at the sides; "fill" 2 and 6 times as large.
    expect(pick(await viewer.event("pointer_move"), "x", "y", "inside")).toEqual(
      fit === "cover" ? [80, 5, true] : [40, 5, true],
    );
    await client.close();
  });

  it.each([
    ["turned by half", "rotate(180deg)", [300, 180]],
    ["turned by a quarter", "rotate(90deg)", [230, 50]],
    ["mirrored", "scaleX(-1)", [300, 120]],
    ["made smaller", "scale(0.5)", [150, 135]],
  ] as const)("are right in a picture that is %s", async (_what, transform, [left, top]) => {
    const { client, viewer, x, y } = await showFrame(400, 300);
    await client.page.evaluate((value) => {
      (document.getElementById("main") as HTMLElement).style.transform = value;
    }, transform);
    // Where the picture's own point (100, 120) now is, from where its corner was.
    await client.page.mouse.move(x + left, y + top);
    const move = await viewer.event("pointer_move");
    for (const [name, expected] of [
      ["logical_x", 100],
      ["logical_y", 120],
      ["x", 100],
      ["y", 120],
    ] as const) {
      expect(Math.abs(Number(move[name]) - expected)).toBeLessThanOrEqual(1);
    }
    await client.close();
  });

  it("are right in a shadow root whose host is turned, and Escape leads to the host", async () => {
    const { client, viewer } = await showFrame(400, 300);
    await client.page.evaluate(() => {
      const around = document.getElementById("around") as HTMLElement;
      around.attachShadow({ mode: "open" }).append(...around.children);
      around.style.transform = "rotate(180deg)";
    });
    // The host is 800 x 340, and the picture's corner was at 20, 20.
    await client.page.mouse.click(800 - 20 - 100, 340 - 20 - 120);
    const down = await viewer.event("pointer_down");
    expect(Math.abs(Number(down.logical_x) - 100)).toBeLessThanOrEqual(1);
    expect(Math.abs(Number(down.logical_y) - 120)).toBeLessThanOrEqual(1);
    await client.page.keyboard.press("Escape");
    await client.page.keyboard.press("Escape");
    await viewer.event("focus_out");
    const inside = () =>
      client.page.evaluate(() => [
        document.activeElement?.id,
        document.activeElement?.shadowRoot?.activeElement ?? null,
      ]);
    expect(await inside()).toEqual(["around", null]);
    await client.close();
  });

  it.each([1, 1.5, 0.8])(
    "are measured from the corner of the content if a canvas has a border and padding, at zoom %d",
    async (zoom) => {
      const { client, viewer, x, y } = await showFrame(340, 240);
      await client.page.evaluate((factor) => {
        document.getElementById("main")?.style.setProperty("zoom", String(factor));
        const { style } = window.client.view.canvas;
        Object.assign(style, { boxSizing: "border-box", border: "10px solid", padding: "20px" });
      }, zoom);
      const isSized = ({ width, ratio }: { readonly [key: string]: unknown }): boolean =>
        width === 340 && Math.abs(Number(ratio) - zoom) < 0.001;
      await viewer.until(() => viewer.ofType("set_viewport").some(isSized));
      await client.page.mouse.move(x + (30 + 100) * zoom, y + (30 + 120) * zoom);
      const move = await viewer.event("pointer_move");
      const positions = pick(move, "logical_x", "logical_y", "x", "y").map(Number);
      expect(positions.map(Math.round)).toEqual([100, 120, 100, 120]);
      await client.close();
    },
  );

  it("include double clicks, from enter to leave, and keep the page's menu closed", async () => {
    const { client, viewer, x, y } = await showFrame(400, 300);
    const { mouse } = client.page;
    await client.page.evaluate(() => {
      window.client.view.canvas.addEventListener("contextmenu", (event) => {
        document.title = event.defaultPrevented ? "no menu" : "menu";
      });
    });
    await mouse.move(x + 5, y + 5);
    await mouse.dblclick(x + 10, y + 20);
    expect(pick(await viewer.event("double_click"), "x", "y", "inside")).toEqual([10, 20, true]);
    await mouse.move(1, 1);
    await viewer.event("pointer_leave");
    expect(viewer.events.some(({ type }) => type === "pointer_enter")).toBe(true);
    await mouse.click(x + 10, y + 20, { button: "right" });
    await viewer.until(({ events }) => events.some(({ button }) => button === 2));
    await expect.poll(() => client.page.title()).toBe("no menu");
    const style = await client.page.evaluate(() => window.client.view.canvas.style.touchAction);
    expect(style).toBe("none");
    await client.close();
  });

  it("of fingers have frame pixels for each touch", async () => {
    const { client, viewer, x, y } = await showFrame(200, 150, {}, { hasTouch: true });
    const session = await client.page.context().newCDPSession(client.page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...points: [number, number][]) =>
      session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: points.map(([px, py], id) => ({ x: x + px, y: y + py, id })),
      });
    await touch("touchStart", [100, 60]);
    await touch("touchStart", [100, 60], [200, 160]);
    await viewer.until(({ events }) => events.some(({ ntouches }) => ntouches === 2));
    const last = viewer.events.filter(({ ntouches }) => ntouches === 2).at(-1);
    const touches = Object.values(last?.touches as Record<string, { x: number; y: number }>);
    expect(touches.map(({ x: tx, y: ty }) => [tx, ty])).toEqual([
      [50, 30],
      [100, 80],
    ]);
    await touch("touchEnd");
    await client.close();
  });
});

describe("wheel and keys", () => {
  it("go to the picture while it has the focus, and to the page before", async () => {
    const { client, viewer, x, y } = await showFrame(200, 150);
    const { mouse, keyboard } = client.page;
    await keyboard.press("a");
    await mouse.click(x + 20, y + 20);
    await viewer.event("focus_in");
    expect(viewer.events.some(({ type }) => type === "key_down")).toBe(false);
    await mouse.wheel(3, 120);
    const wheel = await viewer.event("wheel");
    expect(pick(wheel, "x", "y", "dx", "dy", "inside")).toEqual([10, 10, 3, 120, true]);
    await keyboard.press("Shift+B");
    const key = viewer.until(({ events }) => events.some(({ key: name }) => name === "B"));
    expect((await key).events.some(({ type, data }) => type === "char" && data === "B")).toBe(true);
    const focus = () => client.page.evaluate(() => window.client.view.canvas.style.outline !== "");
    expect(await focus()).toBe(true);
    await keyboard.press("Escape");
    await keyboard.press("Escape");
    await viewer.event("focus_out");
    expect(await focus()).toBe(false);
    // As in a notebook: an element around the view receives the focus.
    expect(await client.page.evaluate(() => document.activeElement?.id)).toBe("around");
    await client.close();
  });

  it("are accessible with a screen reader", async () => {
    const { client } = await showFrame(20, 15, { label: "A cube" });
    const snapshot = await client.page.locator("body").ariaSnapshot();
    expect(snapshot).toContain('application "A cube"');
    expect(snapshot).toContain('textbox "A cube"');
    await client.close();
  });
});

describe("the on-screen keyboard", () => {
  const keys = (client: ClientPage) =>
    client.page.evaluate(() => {
      const active = document.activeElement as HTMLElement;
      return [active.tagName, active.inputMode];
    });

  it("comes up with a tap if touchKeyboard is set", async () => {
    const options = { touchKeyboard: true };
    const { client, viewer, x, y } = await showFrame(200, 150, options, { hasTouch: true });
    await client.page.touchscreen.tap(x + 10, y + 10);
    await viewer.event("focus_in");
    expect(await keys(client)).toEqual(["TEXTAREA", "text"]);
    await client.close();
  });

  it("comes up with focus() otherwise", async () => {
    const { client, viewer, x, y } = await showFrame(200, 150, {}, { hasTouch: true });
    await client.page.touchscreen.tap(x + 10, y + 10);
    await viewer.event("focus_in");
    expect(await keys(client)).toEqual(["TEXTAREA", "none"]);
    await client.page.evaluate(() => window.client.view.focus());
    expect(await keys(client)).toEqual(["TEXTAREA", "text"]);
    await client.page.keyboard.press("k");
    expect((await viewer.event("key_down")).key).toBe("k");
    await client.close();
  });
});

describe("the size", () => {
  const viewport = async (viewer: Viewer, width: number): Promise<unknown[]> => {
    const find = () => viewer.ofType("set_viewport").find((one) => one.width === width);
    await viewer.until(() => find() !== undefined);
    return pick(find() ?? {}, "width", "height", "pwidth", "pheight", "ratio");
  };

  it("is sent in logical and device pixels, and again when it changes", async () => {
    const { client, viewer } = await showFrame(80, 60, {}, { deviceScaleFactor: 2 });
    expect(viewer.messages[0]).toMatchObject({ type: "hello", device_pixel_ratio: 2 });
    expect(await viewport(viewer, 400)).toEqual([400, 300, 800, 600, 2]);
    await client.page.evaluate(() => {
      (document.getElementById("main") as HTMLElement).style.width = "500px";
    });
    expect(await viewport(viewer, 500)).toEqual([500, 300, 1000, 600, 2]);
    const { x, y } = await client.box();
    // 80 x 60 in 500 x 300: 400 x 300 in the middle.
    await client.page.mouse.move(x + 250, y + 150);
    const move = await viewer.event("pointer_move");
    expect(pick(move, "x", "y", "logical_x")).toEqual([40, 30, 250]);
    await client.close();
  });

  it("is limited without changing its shape, and sent once if autoResize is off", async () => {
    const options = { maxBackingDimension: 200, autoResize: false };
    const { client, viewer } = await showFrame(80, 60, options, { deviceScaleFactor: 2 });
    expect(await viewport(viewer, 400)).toEqual([400, 300, 200, 150, 0.5]);
    await client.page.evaluate(() => {
      (document.getElementById("main") as HTMLElement).style.width = "800px";
    });
    const { x, y } = await client.box();
    await expect.poll(async () => (await client.box()).width).toBe(800);
    // Positions still follow: 80 x 60 in 800 x 300 is in the middle.
    await client.page.mouse.move(x + 400, y + 150);
    await viewer.until(({ events }) => events.some((event) => event.x === 40 && event.y === 30));
    expect(viewer.ofType("set_viewport")).toHaveLength(1);
    await client.close();
  });

  it("does not make the server draw while the picture was never visible", async () => {
    const client = await ClientPage.open(browser);
    await client.page.evaluate(() => (document.body.style.paddingTop = "5000px"));
    await client.makeView();
    const viewer = await client.server.viewer(0);
    await viewer.event("hide");
    expect(viewer.events.some(({ type }) => type === "show")).toBe(false);
    await client.page.evaluate(() => window.scrollTo(0, 5000));
    await viewer.event("show");
    await client.close();
  });

  it("has a timestamp, like an event", async () => {
    const { client, viewer } = await showFrame(80, 60);
    expect(viewer.ofType("set_viewport")[0]?.timestamp).toBeGreaterThan(0);
    await client.close();
  });

  it("does not make the server draw while the picture is hidden", async () => {
    const { client, viewer } = await showFrame(80, 60);
    const display = (value: string) =>
      client.page.evaluate((now) => {
        (document.getElementById("main") as HTMLElement).style.display = now;
      }, value);
    await display("none");
    await viewer.event("hide");
    const shows = viewer.events.filter(({ type }) => type === "show").length;
    await display("block");
    await viewer.until(({ events }) => events.filter(({ type }) => type === "show").length > shows);
    await client.close();
  });
});
