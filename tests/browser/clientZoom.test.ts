import type { Browser } from "@playwright/test";
import { PNG } from "pngjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { disposedAfterAll } from "../support/disposables";
import {
  checkerboard,
  deviceBox,
  ratioFlag,
  shownBoard,
  surroundWithRed,
  WAIT,
} from "./checkerboard";
import { ClientPage } from "./clientHarness";
import { makePng } from "./harness";
import type { Viewer } from "./streamServer";

const RATIO = 1.5;
/** A view of this many CSS pixels. */
const SIZE = { width: 201, height: 101 };
/** A frame of another shape, with a mark apart from its middle. */
const FRAME = { width: 80, height: 60 };
const MARK = { left: 50, top: 30, side: 4 };
const marked = makePng(FRAME.width, FRAME.height, (x, y) => {
  const isMark =
    Math.floor((x - MARK.left) / MARK.side) === 0 && Math.floor((y - MARK.top) / MARK.side) === 0;
  return [0, isMark ? 255 : 0, 0, 255];
});

const FITS = ["contain", "cover", "fill"] as const;

const disposables = disposedAfterAll();
let browser: Browser;
let client: ClientPage;
let viewer: Viewer;
let isConnected = false;
let seq = 0;
// One page for all tests, whose zoom changes while the view is in it.
beforeAll(async () => {
  browser = await disposables.own(startBrowser(ratioFlag(RATIO)), (started) => started.close());
  const opening = ClientPage.open(browser, { viewport: null });
  client = await disposables.own(opening, (opened) => opened.close());
  await surroundWithRed(client.page);
  await client.page.locator("#main").evaluate(({ style }, { width, height }) => {
    // Its edges are not at whole pixels.
    Object.assign(style, { width: `${width}px`, height: `${height}px`, margin: "0.7px" });
  }, SIZE);
});

/** Connects the view in the first test, as only a test can wait for a state, and sets the zoom. */
async function prepare(zooms: Readonly<Record<string, number>>): Promise<void> {
  if (!isConnected) viewer = await client.connect({ background: "red" });
  isConnected = true;
  await client.page.evaluate((factors) => {
    window.client.view.setFit("contain");
    for (const selector of ["body", "#around", "#main", "canvas"]) {
      const factor = String(factors[selector] ?? 1);
      document.querySelector<HTMLElement>(selector)?.style.setProperty("zoom", factor);
    }
  }, zooms);
}

async function show(width: number, height: number, png: Buffer): Promise<void> {
  viewer.sendConfig(width, height);
  viewer.sendImage(seq, width, height, png);
  await viewer.receipt(seq++);
}

/** The middle of the mark in a picture of the window, in CSS pixels; NaN if it is not there. */
async function markOnScreen(): Promise<{ x: number; y: number }> {
  const { width, data } = PNG.sync.read(await client.page.screenshot());
  let [x, y, count] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (Number(data[at]) > 50 || Number(data[at + 1]) < 128) continue;
    x += ((at / 4) % width) + 0.5;
    y += Math.floor(at / 4 / width) + 0.5;
    count++;
  }
  return { x: x / count / RATIO, y: y / count / RATIO };
}

