import type { Browser } from "@playwright/test";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packEnvelope } from "../../src/protocol/envelope";
import { startBrowser } from "../support/chromium";
import { ClientPage, pixelAt } from "./clientHarness";
import { makePng, plainPng } from "./harness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

describe("an element of an iframe", () => {
  it.each([
    ["a canvas", '<canvas id="main" width="200" height="100"></canvas>'],
    ["another element", '<div id="main" style="width: 200px; height: 100px"></div>'],
  ])("shows frames and sends input, as %s", async (_what, body) => {
    const client = await ClientPage.open(browser);
    // Chromium without windows has a pointer in the corner from the beginning.
    await client.page.mouse.move(300, 300);
    await client.page.evaluate((content) => {
      const frame = document.createElement("iframe");
      frame.style.cssText = "position: fixed; inset: 0; border: 0";
      document.body.append(frame);
      const page = frame.contentDocument as Document;
      page.body.style.margin = "0";
      page.body.innerHTML = content;
    }, body);
    const viewer = await client.connect();
    viewer.sendConfig(200, 100);
    viewer.sendImage(0, 200, 100, plainPng(200, 100, 10, 20));
    await viewer.receipt(0);
    expect(pixelAt(await client.pixels(), 5, 5)).toEqual([10, 20, 0, 255]);
    await client.page.mouse.move(30, 40);
    await client.page.mouse.down();
    await client.page.mouse.move(50, 60);
    await client.page.keyboard.press("k");
    await viewer.event("key_up");
    await client.page.mouse.up();
    await viewer.event("pointer_up");
    // The focus leaves the page's own window, but not that of the element.
    const types = viewer.events.map(({ type }) => type);
    expect(types).toEqual([
      ...["show", "pointer_enter", "pointer_move", "focus_in", "pointer_down", "pointer_move"],
      ...["key_down", "char", "key_up", "pointer_up"],
    ]);
    await client.close();
  });

  it("is refused as a canvas with a context, as one of the page is", async () => {
    const client = await ClientPage.open(browser);
    await client.page.evaluate(() => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      const page = frame.contentDocument as Document;
      page.body.innerHTML = '<canvas id="main"></canvas>';
      page.querySelector("canvas")?.getContext("2d");
    });
    await expect(client.makeView()).rejects.toThrow(
      "Cannot use the canvas: it has a context, or has or had a view",
    );
    await client.close();
  });
});

