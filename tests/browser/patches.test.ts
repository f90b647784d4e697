import { type Browser } from "@playwright/test";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { makePng, plainPng, ViewPage, type Sent } from "./harness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const acks = (sent: readonly Sent[]): unknown[] =>
  sent.flatMap(({ type, index }) => (type === "frame_feedback" ? [index] : []));
const acked = (index: number) => (sent: readonly Sent[]) => acks(sent).at(-1) === index;
const keyframeRequests = (sent: readonly Sent[]): unknown[] =>
  sent.flatMap(({ type, reason }) => (type === "request_keyframe" ? [reason] : []));

type Rect = readonly [x: number, y: number, width: number, height: number];

function noise(width: number, height: number, seed = 1): Buffer {
  return makePng(width, height, (x, y) => [
    (x * 67 + y * 31 + seed * 11) % 256,
    (x * 13 + y * 101 + seed) % 256,
    (x * y * 7 + seed * 3) % 256,
    255,
  ]);
}

/** Computes the picture after patches. */
function patched(base: Buffer, patches: readonly (readonly [Rect, Buffer])[]): Buffer {
  const picture = PNG.sync.read(base);
  for (const [[x, y, width, height], file] of patches) {
    PNG.bitblt(PNG.sync.read(file), picture, 0, 0, width, height, x, y);
  }
  return picture.data;
}

async function deliverPatches(
  view: ViewPage,
  base: number,
  patches: readonly (readonly [Rect, Buffer])[],
): Promise<number> {
  const files = patches.map(([, file]) => file);
  return view.send({ mimetype: "image/png", base, patches: patches.map(([rect]) => rect) }, files);
}

const patch = (rect: Rect, seed: number) => [rect, noise(rect[2], rect[3], seed)] as const;