describe.each([
  ["the element", 1.5, { "#main": 1.5 }],
  ["the element, which becomes smaller", 0.8, { "#main": 0.8 }],
  ["the canvas", 1.5, { canvas: 1.5 }],
  ["an ancestor", 1.5, { "#around": 1.5 }],
  ["the page, which becomes smaller", 0.8, { body: 0.8 }],
  ["the element and an ancestor", 1.2, { "#main": 0.8, "#around": 1.5 }],
  ["the element and two ancestors", 1.287, { "#main": 1.3, "#around": 0.9, body: 1.1 }],
] as const)("under CSS zoom of %s", (_what, zoom, zooms) => {
  beforeEach(() => prepare(zooms));

  it("the view asks for the browser's device pixels, and shows each of them", async () => {
    const box = await deviceBox(client.page);
    const ratio = RATIO * zoom;
    // The canvas's own zoom does not change its share of the element.
    const inside = "canvas" in zooms ? zoom : 1;
    expect(Math.abs(box.width - (SIZE.width * ratio) / inside)).toBeLessThan(1);
    const asked = () => viewer.ofType("set_viewport").at(-1);
    await expect.poll(asked, WAIT).toMatchObject({ pwidth: box.width, pheight: box.height });
    expect(asked()?.ratio).toBeCloseTo(ratio, 5);
    expect(Math.abs(Number(asked()?.width) - SIZE.width / inside)).toBeLessThan(0.05);
    expect(Math.abs(Number(asked()?.height) - SIZE.height / inside)).toBeLessThan(0.05);
    await show(box.width, box.height, checkerboard(box.width, box.height));
    await expect.poll(() => shownBoard(client.page), WAIT).toEqual({ ...box, wrong: 0 });
  });

  it("a pointer's position is that of the frame's pixel below it, however the frame fits", async () => {
    await show(FRAME.width, FRAME.height, marked);
    const { page } = client;
    const objectFit = () => page.evaluate(() => window.client.view.canvas.style.objectFit);
    for (const fit of FITS) {
      await page.evaluate((mode) => window.client.view.setFit(mode), fit);
      await expect.poll(objectFit, WAIT).toBe(fit);
      let mark = { x: NaN, y: NaN };
      await expect.poll(async () => (mark = await markOnScreen()).x, WAIT).toBeGreaterThan(0);
      const isMove = ({ type }: { readonly type: string }): boolean => type === "pointer_move";
      const before = viewer.events.filter(isMove).length;
      await page.mouse.move(mark.x, mark.y);
      await viewer.until(({ events }) => events.filter(isMove).length > before);
      const move = await viewer.event("pointer_move");
      expect(move.inside).toBe(true);
      const middle = [MARK.left + MARK.side / 2, MARK.top + MARK.side / 2] as const;
      expect(Math.abs(Number(move.x) - middle[0]), fit).toBeLessThan(0.5);
      expect(Math.abs(Number(move.y) - middle[1]), fit).toBeLessThan(0.5);
    }
  });
});

it("an element of an iframe has the iframe's device pixels, also when its zoom changes", async () => {
  const own = await ClientPage.open(browser, { viewport: null });
  await surroundWithRed(own.page);
  await own.page.evaluate(({ width, height }) => {
    const frame = document.createElement("iframe");
    frame.style.cssText = "position: fixed; inset: 0; width: 300px; border: 0; zoom: 1.5";
    document.body.append(frame);
    const page = frame.contentDocument as Document;
    page.body.style.background = "red";
    const style = `width: ${width}px; height: ${height}px; display: none`;
    page.body.innerHTML = `<div id="main" style="${style}"></div>`;
  }, SIZE);
  await own.makeView({ background: "red" });
  const shower = await own.server.viewer(0);
  // A hidden element has no size with a ratio of its own.
  await shower.until(({ messages }) => messages.length > 0);
  expect(shower.messages[0]).toMatchObject({ type: "hello", device_pixel_ratio: 1.5 * RATIO });
  const iframe = own.page.frameLocator("iframe");
  await iframe.locator("#main").evaluate(({ style }) => style.setProperty("display", "block"));
  const asked = () => shower.ofType("set_viewport").at(-1);
  for (const [index, zoom] of [1.5, 0.8].entries()) {
    await own.page.locator("iframe").evaluate((frame, factor) => {
      frame.style.setProperty("zoom", String(factor));
    }, zoom);
    const ratio = expect.closeTo(RATIO * zoom, 5) as number;
    await expect.poll(asked, WAIT).toMatchObject({ ratio });
    const box = await deviceBox(iframe);
    expect(Math.abs(box.width - SIZE.width * RATIO * zoom)).toBeLessThan(1);
    await expect.poll(asked, WAIT).toMatchObject({ pwidth: box.width, pheight: box.height });
    shower.sendConfig(box.width, box.height);
    shower.sendImage(index, box.width, box.height, checkerboard(box.width, box.height));
    await shower.receipt(index);
    await expect.poll(() => shownBoard(own.page), WAIT).toEqual({ ...box, wrong: 0 });
  }
  await own.close();
});