describe("frames", () => {
  it("are painted pixel by pixel, acknowledged, and captured in their own size", async () => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect();
    const hello = viewer.messages[0];
    expect(hello).toMatchObject({ type: "hello", device_pixel_ratio: 1 });
    expect(hello?.supported).toEqual(
      expect.arrayContaining(["image/jpeg", "image/png", "image/webp", "rfb/patches"]),
    );
    viewer.sendConfig(64, 48);
    await client.state("negotiated");
    const color = (x: number, y: number) => [x * 4, y * 5, (x ^ y) & 255, 255] as const;
    viewer.sendImage(0, 64, 48, makePng(64, 48, color));
    expect(await viewer.receipt(0)).toEqual({
      ...{ view_time: expect.any(Number) as unknown, held: 0, seen: 0 },
      ...{ type: "ack", seq: 0, decode_queue_size: 0, displayed: true },
    });
    const picture = await client.pixels();
    expect([picture.width, picture.height]).toEqual([64, 48]);
    for (const [x, y] of [
      [0, 0],
      [63, 47],
      [10, 30],
    ] as const) {
      expect(pixelAt(picture, x, y)).toEqual([...color(x, y)]);
    }
    await expect
      .poll(() => client.stats())
      .toMatchObject({
        ...{ framesDisplayed: 1, lastDisplayedSeq: 0, transport: "image", codec: "image/png" },
        ...{ frameWidth: 64, frameHeight: 48, reconnects: 0 },
      });
    const blob = await client.page.evaluate(async () => {
      const file = await window.client.view.capture("blob");
      const bytes = [...new Uint8Array(await file.arrayBuffer())];
      return { bytes, seq: window.client.view.lastCaptureSeq };
    });
    expect(blob.seq).toBe(0);
    const png = PNG.sync.read(Buffer.from(blob.bytes));
    expect([...png.data]).toEqual(picture.data);
    expect(await client.errors()).toEqual([]);
    await client.close();
  });

  it("that are too large are refused, and leave the canvas as it is for the next good one", async () => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect();
    viewer.sendConfig(30_000, 30_000);
    await client.state("negotiated");
    viewer.sendImage(0, 4, 4, plainPng(4, 4, 10, 20));
    await viewer.receipt(0);
    // A small file whose announced size would make a canvas of 3.6 GB.
    viewer.sendImage(1, 30_000, 30_000, plainPng(4, 4, 30, 40));
    expect(await viewer.receipt(1)).toMatchObject({ displayed: false });
    expect(pixelAt(await client.pixels(), 1, 1)).toEqual([10, 20, 0, 255]);
    viewer.sendImage(2, 8, 8, plainPng(8, 8, 50, 60));
    expect(await viewer.receipt(2)).toMatchObject({ displayed: true });
    expect(pixelAt(await client.pixels(), 7, 7)).toEqual([50, 60, 0, 255]);
    expect(await client.errors()).toEqual([
      "Cannot show frame 2, or others of its kind: Cannot show a picture: expected at most 134217728 pixels, got 30000 x 30000",
    ]);
    await client.close();
  });

  it("whose file says that it is too large are refused before it is decoded", async () => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect();
    viewer.sendConfig(4, 4);
    // Width and height of a PNG begin at its 16th byte.
    const bomb = Buffer.from(plainPng(4, 4, 30, 40));
    bomb.writeUInt32BE(20_000, 16);
    bomb.writeUInt32BE(20_000, 20);
    viewer.sendImage(0, 4, 4, bomb);
    expect(await viewer.receipt(0)).toMatchObject({ displayed: false });
    viewer.sendImage(1, 8, 8, plainPng(8, 8, 50, 60));
    expect(await viewer.receipt(1)).toMatchObject({ displayed: true });
    expect(pixelAt(await client.pixels(), 7, 7)).toEqual([50, 60, 0, 255]);
    expect(await client.errors()).toEqual([
      expect.stringContaining("expected at most 134217728 pixels, got 20000 x 20000"),
    ]);
    await client.close();
  });

  it("change by patches, and request a keyframe when one is missing", async () => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect();
    viewer.sendConfig(40, 30);
    viewer.sendImage(0, 40, 30, plainPng(40, 30, 10, 20));
    const patch = (seq: number, base: number, png: Uint8Array) => {
      const header = { type: "patch_frame", seq, timestamp_us: 0, width: 40, height: 30, base };
      const more = { mime: "image/png", patches: [[5, 6, 8, 4]], lengths: [png.length] };
      viewer.sendBytes(packEnvelope({ ...header, ...more }, png));
    };
    patch(1, 0, plainPng(8, 4, 200, 100));
    expect(await viewer.receipt(1)).toMatchObject({ displayed: true });
    const picture = await client.pixels();
    expect(pixelAt(picture, 5, 6)).toEqual([200, 100, 0, 255]);
    expect(pixelAt(picture, 12, 9)).toEqual([200, 100, 0, 255]);
    expect(pixelAt(picture, 13, 9)).toEqual([10, 20, 0, 255]);
    patch(3, 2, plainPng(8, 4, 1, 1));
    expect(await viewer.receipt(3)).toMatchObject({ displayed: false });
    await viewer.until(({ messages }) => messages.some(({ type }) => type === "request_keyframe"));
    viewer.sendImage(4, 40, 30, plainPng(40, 30, 30, 40));
    expect(await viewer.receipt(4)).toMatchObject({ displayed: true });
    await expect.poll(() => client.stats()).toMatchObject({ recoveries: 1, framesDropped: 1 });
    expect(await client.errors()).toEqual([]);
    await client.close();
  });

  it("change by an atlas: scattered cells, also at the edges", async () => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect();
    viewer.sendConfig(40, 30);
    viewer.sendImage(0, 40, 30, plainPng(40, 30, 10, 20));
    const header = {
      ...{ type: "atlas_frame", seq: 1, timestamp_us: 0, width: 40, height: 30, base: 0 },
      ...{ mime: "image/png", atlas: { columns: 1 } },
    };
    const send = (seq: number, base: number, file: Uint8Array, map: number[]): void => {
      const lengths = [file.length, map.length];
      const payload = Buffer.concat([file, Uint8Array.from(map)]);
      viewer.sendBytes(packEnvelope({ ...header, seq, base, lengths }, payload));
    };
    // The cells of the corners.
    const file = makePng(16, 64, (_x, y) => [50 * (1 + (y >> 4)), 7, 0, 255]);
    send(1, 0, file, [0b10110100]);
    expect(await viewer.receipt(1)).toMatchObject({ displayed: true });
    const picture = await client.pixels();
    const corners = [0, 39].flatMap((x) => [0, 29].map((y) => pixelAt(picture, x, y)[0]));
    expect(corners).toEqual([50, 150, 100, 200]);
    expect(pixelAt(picture, 16, 15)).toEqual([10, 20, 0, 255]);
    expect(pixelAt(picture, 31, 29)).toEqual([10, 20, 0, 255]);
    // One cell less than the file holds.
    send(2, 1, file, [0b10110000]);
    expect(await viewer.receipt(2)).toMatchObject({ displayed: false });
    expect(await client.errors()).toEqual([
      expect.stringContaining("Cannot show an atlas: expected 16 x 48 pixels, got 16 x 64"),
    ]);
    await client.close();
  });

  it("that are invalid are reported once, and a keyframe restores the picture", async () => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect();
    viewer.sendText("{not json");
    viewer.sendText('{"type":"tomorrow"}');
    viewer.sendConfig(8, 8);
    viewer.sendBytes(new Uint8Array([1, 2]));
    viewer.sendBytes(packEnvelope({ type: "image_frame", seq: -1 }, new Uint8Array()));
    await viewer.until(({ messages }) => messages.some(({ type }) => type === "request_keyframe"));
    viewer.sendImage(0, 8, 8, Buffer.from("no picture"));
    expect(await viewer.receipt(0)).toMatchObject({ displayed: false });
    viewer.sendImage(1, 8, 8, plainPng(8, 8, 9, 9));
    expect(await viewer.receipt(1)).toMatchObject({ displayed: true });
    expect(pixelAt(await client.pixels(), 3, 3)).toEqual([9, 9, 0, 255]);
    expect(await client.errors()).toEqual([
      expect.stringContaining("Cannot understand a message from the server"),
    ]);
    expect(client.pageErrors).toEqual([]);
    await client.close();
  });

  it("of Display P3 are shown in that colour space with unchanged values", async () => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect();
    const color = { primaries: "display-p3", transfer: "srgb" };
    viewer.sendConfig(16, 16, { color });
    const png = makePng(16, 16, () => [250, 40, 10, 255]);
    viewer.sendImage(0, 16, 16, png, { color });
    await viewer.receipt(0);
    const picture = await client.pixels();
    expect(picture.colorSpace).toBe("display-p3");
    expect(pixelAt(picture, 8, 8)).toEqual([250, 40, 10, 255]);
    await client.close();
  });

  it("of Display P3 keep their values in an atlas too", async () => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect();
    const color = { primaries: "display-p3", transfer: "srgb" };
    viewer.sendConfig(40, 30, { color });
    viewer.sendImage(
      0,
      40,
      30,
      makePng(40, 30, () => [250, 40, 10, 255]),
      { color },
    );
    // The cells of the corners.
    const file = makePng(32, 32, (x, y) => [50 * (1 + 2 * (y >> 4) + (x >> 4)), 7, 240, 255]);
    const header = {
      ...{ type: "atlas_frame", seq: 1, base: 0, timestamp_us: 0, width: 40, height: 30 },
      ...{ mime: "image/png", atlas: { columns: 2 }, lengths: [file.length, 1], color },
    };
    const payload = Buffer.concat([file, Uint8Array.of(0b10110100)]);
    viewer.sendBytes(packEnvelope(header, payload));
    expect(await viewer.receipt(1)).toMatchObject({ displayed: true });
    const picture = await client.pixels();
    expect(picture.colorSpace).toBe("display-p3");
    const corners = [0, 39].flatMap((x) => [0, 29].map((y) => pixelAt(picture, x, y)));
    expect(corners.map(([red]) => red)).toEqual([50, 150, 100, 200]);
    expect(corners[0]?.slice(1)).toEqual([7, 240, 255]);
    expect(pixelAt(picture, 16, 15)).toEqual([250, 40, 10, 255]);
    await client.close();
  });

  it("cannot be captured before the first, in another format, or when the view is disposed", async () => {
    const client = await ClientPage.open(browser);
    await client.connect();
    const tryCapture = (format?: string) =>
      client.page.evaluate(
        (wanted) =>
          window.client.view.capture(wanted as "blob").then(
            () => "captured",
            (error: Error) => `${error.name}: ${error.message}`,
          ),
        format,
      );
    expect(await tryCapture()).toBe("Error: Cannot capture: no frame has come yet");
    expect(await tryCapture("gif")).toContain('TypeError: format: expected "imagedata" or "blob"');
    const pending = client.page.evaluate(() => {
      const { view } = window.client;
      const capture = view.capture().catch((error: Error) => error.message);
      view.dispose();
      return capture;
    });
    expect(await pending).toBe("Cannot capture: the view is disposed");
    expect(await tryCapture()).toBe("Error: Cannot capture: the view is disposed");
    await client.close();
  });
});