describe("patches in Chromium", () => {
  it.each([
    ["buffers", false],
    ["base64", true],
  ])("change exactly their pixels, as %s: several, at edges and corners", async (_as, asBase64) => {
    const view = await ViewPage.open(browser);
    view.asBase64 = asBase64;
    const whole = noise(61, 47);
    const first = [
      patch([0, 0, 5, 3], 2),
      patch([60, 46, 1, 1], 3),
      patch([10, 12, 20, 9], 4),
      patch([31, 12, 1, 30], 5),
      patch([0, 46, 59, 1], 6),
    ];
    // They overlap the earlier ones and each other: the last one wins.
    const second = [patch([8, 10, 10, 10], 7), patch([17, 19, 44, 28], 8)];
    const base = await view.deliver(whole);
    const next = await deliverPatches(view, base, first);
    await view.until(acked(await deliverPatches(view, next, second)));
    const shown = await view.pixels();
    expect([shown.width, shown.height]).toEqual([61, 47]);
    expect(Buffer.compare(shown.rgba, patched(whole, [...first, ...second]))).toBe(0);
    expect(keyframeRequests(await view.sent())).toEqual([]);
    expect(view.errors).toEqual([]);
    await view.close();
  });

  it("in what isn't base64 are dropped, and one keyframe is requested", async () => {
    const view = await ViewPage.open(browser);
    const base = await view.deliver(plainPng(4, 4, 10, 20));
    const index = await view.send(
      { mimetype: "image/png", base, patches: [[0, 0, 2, 2]], data_b64: ["no base64"] },
      [],
    );
    const sent = await view.until(acked(index));
    expect(keyframeRequests(sent)).toHaveLength(1);
    const { rgba } = await view.pixels();
    expect([...rgba.subarray(0, 4)]).toEqual([10, 20, 0, 255]);
    await view.close();
  });

  it("replace the pixels below them, even if they are translucent", async () => {
    const view = await ViewPage.open(browser);
    const base = await view.deliver(plainPng(4, 4, 255, 255));
    const file = makePng(1, 1, () => [0, 0, 255, 51]);
    await view.until(acked(await deliverPatches(view, base, [[[1, 1, 1, 1], file]])));
    const { rgba } = await view.pixels();
    expect([...rgba.subarray(0, 4)]).toEqual([255, 255, 0, 255]);
    expect([...rgba.subarray(20, 24)]).toEqual([0, 0, 255, 51]);
    await view.close();
  });

  it("for a frame other than the shown one paint nothing, and one keyframe is requested", async () => {
    const view = await ViewPage.open(browser);
    const base = await view.deliver(plainPng(8, 8, 10, 20));
    await view.send({ mimetype: "image/png", base: 999, index: 1000, patches: [[0, 0, 2, 2]] }, [
      plainPng(2, 2, 255, 0),
    ]);
    await view.send({ mimetype: "image/png", base: 1000, index: 1001, patches: [[0, 0, 2, 2]] }, [
      plainPng(2, 2, 255, 0),
    ]);
    const sent = await view.until(acked(1001));
    expect(acks(sent)).toEqual([base, 1000, 1001]);
    expect(keyframeRequests(sent)).toEqual([
      "Cannot show frame 1000: frame 1000 changes frame 999, but the last one here is 1",
    ]);
    const { rgba } = await view.pixels();
    expect(rgba).toEqual(Buffer.alloc(8 * 8 * 4, Buffer.from([10, 20, 0, 255])));
    await view.send({ mimetype: "image/png", index: 1002 }, [plainPng(8, 8, 30, 40)]);
    await view.send({ mimetype: "image/png", base: 1002, index: 1003, patches: [[7, 7, 1, 1]] }, [
      plainPng(1, 1, 50, 60),
    ]);
    await view.until(acked(1003));
    const after = await view.pixels();
    expect([...after.rgba.subarray(0, 2), ...after.rgba.subarray(-4)]).toEqual([
      ...[30, 40],
      ...[50, 60, 0, 255],
    ]);
    expect(keyframeRequests(await view.sent())).toHaveLength(1);
    expect(view.errors).toEqual([]);
    await view.close();
  });

  it.each<[string, Rect[], Buffer[]]>([
    ["broken", [[0, 0, 2, 2]], [Buffer.from("no picture")]],
    [
      "broken in part",
      [
        [0, 0, 2, 2],
        [4, 4, 2, 2],
      ],
      [plainPng(2, 2, 255, 0), Buffer.from("no picture")],
    ],
    ["of another size than they say", [[0, 0, 2, 2]], [plainPng(3, 2, 255, 0)]],
    [
      "outside the picture",
      [
        [0, 0, 2, 2],
        [7, 7, 2, 2],
      ],
      [plainPng(2, 2, 255, 0), plainPng(2, 2, 255, 0)],
    ],
  ])("that are %s paint nothing and bring a keyframe", async (_what, rects, files) => {
    const view = await ViewPage.open(browser);
    const base = await view.deliver(plainPng(8, 8, 10, 20));
    const index = await view.send({ mimetype: "image/png", base, patches: rects }, files);
    const sent = await view.until(acked(index));
    expect(acks(sent)).toEqual([base, index]);
    expect(keyframeRequests(sent)).toHaveLength(1);
    const { rgba } = await view.pixels();
    expect(rgba).toEqual(Buffer.alloc(8 * 8 * 4, Buffer.from([10, 20, 0, 255])));
    expect(view.errors).toHaveLength(1);
    await view.close();
  });

  it("are part of the picture that a later view shows, whether or not another view exists meanwhile", async () => {
    const view = await ViewPage.open(browser);
    const whole = noise(20, 10);
    const one = patch([3, 2, 4, 4], 2);
    const two = patch([10, 0, 10, 10], 3);
    const three = patch([0, 9, 20, 1], 4);
    let last = await view.deliver(whole);
    last = await deliverPatches(view, last, [one]);
    await view.until(acked(last));
    await view.page.evaluate(() => window.harness.addView());
    expect((await view.pixels(1)).rgba).toEqual(patched(whole, [one]));
    // First the first view is removed, then the last one. Patches arrive with and without views.
    await view.page.evaluate(() => window.harness.removeView(0));
    last = await deliverPatches(view, last, [two]);
    await view.until(acked(last));
    await view.page.evaluate(() => window.harness.removeView(1));
    last = await deliverPatches(view, last, [three]);
    await view.until(acked(last));
    await view.page.evaluate(() => window.harness.addView());
    await view.page.evaluate(() => window.harness.addView());
    for (const index of [2, 3]) {
      expect((await view.pixels(index)).rgba).toEqual(patched(whole, [one, two, three]));
    }
    const four = patch([5, 5, 1, 1], 5);
    await view.until(acked(await deliverPatches(view, last, [four])));
    for (const index of [2, 3]) {
      expect((await view.pixels(index)).rgba).toEqual(patched(whole, [one, two, three, four]));
    }
    expect(keyframeRequests(await view.sent())).toEqual([]);
    await view.close();
  });

  it("are painted while there is no view, from the first frame on", async () => {
    const view = await ViewPage.open(browser, null);
    const whole = noise(9, 9);
    const one = patch([1, 1, 3, 3], 2);
    await view.until(acked(await deliverPatches(view, await view.deliver(whole), [one])));
    await view.page.evaluate(() => window.harness.addView());
    expect((await view.pixels()).rgba).toEqual(patched(whole, [one]));
    await view.close();
  });
});

