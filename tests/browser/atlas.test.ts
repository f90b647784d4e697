import { type Browser } from "@playwright/test";
import { PNG } from "pngjs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CellMap } from "../../src/framebuffer/changes/cellMap";
import { nodeRuntime } from "../../src/framebuffer/node/runtime";
import { AtlasPacker } from "../../src/framebuffer/sending/atlas";
import type { RawFrame } from "../../src/framebuffer/source/frame";
import { startBrowser } from "../support/chromium";
import { ViewPage, type Sent } from "./harness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const [WIDTH, HEIGHT] = [203, 117];
const COLUMNS = Math.ceil(WIDTH / 16);
const CELLS = COLUMNS * Math.ceil(HEIGHT / 16);

const acked = (index: number) => (sent: readonly Sent[]) =>
  sent.some((message) => message.type === "frame_feedback" && message.index === index);

/** A smooth coloured picture with thin lines. */
function drawing(step: number): RawFrame {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const isLine = (x * 3 + y * 2 + step * 5) % 41 === 0;
      data.set(isLine ? [220, 10, 40] : [x, 2 * y, 150], (y * WIDTH + x) * 3);
    }
  }
  return { data, width: WIDTH, height: HEIGHT, channels: 3 };
}

const mapOf = (isIn: (cell: number) => boolean): CellMap =>
  new CellMap(
    Uint8Array.from({ length: CELLS }, (_, cell) => Number(isIn(cell))),
    COLUMNS,
  );

const encoded = ({ data, width, height }: RawFrame, format: "png" | "jpeg"): Promise<Buffer> => {
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  return (
    format === "png" ? image.png() : image.jpeg({ quality: 80, chromaSubsampling: "4:4:4" })
  ).toBuffer();
};

async function sendAtlas(
  view: ViewPage,
  base: number,
  frame: RawFrame,
  cells: CellMap,
  format: "png" | "jpeg",
): Promise<number> {
  const { columns, frame: packed } = new AtlasPacker(nodeRuntime).pack(frame, cells);
  return view.send(
    { mimetype: `image/${format}`, base, width: WIDTH, height: HEIGHT, atlas: { columns } },
    [await encoded(packed, format), cells.bits],
  );
}

/** The picture where only the cells of the map are new. */
function merged(before: Uint8Array, after: Uint8Array, { marks }: CellMap): Buffer {
  const picture = Buffer.from(before);
  for (let at = 0; at < picture.length; at++) {
    const [x, y] = [(at >> 2) % WIDTH, Math.floor((at >> 2) / WIDTH)];
    if (marks[(y >> 4) * COLUMNS + (x >> 4)] === 1) picture[at] = after[at] ?? 0;
  }
  return picture;
}

const withAlpha = ({ data }: RawFrame): Buffer => {
  const rgba = Buffer.alloc(WIDTH * HEIGHT * 4, 255);
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++)
    rgba.set(data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  return rgba;
};

describe("an atlas in Chromium", () => {
  it.each<[string, (cell: number) => boolean, boolean?]>([
    ["every third cell", (cell: number) => cell % 3 === 0],
    ["every third cell, in base64", (cell: number) => cell % 3 === 0, true],
    ["all cells", () => true],
    ["the last cell", (cell: number) => cell === CELLS - 1],
    [
      "the cells of the edges",
      (cell: number) => cell % COLUMNS === COLUMNS - 1 || cell >= CELLS - COLUMNS,
    ],
  ])("changes exactly its pixels: %s", async (_what, isIn, asBase64 = false) => {
    const view = await ViewPage.open(browser);
    view.asBase64 = asBase64;
    const [before, after] = [drawing(0), drawing(1)];
    const base = await view.deliver(await encoded(before, "png"));
    const cells = mapOf(isIn);
    await view.until(acked(await sendAtlas(view, base, after, cells, "png")));
    const expected = merged(withAlpha(before), withAlpha(after), cells);
    expect(Buffer.compare((await view.pixels()).rgba, expected)).toBe(0);
    expect(view.errors).toEqual([]);
    await view.close();
  });

  it("of JPEG shows no seam: its cells are the pixels of the whole picture's JPEG", async () => {
    const view = await ViewPage.open(browser);
    const frame = drawing(0);
    const whole = await view.deliver(await encoded(frame, "jpeg"), "image/jpeg");
    await view.until(acked(whole));
    const before = (await view.pixels()).rgba;
    // The cells at the right and bottom edge are padded in another way than in the whole picture.
    const isInner = (cell: number): boolean =>
      cell % COLUMNS < COLUMNS - 1 && cell < CELLS - COLUMNS;
    const next = await sendAtlas(
      view,
      whole,
      frame,
      mapOf((cell) => cell % 2 === 0 && isInner(cell)),
      "jpeg",
    );
    await view.until(acked(next));
    expect(Buffer.compare((await view.pixels()).rgba, before)).toBe(0);
    expect(view.errors).toEqual([]);
    await view.close();
  });

  it.each([
    [
      "a cell map of another picture",
      (map: Uint8Array) => map.subarray(1),
      "cell map: expected 13 bytes",
    ],
    ["no cells", (map: Uint8Array) => new Uint8Array(map.length), "expected at least one cell"],
    [
      "more cells than its file",
      (map: Uint8Array) => new Uint8Array(map.length).fill(255),
      "Cannot show an atlas: expected",
    ],
  ])("with %s paints nothing, and a keyframe is requested", async (_what, change, error) => {
    const view = await ViewPage.open(browser);
    const file = await encoded(drawing(0), "png");
    const base = await view.deliver(file);
    const cells = mapOf((cell) => cell % 2 === 0);
    const { columns, frame } = new AtlasPacker(nodeRuntime).pack(drawing(1), cells);
    const fields = { mimetype: "image/png", base, width: WIDTH, height: HEIGHT };
    const index = await view.send({ ...fields, atlas: { columns } }, [
      await encoded(frame, "png"),
      change(cells.bits),
    ]);
    const sent = await view.until(acked(index));
    expect((await view.pixels()).rgba).toEqual(PNG.sync.read(file, { checkCRC: true }).data);
    expect(sent.some(({ type }) => type === "request_keyframe")).toBe(true);
    expect(view.errors.join("\n")).toContain(error);
    await view.close();
  });
});
