/**
 * A frame source that draws in the page itself: no server, no kernel, the browser's own encoders.
 */
import { type Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import type { RawFrame, SessionSettings } from "../../src/framebuffer";
import { VIDEO_CODECS, type FrameMessage, type VideoCodec } from "../../src/protocol/messages";
import { startBrowser } from "../support/chromium";
import { smoothPicture } from "../support/smoothPicture";
import type { PageFrame } from "./frameSourcePage";
import { ViewPage } from "./harness";

let browser: Browser;
/** The video codecs that this browser encodes. Chromium encodes VP9; H.264 only in some builds. */
let encodes: readonly VideoCodec[];
beforeAll(async () => {
  browser = await startBrowser();
  const page = await InPage.open();
  const answers = VIDEO_CODECS.map((codec) =>
    page.evaluate((asked) => window.inPage.encodes(asked), codec),
  );
  const can = await Promise.all(answers);
  encodes = VIDEO_CODECS.filter((_, at) => can[at]);
  await page.close();
});
afterAll(() => browser.close());

function needs(codec: VideoCodec, context: TestContext): void {
  if (encodes.includes(codec)) return;
  // Every Chromium encodes VP9.
  expect(codec).toBe("h264");
  const what = `this Chromium does not encode ${codec}, only ${encodes.join(", ") || "images"}`;
  console.warn(what);
  context.skip(what);
}

/** The frame with a white box in it. */
function withBox(frame: RawFrame, left: number, top: number, side: number): RawFrame {
  const data = new Uint8Array(frame.data);
  for (let row = top; row < top + side; row++) {
    const begin = (row * frame.width + left) * frame.channels;
    data.fill(255, begin, begin + side * frame.channels);
  }
  return { ...frame, data };
}

/** What a view is to show of a frame: its pixels as opaque RGBA. */
function opaque({ data, width, height, channels }: RawFrame): Buffer {
  const rgba = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgba[pixel * 4 + channel] = data[pixel * channels + (channels === 1 ? 0 : channel)] ?? 0;
    }
  }
  return rgba;
}

/** Peak signal-to-noise ratio in decibels. */
function psnr(one: Buffer, other: Buffer): number {
  let squares = 0;
  one.forEach((value, at) => (squares += (value - (other[at] ?? 0)) ** 2));
  return 10 * Math.log10((255 * 255 * one.length) / Math.max(squares, 1));
}

function packed({ data, width, height, channels }: RawFrame): PageFrame {
  return { width, height, channels, base64: Buffer.from(data).toString("base64") };
}

/** A page with a source, a session and a view. */
class InPage {
  readonly #view: ViewPage;
  readonly evaluate: ViewPage["page"]["evaluate"];

  private constructor(view: ViewPage) {
    this.#view = view;
    this.evaluate = view.page.evaluate.bind(view.page);
  }

  static async open(): Promise<InPage> {
    return new InPage(await ViewPage.openScript(browser, "frameSourcePage.ts"));
  }

  static async start(settings: Partial<SessionSettings>): Promise<InPage> {
    const page = await InPage.open();
    await page.evaluate((chosen) => window.inPage.start(chosen), settings);
    return page;
  }

  get mouse() {
    return this.#view.page.mouse;
  }

  box() {
    return this.#view.box();
  }

  set(settings: Partial<SessionSettings>): Promise<void> {
    return this.evaluate((chosen) => window.inPage.set(chosen), settings);
  }

  /** Draws a frame. */
  draw(frame: RawFrame): Promise<void> {
    return this.evaluate((drawn) => window.inPage.draw(drawn), packed(frame));
  }

  /** Draws a frame, and waits until the view shows what was sent of it. */
  async show(frame: RawFrame): Promise<FrameMessage> {
    const { length } = await this.frames();
    await this.draw(frame);
    return this.until((frames) => frames.length > length);
  }

