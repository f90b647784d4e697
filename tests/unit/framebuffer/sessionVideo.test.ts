/** What a session sends where the codec is a video's. */
import { describe, expect, it } from "vitest";
import { REST_DELAY } from "../../../src/framebuffer/pacing/restTimer";
import { isPlainError } from "../../../src/protocol/errors";
import { setUp } from "../../support/sessionHarness";

const H264 = ["patches", "h264"];

/** What each frame was: a chunk, or a kind of image. */
const forms = (shown: ReturnType<typeof setUp>["shown"]): string[] =>
  shown.map(({ message, mimetype }) => ("chunk" in message ? message.chunk : mimetype));

/** An image, a key chunk, and at rest a still, all acknowledged. */
async function playAndRest(parts: ReturnType<typeof setUp>): Promise<void> {
  const { show, draw, acknowledge, clock, settle } = parts;
  await show(H264);
  await acknowledge(1);
  await draw();
  await acknowledge(2);
  clock.advance(0.3);
  await settle();
  await acknowledge(3);
}

describe("a session with codec h264", () => {
  it("sends an image until the encoder is there, then a key chunk and deltas that name the frame before", async () => {
    const { show, draw, acknowledge, shown, session, videos } = setUp({}, { codec: "h264" });
    await show(H264);
    for (let frame = 1; frame <= 3; frame++) {
      await acknowledge(frame);
      await draw();
    }
    expect(forms(shown)).toEqual(["image/jpeg", "key", "delta", "delta"]);
    expect(shown[2]?.message).toMatchObject({
      mimetype: "video/h264",
      codec: "avc1.42E01F",
      width: 1,
      height: 1,
      visible_width: 1,
      visible_height: 1,
      base: 2,
    });
    expect("base" in (shown[1]?.message ?? {})).toBe(false);
    expect(session.stats).toMatchObject({ codec: "h264", encoder: "fake video 1.0" });
    expect(videos).toHaveLength(1);
    session.dispose();
    await Promise.resolve();
    expect(videos[0]?.isDisposed).toBe(true);
  });

  it("ends with an image of every pixel when it comes to rest, and goes on from the chunk before it", async () => {
    const parts = setUp({}, { codec: "h264" });
    await playAndRest(parts);
    await parts.draw();
    expect(forms(parts.shown)).toEqual(["image/jpeg", "key", "image/png", "delta"]);
    expect(parts.shown.at(-1)?.message).toMatchObject({ index: 4, base: 2 });
  });

  it("lets the encoder go when no view looks any more, and begins with a key chunk when one does", async () => {
    const parts = setUp({}, { codec: "h264" });
    const { acknowledge, clock, draw, session, settle, shown, videos } = parts;
    await playAndRest(parts);
    session.setVisible(false);
    clock.advance(REST_DELAY);
    await settle();
    expect(videos.map(({ isDisposed }) => isDisposed)).toEqual([true]);
    session.setVisible(true);
    shown.length = 0;
    for (let index = 4; index < 7; index++) {
      await draw();
      await acknowledge(index);
    }
    expect(forms(shown)).toEqual(["image/jpeg", "key", "delta"]);
    expect(videos.map(({ isDisposed }) => isDisposed)).toEqual([true, false]);
  });

  it("lets the encoder go when video is no longer wanted, also after a rest", async () => {
    for (const change of [
      { codec: "jpeg" },
      { codec: "png" },
      { quality: 100 },
      { _use_websocket: false },
    ] as const) {
      const parts = setUp({}, { codec: "h264" });
      const { draw, settings, videos } = parts;
      await playAndRest(parts);
      expect(videos.map(({ isDisposed }) => isDisposed)).toEqual([false]);
      Object.assign(settings, change);
      await draw();
      expect(videos.map(({ isDisposed }) => isDisposed)).toEqual([true]);
    }
  });

  it("lets an encoder go that was made and never used", async () => {
    const { show, draw, acknowledge, settings, shown, videos } = setUp({}, { codec: "h264" });
    await show(H264);
    await acknowledge(1);
    settings.codec = "jpeg";
    await draw();
    expect(forms(shown)).toEqual(["image/jpeg", "image/jpeg"]);
    expect(videos.map(({ isDisposed }) => isDisposed)).toEqual([true]);
  });

  it("lets the encoder go when a view comes that cannot show video", async () => {
    const { show, draw, acknowledge, videos } = setUp({}, { codec: "h264" });
    await show(H264);
    await acknowledge(1);
    await draw();
    await show(["patches"]);
    await draw();
    expect(videos.map(({ isDisposed }) => isDisposed)).toEqual([true]);
  });

  it("makes one encoder for another codec", async () => {
    const { show, draw, acknowledge, settings, shown, videos } = setUp({}, { codec: "h264" });
    await show([...H264, "vp9"]);
    await acknowledge(1);
    await draw();
    settings.codec = "vp9";
    for (let frame = 2; frame <= 4; frame++) {
      await acknowledge(frame);
      await draw();
    }
    expect(forms(shown)).toEqual(["image/jpeg", "key", "image/jpeg", "key", "delta"]);
    expect(videos.map(({ codec, isDisposed }) => [codec, isDisposed])).toEqual([
      ["h264", true],
      ["vp9", false],
    ]);
  });

  it.each([
    ["a new view", { type: "hello", version: 1, accepts: H264 }],
    ["a view that asks for a keyframe", { type: "request_keyframe", reason: "test" }],
  ])("sends an image to %s, and a key chunk next", async (_who, message) => {
    const { show, draw, acknowledge, settle, shown, view } = setUp({}, { codec: "h264" });
    await show(H264);
    for (let frame = 1; frame <= 2; frame++) {
      await acknowledge(frame);
      await draw();
    }
    view.sendRaw(message);
    await settle();
    await acknowledge(4);
    await draw();
    expect(forms(shown)).toEqual(["image/jpeg", "key", "delta", "image/jpeg", "key"]);
  });

  it("sends a key chunk when the size changes", async () => {
    let side = 4;
    let value = 0;
    const { show, draw, acknowledge, shown } = setUp(
      {
        get_frame: () => ({
          data: new Uint8Array(side * side).fill(++value),
          shape: [side, side],
        }),
      },
      { codec: "h264" },
    );
    await show(H264);
    for (side of [4, 4, 6, 6]) {
      await acknowledge(shown.length);
      await draw();
    }
    expect(forms(shown)).toEqual(["image/jpeg", "key", "delta", "key", "delta"]);
  });

  it("sends JPEG to a view that cannot show it, and says so once", async () => {
    const { show, draw, acknowledge, shown, errors, videos } = setUp({}, { codec: "h264" });
    await show(["patches"]);
    for (let frame = 1; frame <= 2; frame++) {
      await acknowledge(frame);
      await draw();
    }
    expect(forms(shown)).toEqual(["image/jpeg", "image/jpeg", "image/jpeg"]);
    expect(errors.map(({ error }) => String(error))).toEqual([
      expect.stringContaining("the view cannot show h264, frames are sent as JPEG"),
    ]);
    expect(errors.map(({ error }) => isPlainError(error))).toEqual([true]);
    expect(videos).toHaveLength(0);
  });

  it("sends JPEG when the encoder cannot be had, and says so once", async () => {
    const { show, draw, acknowledge, shown, errors } = setUp(
      {},
      { codec: "h264" },
      { createVideoEncoder: () => Promise.reject(new Error("run npm install node-av")) },
    );
    await show(H264);
    for (let frame = 1; frame <= 3; frame++) {
      await acknowledge(frame);
      await draw();
    }
    expect(forms(shown)).toEqual(Array(4).fill("image/jpeg"));
    expect(errors.map(({ error }) => String(error))).toEqual([
      "Error: run npm install node-av; frames are sent as images",
    ]);
    // A stack would show only this library's code.
    expect(errors.map(({ error }) => isPlainError(error))).toEqual([true]);
  });

  it("gives an encoder up that fails three times in a row, and goes on with JPEG", async () => {
    const { show, draw, acknowledge, shown, errors, session } = setUp(
      {},
      { codec: "h264" },
      {
        createVideoEncoder: () =>
          Promise.resolve({
            name: "broken",
            codec: "h264",
            encode: () => Promise.reject(new Error("out of luck")),
            dispose: () => undefined,
          }),
      },
    );
    await show(H264);
    await acknowledge(1);
    for (let frame = 1; frame <= 4; frame++) {
      await draw();
      await acknowledge(shown.length);
    }
    // What it could not take is shown as an image, too.
    expect(forms(shown)).toEqual(Array(5).fill("image/jpeg"));
    const messages = errors.map(({ error }) => (error as Error).message);
    expect(messages.sort()).toEqual([
      "Cannot encode h264 with broken: it failed 3 times in a row: out of luck; frames are sent as images; choose another codec or video device",
      "out of luck",
      "out of luck",
      "out of luck",
    ]);
    expect(session.stats.codec).toBe("jpeg");
  });

  it("goes on with images when a video encoder hangs, and says which", async () => {
    const { clock, show, draw, acknowledge, shown, errors, settle } = setUp(
      {},
      { codec: "h264" },
      {
        createVideoEncoder: () =>
          Promise.resolve({
            name: "hung 1.0",
            codec: "h264",
            encode: () => new Promise(() => undefined),
            dispose: () => undefined,
          }),
      },
    );
    await show(H264);
    await acknowledge(1);
    await draw();
    expect(shown).toHaveLength(1);
    clock.advance(11);
    await settle();
    expect(forms(shown)).toEqual(["image/jpeg", "image/jpeg"]);
    await acknowledge(2);
    await draw();
    expect(forms(shown)).toHaveLength(3);
    expect(errors.map(({ error }) => (error as Error).message)).toContainEqual(
      expect.stringMatching(/^Cannot encode h264 with hung 1\.0: it took longer than 11 s; /),
    );
  });

  it("sends lossless images at quality 100", async () => {
    const { show, draw, acknowledge, shown } = setUp({}, { codec: "h264", quality: 100 });
    await show(H264);
    await acknowledge(1);
    await draw();
    expect(forms(shown)).toEqual(["image/png", "image/png"]);
  });
});
