import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { createVideoEncoder } from "../../src/framebuffer/encoders/video/videoEncoders";
import type { VideoEncoder } from "../../src/framebuffer/encoders/videoEncoder";
import { packEnvelope } from "../../src/protocol/envelope";
import type { VideoCodec } from "../../src/protocol/messages";
import { startBrowser } from "../support/chromium";
import { ClientPage, pixelAt, type PageOptions } from "./clientHarness";
import { plainPng } from "./harness";
import type { Viewer } from "./streamServer";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

type Color = readonly [red: number, green: number, blue: number];
/** Limited-range YUV of 8 bits, subsampled and quantized. */
const TOLERANCE = 14;

/** Sends video like a pdum.rfb server: no base, no visible size. */
class Stream {
  readonly #viewer: Viewer;
  readonly #encoder: VideoEncoder;
  #seq = 0;

  constructor(viewer: Viewer, encoder: VideoEncoder) {
    this.#viewer = viewer;
    this.#encoder = encoder;
  }

  async encode(color: Color, keyframe = false): Promise<Uint8Array> {
    const [width, height] = [64, 48];
    const data = new Uint8Array(width * height * 3).map((_, at) => color[at % 3] ?? 0);
    const frame = { data, width, height, channels: 3 as const };
    const chunk = await this.#encoder.encode(frame, { keyframe, quality: 90 });
    const header = {
      ...{ type: "video_chunk", seq: this.#seq++, timestamp_us: 1, duration_us: 1 },
      ...{ width, height, codec: chunk.codec, keyframe: chunk.chunk === "key" },
      bitstream: this.#encoder.codec === "h264" ? "annexb" : "vp9",
    };
    return packEnvelope(header, chunk.data);
  }

  /** Sends a picture, and returns its number. */
  async send(color: Color, keyframe = false): Promise<number> {
    this.#viewer.sendBytes(await this.encode(color, keyframe));
    return this.#seq - 1;
  }
}

/**
 * Every Chromium decodes VP9. Builds without patented codecs, such as Playwright's own, do not
 * decode H.264.
 */
async function open(
  codec: VideoCodec,
  context: TestContext,
  options: PageOptions = {},
): Promise<{ client: ClientPage; viewer: Viewer; stream: Stream }> {
  const client = await ClientPage.open(browser);
  const viewer = await client.connect(options);
  const supported = viewer.messages[0]?.supported;
  const name = codec === "h264" ? "webcodecs/h264-annexb" : "webcodecs/vp9";
  if (!(supported as string[]).includes(name)) {
    const what = `this Chromium does not decode ${codec}, only ${String(supported)}`;
    await client.close();
    expect(codec).toBe("h264");
    console.warn(what);
    context.skip(what);
  }
  const encoder = await createVideoEncoder(codec, "software");
  context.onTestFinished(() => encoder.dispose());
  viewer.sendConfig(64, 48, { transport: "webcodecs" });
  return { client, viewer, stream: new Stream(viewer, encoder) };
}

async function expectColor(client: ClientPage, color: Color): Promise<void> {
  const pixel = pixelAt(await client.pixels(), 30, 20);
  const distance = Math.max(...color.map((value, at) => Math.abs(value - (pixel[at] ?? 0))));
  expect(distance, `${pixel.join()} for ${color.join()}`).toBeLessThanOrEqual(TOLERANCE);
}

describe.each<VideoCodec>(["h264", "vp9"])("%s", (codec) => {
  it("is shown chunk by chunk", async (context) => {
    const { client, viewer, stream } = await open(codec, context);
    for (const color of [
      [220, 30, 30],
      [30, 200, 40],
      [40, 50, 210],
    ] as const) {
      const seq = await stream.send(color);
      expect(await viewer.receipt(seq)).toMatchObject({ displayed: true });
      await expectColor(client, color);
    }
    await expect
      .poll(() => client.stats())
      .toMatchObject({
        transport: "webcodecs",
        framesDisplayed: 3,
      });
    expect((await client.stats()).codec).toMatch(codec === "h264" ? /^avc1/ : /^vp09/);
    expect(await client.errors()).toEqual([]);
    await client.close();
  });
});

describe("a stream that arrives faster than it is decoded", () => {
  it("has a receipt for each frame, shown or dropped, and continues with a keyframe", async (context) => {
    const { client, viewer, stream } = await open("vp9", context, { maxInflight: 2 });
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < 12; at++) chunks.push(await stream.encode([10 * at, 100, 100]));
    // Sent in one piece, so that they arrive together.
    for (const chunk of chunks) viewer.sendBytes(chunk);
    await viewer.receipt(11);
    const seq = await stream.send([200, 60, 20], true);
    expect(await viewer.receipt(seq)).toMatchObject({ displayed: true });
    await expectColor(client, [200, 60, 20]);
    // How many are dropped depends on the speeds of the network and of the decoder. A frame is
    // dropped because too many wait, and then a keyframe is asked for, or for a newer one.
    const dropped = viewer.ofType("ack").filter(({ displayed }) => displayed === false).length;
    const requests = viewer.ofType("request_keyframe").length;
    await expect
      .poll(() => client.stats())
      .toMatchObject({
        framesDisplayed: 13 - dropped,
        framesDropped: dropped,
        ...(requests > 0 ? { recoveries: 1 } : {}),
      });
    if (dropped === 0) expect(requests).toBe(0);
    expect(viewer.ofType("ack").map((ack) => ack.seq)).toEqual([...Array(13).keys()]);
    expect(await client.errors()).toEqual([]);
    await client.close();
  });
});

it("reconnects for images only if the server ignores a repeated hello, like pdum.rfb's", async (context) => {
  const { client, viewer, stream } = await open("vp9", context);
  await viewer.receipt(await stream.send([220, 30, 30]));
  await expect.poll(() => client.stats()).toMatchObject({ transport: "webcodecs" });
  await client.page.evaluate(() => window.client.view.setImageOnly(true));
  await viewer.until(({ closeCode }) => closeCode === 1000);
  const next = await client.server.viewer(1);
  await next.until(({ messages }) => messages.length > 1);
  expect(next.messages[0]?.supported).not.toContain("webcodecs/vp9");
  next.sendConfig(8, 8);
  next.sendImage(0, 8, 8, plainPng(8, 8, 1, 2));
  await next.receipt(0);
  await client.close();
});