  /**
   * Waits until the view has acknowledged the last frame and the frames are as wanted. Returns the
   * last.
   */
  async until(isReached: (frames: FrameMessage[]) => boolean): Promise<FrameMessage> {
    let last: FrameMessage | undefined;
    await expect
      .poll(
        async () => {
          const frames = await this.frames();
          last = frames.at(-1);
          const acknowledged = await this.evaluate(() => window.inPage.acknowledged());
          return last !== undefined && acknowledged === last.index && isReached(frames);
        },
        { timeout: 10_000, interval: 20 },
      )
      .toBe(true);
    if (last === undefined) throw new Error("no frame came");
    return last;
  }

  frames(): Promise<FrameMessage[]> {
    return this.evaluate(() => window.inPage.frames());
  }

  async pixels(): Promise<{ width: number; height: number; rgba: Buffer }> {
    const { width, height, base64 } = await this.evaluate(() => window.inPage.pixels());
    return { width, height, rgba: Buffer.from(base64, "base64") };
  }

  async isExactly(frame: RawFrame): Promise<boolean> {
    return Buffer.compare((await this.pixels()).rgba, opaque(frame)) === 0;
  }

  async expectExactly(frame: RawFrame): Promise<void> {
    const { width, height, rgba } = await this.pixels();
    expect([width, height]).toEqual([frame.width, frame.height]);
    expect(Buffer.compare(rgba, opaque(frame))).toBe(0);
  }

  async expectClose(frame: RawFrame, decibels: number): Promise<void> {
    const { width, height, rgba } = await this.pixels();
    expect([width, height]).toEqual([frame.width, frame.height]);
    expect(psnr(rgba, opaque(frame))).toBeGreaterThan(decibels);
  }

