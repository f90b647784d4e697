import { type Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { createVideoEncoder } from "../../src/framebuffer/encoders/video/videoEncoders";
import type { EncodedChunk, VideoEncoder } from "../../src/framebuffer/encoders/videoEncoder";
import type { VideoCodec } from "../../src/protocol/messages";
import { startBrowser } from "../support/chromium";
import { plainPng, ViewPage, type Sent } from "./harness";

let browser: Browser;
/** The codecs that this browser claims to decode, according to the view. */
let accepts: readonly string[];
beforeAll(async () => {
  browser = await startBrowser();
  const view = await ViewPage.open(browser, null);
  accepts = await view.page.evaluate(() => window.harness.abilities());
  await view.close();
});
afterAll(() => browser.close());

/** A page with a view whose decoder's pictures are counted. */
async function openPage(): Promise<ViewPage> {
  const view = await ViewPage.open(browser);
  await view.page.evaluate(() => window.harness.watchVideo());
  return view;
}

/**
 * Every Chromium decodes VP9. Builds without patented codecs, such as Playwright's own, do not
 * decode H.264.
 */
function needs(codec: VideoCodec, context: TestContext): void {
  if (codec !== "h264") expect(accepts).toContain(codec);
  else if (!accepts.includes(codec)) {
    const what = `this Chromium does not decode ${codec}, only ${accepts.join(", ")}`;
    console.warn(what);
    context.skip(what);
  }
}

const acks = (sent: readonly Sent[]): unknown[] =>
  sent.flatMap(({ type, index }) => (type === "frame_feedback" ? [index] : []));
const acked = (index: number) => (sent: readonly Sent[]) => acks(sent).at(-1) === index;
const keyframeRequests = (sent: readonly Sent[]): string[] =>
  sent.flatMap(({ type, reason }) => (type === "request_keyframe" ? [String(reason)] : []));

type Color = readonly [red: number, green: number, blue: number];

/** Four quarters of one colour each: easy for a codec, and every position can be identified. */
function quarters(width: number, height: number, colors: readonly Color[]): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (x < width / 2 ? 0 : 1) + (y < height / 2 ? 0 : 2);
      data.set(colors[at] ?? [0, 0, 0], (y * width + x) * 3);
    }
  }
  return data;
}

const RED: Color = [220, 30, 30];
const GREEN: Color = [30, 200, 40];
const BLUE: Color = [40, 50, 210];
const GRAY: Color = [128, 128, 128];
/**
 * Allows for limited-range YUV of 8 bits, subsampled and quantized. The colours differ far more.
 */
const TOLERANCE = 14;

/** Encodes and delivers a stream. */
class Stream {
  #base: number | undefined;
  constructor(
    readonly view: ViewPage,
    readonly encoder: VideoEncoder,
  ) {}

  async encode(
    width: number,
    height: number,
    colors: readonly Color[],
    keyframe = false,
  ): Promise<EncodedChunk> {
    const frame = {
      ...{ data: quarters(width, height, colors), width, height },
      channels: 3 as const,
    };
    return this.encoder.encode(frame, { keyframe, quality: 90 });
  }