describe("the canvas", () => {
  const spot = async (client: ClientPage, x: number, y: number) => {
    const picture = PNG.sync.read(await client.page.screenshot());
    return pixelAt(picture, x, y).slice(0, 3);
  };
  const RED = [255, 0, 0];
  const wide = makePng(200, 50, (x) => [255, 0, x < 100 ? 0 : 255, 255]);

  it("takes the frame's size without changing the layout, and fits the frame as set", async () => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect({ background: "rgb(0, 128, 0)" });
    viewer.sendConfig(200, 50);
    viewer.sendImage(0, 200, 50, wide);
    await viewer.receipt(0);
    expect(await client.box()).toEqual({ x: 20, y: 20, width: 400, height: 300 });
    // Whole: 400 x 100 in the middle, bars above and below.
    await expect.poll(() => spot(client, 30, 170)).toEqual(RED);
    expect(await spot(client, 30, 110)).toEqual([0, 128, 0]);
    expect(await spot(client, 410, 210)).toEqual([255, 0, 255]);
    await client.page.evaluate(() => window.client.view.setFit("fill"));
    await expect.poll(() => spot(client, 30, 30)).toEqual(RED);
    await client.page.evaluate(() => window.client.view.setFit("contain", "rgb(0, 0, 99)"));
    await expect.poll(() => spot(client, 30, 30)).toEqual([0, 0, 99]);
    await client.close();
  });

  it.each([
    ["by its attributes", `<canvas id="own" width="320" height="200"></canvas>`, [320, 200]],
    [
      "by a width only",
      `<div style="width: 300px"><canvas id="own" width="320" height="160" style="width: 100%"></canvas></div>`,
      [300, 150],
    ],
    [
      "by style",
      `<canvas id="own" style="width: 120px; height: 90px; border: 1px solid"></canvas>`,
      [122, 92],
    ],
  ])("of the user's keeps its size, given %s", async (_how, html, [width, height]) => {
    const client = await ClientPage.open(browser);
    await client.page.evaluate((text) => document.body.insertAdjacentHTML("beforeend", text), html);
    const viewer = await client.connect({}, "#own");
    viewer.sendConfig(200, 50);
    viewer.sendImage(0, 200, 50, wide);
    await viewer.receipt(0);
    await expect.poll(() => client.page.evaluate(() => window.client.view.canvas.width)).toBe(200);
    expect(await client.box()).toMatchObject({ width, height });
    const again = client.page.evaluate(() => {
      try {
        window.client.open({ url: "/stream" }, "#own");
        return "";
      } catch (error) {
        return String(error);
      }
    });
    expect(await again).toContain("Cannot use the canvas: it has a context, or has or had a view");
    await client.close();
  });
});
