import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { createVideoFile } from "../../src/framebuffer/encoders/video/videoFile";
import type { RecordingFormat } from "../../src/framebuffer/recording/recordedFile";
import type { RawFrame } from "../../src/framebuffer/source/frame";
import { RemoteFrameBuffer } from "../../src/kernel";
import { disposedAfterEach } from "../support/disposables";
import { missingNodeAv } from "../support/nodeAv";
import { decodeVideoFile, type FilePicture } from "../support/decodeVideoFile";

const missing = missingNodeAv();
if (missing !== undefined) console.warn(`recording is not tested: ${missing}`);

const RED = [255, 0, 0] as const;
const GREEN = [0, 255, 0] as const;
const BLUE = [0, 0, 255] as const;

type Color = readonly [number, number, number];

function plain(width: number, height: number, color: Color): RawFrame {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.set(color, at);
  return { data, width, height, channels: 3 };
}

/** The colour of a pixel. */
function pixel({ data, width }: FilePicture, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

/** Expects a colour, as near as limited range and quantization leave it. */
function expectColor(actual: readonly number[], color: Color): void {
  for (const [channel, value] of color.entries()) {
    expect(Math.abs((actual[channel] ?? -1) - value), String(actual)).toBeLessThan(8);
  }
}

describe.skipIf(missing !== undefined)("recorded video", () => {
  const disposables = disposedAfterEach();
  let folder: string;

  beforeEach(() => {
    folder = disposables.folder();
  });

  /** Writes frames, each in its slot at 10 a second, to a file. */
  async function write(
    format: RecordingFormat,
    frames: readonly (readonly [slot: number, frame: RawFrame])[],
  ): Promise<string> {
    const path = join(folder, `a.${format}`);
    const file = await createVideoFile({ path, format, device: "software", fps: 10, quality: 90 });
    for (const [slot, frame] of frames) await file.write(frame, slot);
    await file.finish();
    await file.close();
    return path;
  }

  describe.each([
    ["mp4", "h264"],
    ["webm", "vp9"],
  ] as const)("as %s", (format, codec) => {
    it("shows each picture at its time, in its colours", async () => {
      const path = await write(format, [
        [0, plain(64, 48, RED)],
        [1, plain(64, 48, GREEN)],
        [4, plain(64, 48, BLUE)],
      ]);
      const file = await decodeVideoFile(path);
      expect(file).toMatchObject({ codec, width: 64, height: 48 });
      expect(file.seconds).toBeCloseTo(0.5, 2);
      expect(file.pictures.map(({ time }) => Math.round(time * 1000))).toEqual([0, 100, 400]);
      for (const [index, color] of [RED, GREEN, BLUE].entries()) {
        const picture = file.pictures[index];
        if (picture === undefined) throw new Error("a picture is missing");
        expect(picture.isBt709Limited).toBe(true);
        expectColor(pixel(picture, 31, 23), color);
      }
    });

    it("can be sought: a keyframe comes every 2 s", async () => {
      const slots = Array.from({ length: 45 }, (_, slot) => slot);
      const path = await write(
        format,
        slots.map((slot) => [slot, plain(32, 32, slot % 2 === 0 ? RED : BLUE)]),
      );
      const { pictures } = await decodeVideoFile(path);
      const keyframes = pictures.filter(({ isKeyframe }) => isKeyframe);
      expect(keyframes.map(({ time }) => Math.round(time))).toEqual([0, 2, 4]);
    });

    it("fits pictures of another size into that of the first, and pads odd sides", async () => {
      const path = await write(format, [
        [0, plain(63, 47, RED)],
        // Half as wide, and twice as high and wide, in grayscale and with alpha.
        [1, plain(40, 80, GREEN)],
        [2, { data: new Uint8Array(128 * 16).fill(255), width: 128, height: 16, channels: 1 }],
        [3, { data: new Uint8Array(8 * 6 * 4).fill(255), width: 8, height: 6, channels: 4 }],
      ]);
      const { width, height, pictures } = await decodeVideoFile(path);
      expect([width, height]).toEqual([64, 48]);
      const [first, tall, wide, small] = pictures;
      if (!first || !tall || !wide || !small) throw new Error("a picture is missing");
      expectColor(pixel(first, 63, 47), RED);
      expectColor(pixel(tall, 31, 23), GREEN);
      expectColor(pixel(tall, 8, 23), [0, 0, 0]);
      expectColor(pixel(tall, 54, 23), [0, 0, 0]);
      expectColor(pixel(wide, 31, 23), [255, 255, 255]);
      expectColor(pixel(wide, 31, 10), [0, 0, 0]);
      expectColor(pixel(small, 31, 23), [255, 255, 255]);
    });
  });

  it("begins with the index in MP4, so that pages can play while they load", async () => {
    const bytes = readFileSync(await write("mp4", [[0, plain(32, 32, RED)]]), "latin1");
    expect(bytes.indexOf("moov")).toBeGreaterThan(0);
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
  });

  /** Draws as many frames as there are colours, then null. */
  class Slides extends RemoteFrameBuffer {
    drawn = 0;
    colors: readonly Color[] = [RED];

    override get_frame() {
      const color = this.colors[this.drawn++];
      if (color === undefined) return null;
      const { pwidth, pheight } = this.view_size;
      return { data: plain(pwidth, pheight, color).data, shape: [pheight, pwidth, 3] };
    }
  }

  const SIZE = { css_width: 40, css_height: 20 };

  it("of a widget that no view shows has its size and full length, also at rest", async () => {
    const widget = new Slides(SIZE);
    const path = join(folder, "a.MP4");
    writeFileSync(path, "before");
    const video = await widget.record_video(path, 0.5, { fps: 20 });
    const { length: bytes } = readFileSync(path);
    expect(video).toMatchObject({
      ...{ path, seconds: 0.5, width: 40, height: 20, codec: "h264", bytes },
    });
    const file = await decodeVideoFile(path);
    expect(file.seconds).toBeCloseTo(0.5, 2);
    expect(file.pictures).toHaveLength(video.frames);
    expect(video.frames).toBeGreaterThan(1);
    for (const picture of file.pictures) expectColor(pixel(picture, 20, 10), RED);
    expect(readdirSync(folder)).toEqual(["a.MP4"]);
  });

  it("may be recorded twice at once, and takes frames that are sent", async () => {
    const widget = new Slides(SIZE);
    widget.colors = [];
    const recording = [
      widget.record_video(join(folder, "a.webm"), 0.3),
      widget.record_video(join(folder, "b"), 0.3, { format: "mp4" }),
    ];
    // get_frame() returns null: the recordings wait for the first frame.
    while (widget.drawn < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    widget.send_frame({ data: plain(40, 20, BLUE).data, shape: [20, 40, 3] });
    for (const { path } of await Promise.all(recording)) {
      const { pictures } = await decodeVideoFile(path);
      const [first] = pictures;
      if (first === undefined) throw new Error("there is no picture");
      expectColor(pixel(first, 20, 10), BLUE);
    }
  });

  it("is kept when a signal or closing the widget ends it early", async () => {
    const widget = new Slides(SIZE);
    const abort = new AbortController();
    const path = join(folder, "a.mp4");
    const recording = widget.record_video(path, 600, { signal: abort.signal });
    while (widget.drawn < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    const { seconds, frames } = await recording;
    expect(seconds).toBeLessThan(60);
    expect((await decodeVideoFile(path)).pictures).toHaveLength(frames);
    await expect(widget.record_video(path, 1, { signal: abort.signal })).rejects.toBe(
      abort.signal.reason,
    );

    const closing = widget.record_video(join(folder, "b.mp4"), 600);
    const { drawn } = widget;
    while (widget.drawn < drawn + 4) await new Promise((resolve) => setTimeout(resolve, 5));
    widget.close();
    const video = await closing;
    expect((await decodeVideoFile(video.path)).pictures).toHaveLength(video.frames);
    await expect(widget.record_video(path, 1)).rejects.toThrow("the widget is closed");
    expect(readdirSync(folder)).toEqual(["a.mp4", "b.mp4"]);
  });

  it("leaves no file when get_frame() throws, and keeps the one that was there", async () => {
    const path = join(folder, "a.mp4");
    writeFileSync(path, "before");
    const widget = new (class extends Slides {
      override get_frame() {
        if (this.drawn === 3) throw new Error("no light");
        return super.get_frame();
      }
    })(SIZE);
    await expect(widget.record_video(path, 600)).rejects.toThrow("no light");
    expect(readFileSync(path, "utf8")).toBe("before");
    expect(readdirSync(folder)).toEqual(["a.mp4"]);
  });
});
