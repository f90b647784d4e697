import { type Page, expect } from "@playwright/test";
import { distance, expectPixel } from "../support/assertions";
import { copyExample } from "../support/examples/notebooks";
import { OpenNotebook, pixelAt, writeNotebook } from "../support/notebook";
import { labTest } from "../support/test";

/** What video may differ from the frame in any channel, in the middle of flat areas: 4:2:0, BT.709 with limited range. */
const VIDEO_DISTANCE = 8;

/** Skips where the browser has no decoder for H.264, as a build without patented codecs. Debian's and Chrome have one. */
async function needsH264(page: Page): Promise<void> {
  const { supported } = await page.evaluate(() =>
    VideoDecoder.isConfigSupported({ codec: "avc1.42E01F" }),
  );
  labTest.skip(supported !== true, "this Chromium does not decode H.264");
}

/** A cell that declares a widget with a box that moves over a gray picture of 320 x 240, one step for each draw. */
const BOX = `
import { RemoteFrameBuffer } from "jupyter-rfb-ts";
class Box extends RemoteFrameBuffer {
  step = 0;
  steps = 0;
  pixels = new Uint8Array(320 * 240 * 3).fill(90);
  paint(color: number[]) {
    for (let y = 100; y < 140; y++) {
      for (let x = this.step * 20; x < this.step * 20 + 40; x++) this.pixels.set(color, (y * 320 + x) * 3);
    }
  }
  get_frame() {
    if (this.steps > 0) {
      this.paint([90, 90, 90]);
      this.step += 1;
      this.steps -= 1;
      this.request_draw();
    }
    this.paint([200, 60, 30]);
    return { data: this.pixels, shape: [240, 320, 3] };
  }
  move(steps: number) {
    this.steps = steps;
    this.request_draw();
  }
}`;

labTest(
  "a box that moves is sent as patches, and every pixel is right",
  async ({ page, tmpPath }) => {
    const path = `${tmpPath}/patches.ipynb`;
    writeNotebook(path, [
      BOX,
      `const b = new Box({ css_width: "320px", css_height: "240px", quality: 100 }); b`,
      "b.reset_stats(); b.move(10);",
      "console.log(JSON.stringify(b.get_stats()))",
    ]);
    const notebook = await OpenNotebook.inLab(page, path);
    await notebook.run(0);
    await notebook.run(1);
    await expectPixel(notebook, 1, [20, 120], [200, 60, 30]);
    await notebook.run(2);
    await expectPixel(notebook, 1, [220, 120], [200, 60, 30]);
    const pixels = await notebook.pixels(1);
    expect([pixels.width, pixels.height]).toEqual([320, 240]);
    let wrong = 0;
    for (let y = 0; y < 240; y++) {
      for (let x = 0; x < 320; x++) {
        const inBox = x >= 200 && x < 240 && y >= 100 && y < 140;
        const expected = inBox ? [200, 60, 30, 255] : [90, 90, 90, 255];
        if (distance(pixelAt(pixels, x, y), expected) > 0) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
    await notebook.run(3);
    const stats = JSON.parse(await notebook.printed(3)) as Record<string, number>;
    // The draw that requests no more is equal to the one before.
    expect(stats["patch_frames"]).toBe(10);
    expect(stats["unchanged_frames"]).toBeGreaterThan(0);
  },
);

labTest("an unknown codec is refused with the choices", async ({ page, tmpPath }) => {
  const path = `${tmpPath}/codec.ipynb`;
  writeNotebook(path, [
    BOX,
    `try { new Box({ codec: JSON.parse('"h265"') }); } catch (error) { console.log(String(error)); }`,
  ]);
  const notebook = await OpenNotebook.inLab(page, path);
  await notebook.run(0);
  await notebook.run(1);
  expect(await notebook.printed(1)).toMatch(/RangeError: codec: expected one of .*"h264".*h265/);
});

labTest("H.264 of an odd size shows the right colours", async ({ page, tmpPath }) => {
  const path = `${tmpPath}/h264.ipynb`;
  writeNotebook(path, [
    `import { RemoteFrameBuffer } from "jupyter-rfb-ts";
class Halves extends RemoteFrameBuffer {
  draws = 0;
  get_frame() {
    this.draws += 1;
    if (this.draws < 400) this.request_draw();
    const data = new Uint8Array(181 * 321 * 3);
    for (let at = 0; at < 181 * 321; at++) data.set(at % 321 < 160 ? [200, 60, 30] : [20, 90, 210], at * 3);
    data[0] = this.draws;
    return { data, shape: [181, 321, 3] };
  }
}
const h = new Halves({ css_width: "321px", css_height: "181px", codec: "h264" }); h`,
    "console.log(h.get_stats().codec)",
  ]);
  const notebook = await OpenNotebook.inLab(page, path);
  await needsH264(page);
  await notebook.run(0);
  const codec = async () => {
    await notebook.run(1);
    return (await notebook.printed(1)).trim();
  };
  await expect.poll(codec).toBe("h264");
  const pixels = await notebook.pixels(0);
  expect([pixels.width, pixels.height]).toEqual([321, 181]);
  expect(distance(pixelAt(pixels, 60, 90), [200, 60, 30, 255])).toBeLessThanOrEqual(VIDEO_DISTANCE);
  expect(distance(pixelAt(pixels, 260, 90), [20, 90, 210, 255])).toBeLessThanOrEqual(
    VIDEO_DISTANCE,
  );
  // At rest every pixel is right.
  await expectPixel(notebook, 0, [320, 180], [20, 90, 210]);
});

labTest(
  "the performance example says what to do when its picture is out of sight",
  async ({ page, tmpPath }) => {
    const notebook = await OpenNotebook.inLab(page, copyExample("performance", tmpPath));
    // Its picture is not shown at all.
    for (const cell of [1, 4]) await notebook.run(cell);
    expect(await notebook.printed(4)).toContain("scroll to it and run this cell again");
  },
);