describe("whole pictures in Chromium", () => {
  it("are scaled up to their stated size, and patches refer to that size", async () => {
    const view = await ViewPage.open(browser);
    const small = makePng(2, 1, (x) => [x === 0 ? 0 : 255, 0, 0, 255]);
    const base = await view.send({ mimetype: "image/png", width: 20, height: 7 }, [small]);
    await view.until(
      acked(await deliverPatches(view, base, [[[19, 6, 1, 1], plainPng(1, 1, 1, 2)]])),
    );
    const { width, height, rgba } = await view.pixels();
    expect([width, height]).toEqual([20, 7]);
    const reds = Array.from({ length: 20 }, (_, x) => rgba[x * 4] ?? -1);
    expect([reds[0], reds[19]]).toEqual([0, 255]);
    // Smooth: the values rise in many steps and never fall.
    expect(new Set(reds).size).toBeGreaterThan(5);
    expect(reds).toEqual([...reds].sort((one, other) => one - other));
    expect([...rgba.subarray(-4)]).toEqual([1, 2, 0, 255]);
    expect(view.errors).toEqual([]);
    await view.close();
  });

  it("can be WebP files, lossless ones with exact pixels, and lossy ones", async () => {
    const view = await ViewPage.open(browser);
    const png = noise(33, 21);
    const lossless = await sharp(png).webp({ lossless: true }).toBuffer();
    await view.until(acked(await view.send({ mimetype: "image/webp" }, [lossless])));
    expect((await view.pixels()).rgba).toEqual(PNG.sync.read(png).data);
    const lossy = await sharp(plainPng(16, 16, 200, 120))
      .webp({ quality: 90 })
      .toBuffer();
    await view.until(acked(await view.send({ mimetype: "image/webp" }, [lossy])));
    const [red, green] = (await view.pixels()).rgba;
    expect(Math.abs((red ?? 0) - 200)).toBeLessThanOrEqual(4);
    expect(Math.abs((green ?? 0) - 120)).toBeLessThanOrEqual(4);
    await view.close();
  });

  it("that are broken make the view request a keyframe, and the page continues", async () => {
    const view = await ViewPage.open(browser);
    const data = Buffer.alloc(16 * 16 * 4, 128);
    const file = jpeg.encode({ width: 16, height: 16, data }, 90).data;
    await view.until(acked(await view.deliver(file.subarray(0, 100), "image/jpeg")));
    expect(keyframeRequests(await view.sent())).toHaveLength(1);
    await view.until(acked(await view.deliver(file, "image/jpeg")));
    expect((await view.pixels()).rgba).toHaveLength(data.length);
    await view.close();
  });
});