  async expectNoErrors(): Promise<void> {
    expect(await this.evaluate(() => window.inPage.errors)).toEqual([]);
    expect(this.#view.errors).toEqual([]);
  }

  close(): Promise<void> {
    return this.#view.close();
  }
}

describe("a frame source in a page", () => {
  it.each([1, 3, 4] as const)(
    "shows %i channels as JPEG, what changed as a patch, and at rest every pixel",
    async (channels) => {
      const page = await InPage.start({ quality: 90, still_after: null });
      const whole = smoothPicture(321, 243, channels);
      expect(await page.show(whole)).toMatchObject({ mimetype: "image/jpeg", width: 321 });
      await page.expectClose(whole, 35);
      await page.set({ still_after: 0.1 });
      const changed = withBox(whole, 40, 50, 20);
      await page.draw(changed);
      // The rest of the picture may become exact before the part that changed.
      await expect.poll(() => page.isExactly(changed), { timeout: 10_000 }).toBe(true);
      const frames = await page.frames();
      const patches = frames.filter((frame) => "patches" in frame);
      const patch = patches.find(({ mimetype }) => mimetype === "image/jpeg");
      expect(patch).toMatchObject({ patches: [[32, 48, 32, 32]] });
      const last = frames.at(-1);
      expect(last?.mimetype).toBe("image/png");
      expect(last?.index).toBeGreaterThan(patch?.index ?? Infinity);
      const stats = await page.evaluate(() => window.inPage.stats());
      expect(stats).toMatchObject({ codec: "jpeg", encoder: "canvas (browser)", patch_frames: 1 });
      await page.expectNoErrors();
      await page.close();
    },
  );

  it.each([1, 3, 4] as const)(
    "shows %i channels as PNG exactly, in parts too",
    async (channels) => {
      const page = await InPage.start({ codec: "png" });
      const whole = smoothPicture(641, 479, channels);
      expect(await page.show(whole)).toMatchObject({ mimetype: "image/png" });
      await page.expectExactly(whole);
      const changed = withBox(withBox(whole, 3, 3, 5), 630, 470, 9);
      expect(await page.show(changed)).toMatchObject({
        patches: [
          [0, 0, 16, 16],
          [624, 464, 16, 15],
        ],
      });
      await page.expectExactly(changed);
      await page.expectNoErrors();
      await page.close();
    },
  );

  it.each(["jpeg", "webp"] as const)(
    "shows every resting pixel exactly while a spinner moves as %s",
    async (codec) => {
      const page = await InPage.start({ codec, quality: 60, still_after: 0.1 });
      const before = smoothPicture(321, 243, 3);
      const after = withBox(before, 20, 30, 90);
      await page.show(before);
      const spinner = [0, 8, 16].map((left) => withBox(after, 200 + left, 100, 30));
      await page.evaluate((frames) => window.inPage.animate(frames), spinner.map(packed));
      // What the spinner's patches cover, with the cells around them.
      const isSpinner = (x: number, y: number) => x >= 176 && x < 272 && y >= 80 && y < 160;
      const wanted = opaque(after);
      const wrong = async (): Promise<number> => {
        const { rgba } = await page.pixels();
        let count = 0;
        for (let at = 0; at < rgba.length; at++) {
          const pixel = at >> 2;
          if (isSpinner(pixel % 321, Math.floor(pixel / 321))) continue;
          if (rgba[at] !== wanted[at]) count += 1;
        }
        return count;
      };
      await expect.poll(wrong, { timeout: 20_000 }).toBe(0);
      const moving = (frames: FrameMessage[]) =>
        frames.filter(({ mimetype }) => mimetype === `image/${codec}`).length;
      const frames = await page.frames();
      const refined = frames.filter((frame) => "patches" in frame && frame.refines === true);
      expect(refined.length).toBeGreaterThan(0);
      // The spinner goes on.
      await expect.poll(async () => moving(await page.frames())).toBeGreaterThan(moving(frames));
      expect(await wrong()).toBe(0);
      await page.expectNoErrors();
      await page.close();
    },
  );

  it("shows WebP, and at rest every pixel as PNG", async () => {
    const page = await InPage.start({ codec: "webp", quality: 90, still_after: null });
    const whole = smoothPicture(160, 120, 3);
    expect(await page.show(whole)).toMatchObject({ mimetype: "image/webp" });
    await page.expectClose(whole, 33);
    await page.set({ still_after: 0.1 });
    const moved = smoothPicture(160, 120, 3, 1);
    await page.draw(moved);
    await page.until((frames) => frames.at(-1)?.mimetype === "image/png");
    await page.expectExactly(moved);
    await page.expectNoErrors();
    await page.close();
  });

  it("sends base64 when asked", async () => {
    const page = await InPage.start({ codec: "png", _use_websocket: false });
    const frame = smoothPicture(150, 100, 3);
    const { data_b64 } = await page.show(frame);
    expect(data_b64).toMatch(/^data:image\/png;base64,/);
    await page.expectExactly(frame);
    await page.close();
  });

  it("reports that Node's libraries are missing, and shows its own JPEG", async () => {
    const page = await InPage.start({ encoder: "sharp", still_after: null });
    expect(await page.show(smoothPicture(40, 30, 3))).toMatchObject({ mimetype: "image/jpeg" });
    const errors = await page.evaluate(() => window.inPage.errors);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain("Cannot encode jpeg with sharp in a browser");
    await page.close();
  });

  it("hears of sizes and of the pointer", async () => {
    const page = await InPage.start({ still_after: null });
    const seen = async (type: string) =>
      (await page.evaluate(() => window.inPage.events)).filter((event) => event.type === type);
    await expect.poll(() => seen("resize")).toMatchObject([{ width: 500, height: 300, ratio: 1 }]);
    await page.show(smoothPicture(500, 300, 3));
    await page.evaluate(() => window.inPage.resize("320px", "200px"));
    await expect
      .poll(async () => (await seen("resize")).at(-1))
      .toMatchObject({
        width: 320,
        height: 200,
        pwidth: 320,
      });
    await page.show(smoothPicture(320, 200, 3));
    const { x, y } = await page.box();
    await page.mouse.click(x + 30, y + 40);
    await expect.poll(() => seen("pointer_up")).toHaveLength(1);
    expect(await seen("pointer_down")).toMatchObject([{ x: 30, y: 40, button: 1 }]);
    await page.expectNoErrors();
    await page.close();
  });
});

describe.each(VIDEO_CODECS)("the page's encoder of %s", (codec) => {
  it("shows what moves, and at rest every pixel", async (context) => {
    needs(codec, context);
    const page = await InPage.start({ codec, still_after: null });
    const chunks = (frames: FrameMessage[]) =>
      frames.flatMap((frame) => ("chunk" in frame ? [frame.chunk] : []));
    let time = 0;
    // The first frames travel as images while the encoder is being made.
    while (chunks(await page.frames()).length < 4) {
      await page.show(smoothPicture(321, 243, 3, time++));
    }
    await page.expectClose(smoothPicture(321, 243, 3, time - 1), 30);
    expect(chunks(await page.frames())).toEqual(["key", "delta", "delta", "delta"]);
    const { length } = await page.frames();
    await page.evaluate(() => window.inPage.requestKeyframe());
    await page.until((frames) => frames.length > length);
    await page.show(smoothPicture(321, 243, 3, time++));
    await page.expectClose(smoothPicture(321, 243, 3, time - 1), 30);
    expect(chunks((await page.frames()).slice(length))).toContain("key");
    await page.set({ still_after: 0.1 });
    const last = smoothPicture(321, 243, 3, time);
    await page.draw(last);
    await page.until((frames) => frames.at(-1)?.mimetype === "image/png");
    await page.expectExactly(last);
    const stats = await page.evaluate(() => window.inPage.stats());
    expect(stats).toMatchObject({ codec, encoder: "WebCodecs (browser)" });
    await page.expectNoErrors();
    await page.close();
  });

  it("makes one chunk for each frame, keyframes when asked and for another size", async (context) => {
    needs(codec, context);
    const page = await InPage.open();
    const step = (
      [width, height]: readonly [number, number],
      options: { keyframe?: boolean; quality?: number; scale?: number } = {},
    ) => ({
      frame: packed(smoothPicture(width, height, 3)),
      options: { keyframe: false, quality: 80, ...options },
    });
    const chunks = await page.evaluate(
      ([wanted, steps]) => window.inPage.encodeVideo(wanted, steps),
      [
        codec,
        [
          step([161, 97]),
          step([161, 97]),
          step([161, 97], { keyframe: true }),
          step([161, 97], { scale: 0.5 }),
          step([640, 480]),
          step([640, 480]),
          step([5, 3]),
        ],
      ] as const,
    );
    expect(chunks.map(({ chunk }) => chunk)).toEqual([
      ...["key", "delta", "key", "key"],
      ...["key", "delta", "key"],
    ]);
    expect(chunks.map(({ visibleWidth, visibleHeight }) => [visibleWidth, visibleHeight])).toEqual([
      ...[161, 161, 161].map((width) => [width, 97]),
      [81, 49],
      [640, 480],
      [640, 480],
      [5, 3],
    ]);
    const prefix = codec === "h264" ? "avc1.42" : "vp09.00";
    expect(chunks.every((chunk) => chunk.codec.startsWith(prefix))).toBe(true);
    await page.close();
  });

  it("rejects frames once disposed, and another device than the browser's", async (context) => {
    needs(codec, context);
    const page = await InPage.open();
    const errors = await page.evaluate(
      ([wanted, frame]) => window.inPage.videoErrors(wanted, frame),
      [codec, packed(smoothPicture(32, 32, 3))] as const,
    );
    expect(errors).toEqual([
      `Error: Cannot encode a frame: the ${codec} encoder is disposed`,
      "RangeError: video_device: expected 'software' in a browser, got 'nvenc'",
    ]);
    await page.close();
  });
});