  /** Delivers a chunk. The given fields replace its own. */
  async deliver(chunk: EncodedChunk, fields: object = {}): Promise<number> {
    const index = await this.view.send(
      {
        mimetype: `video/${this.encoder.codec}`,
        ...{ chunk: chunk.chunk, codec: chunk.codec },
        ...{ width: chunk.visibleWidth, height: chunk.visibleHeight },
        ...{ visible_width: chunk.visibleWidth, visible_height: chunk.visibleHeight },
        ...(chunk.chunk === "delta" ? { base: this.#base } : {}),
        ...fields,
      },
      [chunk.data],
    );
    this.#base = index;
    return index;
  }

  async show(width: number, height: number, colors: readonly Color[], fields = {}): Promise<void> {
    const index = await this.deliver(await this.encode(width, height, colors), fields);
    await this.view.until(acked(index));
  }
}

async function open(codec: VideoCodec): Promise<Stream> {
  return new Stream(await openPage(), await createVideoEncoder(codec, "software"));
}

async function close({ view, encoder }: Stream): Promise<void> {
  encoder.dispose();
  await view.close();
}

/** Checks the picture's size, and that its corners are of these colours: the outermost pixels. */
async function expectShown(
  view: ViewPage,
  [width, height]: readonly [number, number],
  colors: readonly Color[],
): Promise<void> {
  const shown = await view.pixels();
  expect([shown.width, shown.height]).toEqual([width, height]);
  for (const [at, color] of colors.entries()) {
    const x = at % 2 === 0 ? 0 : width - 1;
    const y = at < 2 ? 0 : height - 1;
    const offset = (y * width + x) * 4;
    const pixel = [...shown.rgba.subarray(offset, offset + 3)];
    const distance = Math.max(...pixel.map((value, i) => Math.abs(value - (color[i] ?? 0))));
    expect(distance, `corner ${at}: ${pixel.join()} for ${color.join()}`).toBeLessThanOrEqual(
      TOLERANCE,
    );
  }
}

const openThings = (view: ViewPage): Promise<{ frames: number; decoders: number }> =>
  view.page.evaluate(() => window.harness.openVideo());

describe.each<VideoCodec>(["h264", "vp9"])("%s in Chromium", (codec) => {
  it.for<[string, boolean]>([
    ["buffers", false],
    ["base64", true],
  ])("is shown chunk by chunk, each immediately, as %s", async ([, asBase64], context) => {
    needs(codec, context);
    const stream = await open(codec);
    const { view } = stream;
    view.asBase64 = asBase64;
    for (const colors of [
      [RED, GREEN, BLUE, GRAY],
      [GRAY, RED, GREEN, BLUE],
      [BLUE, GRAY, RED, GREEN],
    ]) {
      // Acknowledged before the next one is sent, as with one frame in flight.
      await stream.show(64, 48, colors);
      await expectShown(view, [64, 48], colors);
    }
    expect(keyframeRequests(await view.sent())).toEqual([]);
    expect(await openThings(view)).toEqual({ frames: 0, decoders: 1 });
    expect(view.errors).toEqual([]);
    await close(stream);
  });

  it("is cropped to odd sizes, and follows a size that changes", async (context) => {
    needs(codec, context);
    const stream = await open(codec);
    const colors = [RED, GREEN, BLUE, GRAY];
    for (const [width, height] of [
      [65, 47],
      [641, 479],
      [64, 33],
      [1, 1],
    ] as const) {
      await stream.show(width, height, colors);
      // The first quarter has one pixel.
      await expectShown(stream.view, [width, height], width === 1 ? [RED] : colors);
    }
    expect(keyframeRequests(await stream.view.sent())).toEqual([]);
    expect(stream.view.errors).toEqual([]);
    await close(stream);
  });

  it("is scaled up to the frame's size", async (context) => {
    needs(codec, context);
    const stream = await open(codec);
    const colors = [RED, GREEN, BLUE, GRAY];
    await stream.show(65, 47, colors, { width: 131, height: 95 });
    await expectShown(stream.view, [131, 95], colors);
    await close(stream);
  });

  it("continues after patches and images between its chunks", async (context) => {
    needs(codec, context);
    const stream = await open(codec);
    const { view } = stream;
    const colors = [RED, GREEN, BLUE, GRAY];
    const key = await stream.deliver(await stream.encode(32, 32, colors));
    const patched = await view.send(
      { mimetype: "image/png", base: key, patches: [[31, 31, 1, 1]] },
      [plainPng(1, 1, 255, 255)],
    );
    await view.until(acked(patched));
    await expectShown(view, [32, 32], [RED, GREEN, BLUE, [255, 255, 0]]);
    await view.until(acked(await view.deliver(plainPng(32, 32, 1, 2))));
    await stream.show(32, 32, colors, { base: key });
    await expectShown(view, [32, 32], colors);
    expect(keyframeRequests(await view.sent())).toEqual([]);
    await close(stream);
  });

  it("shows no wrong picture after a lost chunk, and requests one keyframe", async (context) => {
    needs(codec, context);
    const stream = await open(codec);
    const { view } = stream;
    await stream.show(32, 32, [RED, RED, RED, RED]);
    await stream.encode(32, 32, [GREEN, GREEN, GREEN, GREEN]);
    for (const [index, base, color] of [
      [101, 77, BLUE],
      [102, 101, GRAY],
    ] as const) {
      const chunk = await stream.encode(32, 32, [color, color, color, color]);
      await stream.deliver(chunk, { index, base });
      await view.until(acked(index));
    }
    await expectShown(view, [32, 32], [RED, RED, RED, RED]);
    expect(keyframeRequests(await view.sent())).toEqual([
      "Cannot show frame 101: frame 101 changes frame 77, but the last one here is 1",
    ]);
    const key = await stream.encode(32, 32, [GREEN, BLUE, GREEN, BLUE], true);
    expect(key.chunk).toBe("key");
    await stream.deliver(key, { index: 200 });
    await view.until(acked(200));
    await expectShown(view, [32, 32], [GREEN, BLUE, GREEN, BLUE]);
    expect(view.errors).toEqual([]);
    await close(stream);
  });

  it("requests a keyframe when a chunk is corrupt, and the page continues", async (context) => {
    needs(codec, context);
    const stream = await open(codec);
    const { view } = stream;
    const colors = [RED, GREEN, BLUE, GRAY];
    await stream.show(32, 32, colors);
    const chunk = await stream.encode(32, 32, [GRAY, GRAY, GRAY, GRAY]);
    const corrupt = Buffer.alloc(chunk.data.length, 0xa5);
    const index = await stream.deliver({ ...chunk, data: corrupt });
    await view.until(acked(index));
    expect(keyframeRequests(await view.sent())).toHaveLength(1);
    await expectShown(view, [32, 32], colors);
    await stream.deliver(await stream.encode(32, 32, [BLUE, RED, BLUE, RED], true));
    await view.until(acked(index + 1));
    await expectShown(view, [32, 32], [BLUE, RED, BLUE, RED]);
    expect(view.errors).toHaveLength(1);
    expect((await openThings(view)).frames).toBe(0);
    await close(stream);
  });

  it("rejects a picture that is smaller than its visible size", async (context) => {
    needs(codec, context);
    const stream = await open(codec);
    const chunk = await stream.encode(32, 32, [RED, GREEN, BLUE, GRAY]);
    const index = await stream.deliver(chunk, { visible_width: 64 });
    await stream.view.until(acked(index));
    expect(keyframeRequests(await stream.view.sent())).toHaveLength(1);
    expect((await openThings(stream.view)).frames).toBe(0);
    await close(stream);
  });

  it("leaves no picture and no decoder open when the display is disposed meanwhile", async (context) => {
    needs(codec, context);
    const stream = await open(codec);
    const { view } = stream;
    await stream.show(320, 240, [RED, GREEN, BLUE, GRAY]);
    for (let round = 0; round < 5; round++) {
      await stream.deliver(await stream.encode(320, 240, [GRAY, BLUE, GREEN, RED]));
    }
    await view.page.evaluate(() => window.harness.dispose());
    await expect.poll(() => openThings(view)).toEqual({ frames: 0, decoders: 0 });
    expect(view.errors).toEqual([]);
    await close(stream);
  });
});

describe("a codec that this browser cannot decode, though it claims to", () => {
  it("is withdrawn with another hello after three failures", async (context) => {
    needs("h264", context);
    const stream = await open("h264");
    const { view } = stream;
    await view.page.evaluate(() => window.harness.hello());
    for (let round = 0; round < 3; round++) {
      const key = await stream.encode(32, 32, [RED, GREEN, BLUE, GRAY], true);
      const index = await stream.deliver({ ...key, data: Buffer.alloc(50, 0xa5) });
      await view.until(acked(index));
    }
    const hellos = (await view.sent()).filter(({ type }) => type === "hello");
    expect(hellos.map((hello) => hello["accepts"])).toEqual([
      accepts,
      accepts.filter((ability) => ability !== "h264"),
    ]);
    await view.until(acked(await view.deliver(plainPng(4, 4, 1, 2))));
    await close(stream);
  });
});
