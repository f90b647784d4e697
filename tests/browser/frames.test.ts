import { crc32 } from "node:zlib";
import { type Browser } from "@playwright/test";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { makePng, plainPng, ViewPage, type Sent } from "./harness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const acks = (sent: readonly Sent[]): Sent[] =>
  sent.filter(({ type }) => type === "frame_feedback");
const lastAck = (index: number) => (sent: readonly Sent[]) => acks(sent).at(-1)?.index === index;

/** An opaque picture in which no two neighbouring pixels are equal. */
function noise(width: number, height: number): Buffer {
  return makePng(width, height, (x, y) => [
    (x * 67 + y * 31) % 256,
    (x * 13 + y * 101) % 256,
    (x * y * 7) % 256,
    255,
  ]);
}

/** Adds colour information to a PNG file that is far from sRGB. */
function withGamma(png: Buffer): Buffer {
  const chunk = Buffer.alloc(16);
  chunk.writeUInt32BE(4, 0);
  chunk.write("gAMA", 4);
  chunk.writeUInt32BE(100_000, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 12)), 12);
  const afterHeader = 33;
  return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]);
}

describe("frames in Chromium", () => {
  it.each([
    ["a PNG", noise(61, 47)],
    ["a PNG with a colour profile of its own", withGamma(noise(64, 16))],
    ["a picture of one pixel", makePng(1, 1, () => [1, 2, 3, 255])],
  ])("shows %s exactly, pixel for pixel", async (_what, png) => {
    const view = await ViewPage.open(browser);
    await view.until(lastAck(await view.deliver(png)));
    const shown = await view.page.evaluate(() => window.harness.pixels());
    const drawn = PNG.sync.read(png);
    expect([shown.width, shown.height]).toEqual([drawn.width, drawn.height]);
    expect(Buffer.compare(Buffer.from(shown.data), drawn.data)).toBe(0);
    expect(view.errors).toEqual([]);
    await view.close();
  });

  it("shows a JPEG within 2 of its colour", async () => {
    const view = await ViewPage.open(browser);
    const data = Buffer.alloc(16 * 16 * 4, Buffer.from([200, 120, 40, 255]));
    const file = jpeg.encode({ width: 16, height: 16, data }, 90).data;
    await view.until(lastAck(await view.deliver(file, "image/jpeg")));
    const shown = await view.page.evaluate(() => window.harness.pixels());
    const worst = Math.max(...shown.data.map((value, at) => Math.abs(value - (data[at] ?? 0))));
    expect(worst).toBeLessThanOrEqual(2);
    await view.close();
  });

  it("replaces a frame by a translucent one without blending", async () => {
    const view = await ViewPage.open(browser);
    await view.deliver(plainPng(4, 4, 255, 255));
    await view.until(lastAck(await view.deliver(makePng(4, 4, () => [0, 0, 255, 51]))));
    const { data } = await view.page.evaluate(() => window.harness.pixels());
    expect(data.slice(0, 4)).toEqual([0, 0, 255, 51]);
    await view.close();
  });

  it("fits a frame of another shape as set, and leaves one of the exact size alone", async () => {
    const view = await ViewPage.open(browser);
    const shown = (): Promise<string[]> =>
      view.page.evaluate(() => {
        const { objectFit, imageRendering } = document.querySelector("canvas")?.style ?? {};
        return [objectFit ?? "", imageRendering ?? ""];
      });
    await view.until(lastAck(await view.deliver(plainPng(4, 8, 1, 2))));
    expect(await shown()).toEqual(["fill", "auto"]);
    await view.page.evaluate(() => window.harness.update({ fit: "contain", smoothing: false }));
    expect(await shown()).toEqual(["contain", "pixelated"]);
    const { width, height } = (await view.page.locator("canvas").boundingBox()) ?? {};
    await view.until(lastAck(await view.deliver(plainPng(width ?? 0, height ?? 0, 1, 2))));
    expect((await shown())[0]).toBe("fill");
    await view.close();
  });

  it("accepts a frame as a data URL if there are no buffers", async () => {
    const view = await ViewPage.open(browser);
    const png = plainPng(2, 2, 10, 20);
    await view.page.evaluate(
      (data_b64) =>
        window.harness.deliver({
          type: "framebufferdata",
          mimetype: "image/png",
          data_b64,
          index: 1,
          timestamp: 5,
        }),
      `data:image/png;base64,${png.toString("base64")}`,
    );
    await view.until(lastAck(1));
    const { data } = await view.page.evaluate(() => window.harness.pixels());
    expect(data.slice(0, 4)).toEqual([10, 20, 0, 255]);
    await view.close();
  });

  it("acknowledges each frame of a burst once and in order, and ends at the newest", async () => {
    const view = await ViewPage.open(browser);
    const count = 30;
    for (let index = 1; index <= count; index++) {
      // The first ones take longest to decode.
      const side = 800 - 25 * index;
      await view.deliver(plainPng(side, side, index, 2 * index));
    }
    const sent = acks(await view.until((all) => acks(all).length >= count));
    expect(sent.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    expect(sent.map(({ timestamp }) => timestamp)).toEqual(
      sent.map((ack) => 1000 + Number(ack.index)),
    );
    const { data, width } = await view.page.evaluate(() => window.harness.pixels());
    expect([width, ...data.slice(0, 3)]).toEqual([50, count, 2 * count, 0]);
    await view.close();
  });

  it("acknowledges without waiting for the screen, which a hidden tab never updates", async () => {
    const view = await ViewPage.open(browser);
    await view.page.evaluate(() => {
      window.requestAnimationFrame = () => 0;
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await view.until((sent) => sent.some(({ type }) => type === "hide"));
    await view.until(lastAck(await view.deliver(plainPng(8, 8, 1, 2))));
    await view.close();
  });

  it("acknowledges broken frames, reports the first, and shows the next good one", async () => {
    const view = await ViewPage.open(browser);
    await view.deliver(Buffer.from("this is no picture"));
    await view.deliver(Buffer.from("nor is this"));
    await view.until(lastAck(await view.deliver(plainPng(3, 3, 9, 8))));
    expect(acks(await view.sent()).map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(view.errors).toHaveLength(1);
    expect(view.errors[0]).toContain("jupyter-rfb-ts: Cannot show frame");
    const { data } = await view.page.evaluate(() => window.harness.pixels());
    expect(data.slice(0, 3)).toEqual([9, 8, 0]);
    await view.close();
  });

  it("survives invalid messages", async () => {
    const view = await ViewPage.open(browser);
    for (const message of [{}, { type: "framebufferdata" }, { type: "other" }, []]) {
      await view.page.evaluate((bad) => window.harness.deliver(bad), message);
    }
    await view.until(lastAck(await view.deliver(plainPng(3, 3, 9, 8))));
    expect(view.errors).toHaveLength(1);
    await view.close();
  });

  it("shows the last frame in a view that is added later, and each frame in all views", async () => {
    const view = await ViewPage.open(browser);
    await view.until(lastAck(await view.deliver(plainPng(5, 5, 70, 80))));
    await view.page.evaluate(() => window.harness.addView());
    const read = (index: number) => view.page.evaluate((i) => window.harness.pixels(i), index);
    expect((await read(1)).data.slice(0, 3)).toEqual([70, 80, 0]);
    await view.until(lastAck(await view.deliver(plainPng(6, 6, 90, 95))));
    expect(await read(0)).toEqual(await read(1));
    expect(acks(await view.sent())).toHaveLength(2);
    await view.close();
  });

  it("enlarges a small picture with or without smoothing, as set", async () => {
    const view = await ViewPage.open(browser, { smoothing: false });
    const rendering = () =>
      view.page.locator("canvas").evaluate((canvas) => getComputedStyle(canvas).imageRendering);
    expect(await rendering()).toBe("pixelated");
    await view.page.evaluate(() => window.harness.update({ smoothing: true }));
    expect(await rendering()).toBe("auto");
    await view.close();
  });

  it("first sends a hello with its version and its abilities", async () => {
    const view = await ViewPage.open(browser, null);
    await view.page.evaluate(() => window.harness.hello());
    const accepts = expect.arrayContaining(["patches"]) as unknown;
    expect((await view.sent())[0]).toEqual({
      ...{ type: "hello", version: 1, accepts, base64: false },
    });
    await view.close();
  });
});
