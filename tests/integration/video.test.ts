import { afterEach, describe, expect, it } from "vitest";
import { scaleFrame } from "../../src/framebuffer/encoders/scaleFrame";
import {
  createVideoEncoder,
  probeVideoEncoders,
} from "../../src/framebuffer/encoders/video/videoEncoders";
import { annexBUnits } from "../../src/framebuffer/encoders/videoCodecString";
import type { EncodedChunk, VideoEncoder } from "../../src/framebuffer/encoders/videoEncoder";
import { sharedMemory } from "../../src/framebuffer/node/sharedMemory";
import { scaledSize } from "../../src/framebuffer/planning/framePlan";
import type { RawFrame } from "../../src/framebuffer/source/frame";
import { PlainError } from "../../src/protocol/errors";
import { VIDEO_CODECS, type VideoCodec } from "../../src/protocol/messages";
import { missingNodeAv } from "../support/nodeAv";
import { decodeVideo, type DecodedPicture } from "../support/decodeVideo";
import { smoothPicture } from "../support/smoothPicture";

const reports = await probeVideoEncoders();
const software = reports.filter(({ device }) => device === "software");

const missing = missingNodeAv();
if (missing !== undefined) console.warn(`video is not tested: ${missing}`);

const SIZES = [
  [1, 1],
  [17, 9],
  [641, 479],
  [1920, 1080],
] as const;

/** Peak signal-to-noise ratio in decibels of what is to be shown of a decoded picture. */
function psnr(frame: RawFrame, picture: DecodedPicture | undefined): number {
  if (!picture) throw new Error("the decoder holds a picture back");
  let squares = 0;
  for (let row = 0; row < frame.height; row++) {
    for (let column = 0; column < frame.width; column++) {
      for (let channel = 0; channel < 3; channel++) {
        const from = (row * frame.width + column) * frame.channels;
        const wanted = frame.data[from + (frame.channels === 1 ? 0 : channel)] ?? 0;
        squares +=
          (wanted - (picture.data[(row * picture.width + column) * 3 + channel] ?? 0)) ** 2;
      }
    }
  }
  return 10 * Math.log10((255 * 255 * frame.width * frame.height * 3) / Math.max(squares, 1));
}

describe.skipIf(missing !== undefined).each(VIDEO_CODECS)("the software encoder of %s", (codec) => {
  const encoders: VideoEncoder[] = [];
  afterEach(() => {
    for (const encoder of encoders.splice(0)) encoder.dispose();
  });

  async function open(): Promise<VideoEncoder> {
    const encoder = await createVideoEncoder(codec, "software");
    encoders.push(encoder);
    return encoder;
  }

  const bytesOf = (chunks: readonly EncodedChunk[]): Uint8Array[] => chunks.map(({ data }) => data);

  it("says which library it is", async () => {
    const encoder = await open();
    expect(encoder.codec).toBe(codec);
    expect(encoder.name).toMatch(
      codec === "h264" ? /^libx264 \(node-av \d/ : /^libvpx-vp9 \(node-av \d/,
    );
  });

  it.each(SIZES)(
    "gives a picture of %d x %d for each frame at once, like it",
    async (width, height) => {
      const encoder = await open();
      const frames = [0, 1, 2].map((time) => smoothPicture(width, height, 3, time));
      const chunks: EncodedChunk[] = [];
      for (const frame of frames) {
        chunks.push(await encoder.encode(frame, { keyframe: false, quality: 90 }));
      }
      expect(chunks.map(({ chunk }) => chunk)).toEqual(["key", "delta", "delta"]);
      const pictures = await decodeVideo(codec, bytesOf(chunks));
      for (const [at, picture] of pictures.entries()) {
        expect(chunks[at]).toMatchObject({ visibleWidth: width, visibleHeight: height });
        expect(picture).toMatchObject({
          width: width + (width % 2),
          height: height + (height % 2),
          isKeyframe: at === 0,
          isBt709Limited: true,
        });
        expect(psnr(frames[at] as RawFrame, picture)).toBeGreaterThan(30);
      }
    },
  );

  it.each([1, 3, 4] as const)("keeps the colours of %d channels", async (channels) => {
    const encoder = await open();
    const frame = smoothPicture(321, 243, channels);
    const { data } = await encoder.encode(frame, { keyframe: true, quality: 99 });
    const [picture] = await decodeVideo(codec, [data]);
    expect(psnr(frame, picture)).toBeGreaterThan(38);
  });

  it.each([
    [255, 255, 255],
    [0, 0, 0],
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ])("turns the colour %d, %d, %d into BT.709's", async (...color) => {
    const encoder = await open();
    const data = new Uint8Array(32 * 32 * 3).map((_, at) => color[at % 3] ?? 0);
    const frame: RawFrame = { data, width: 32, height: 32, channels: 3 };
    const chunk = await encoder.encode(frame, { keyframe: true, quality: 99 });
    const [picture] = await decodeVideo(codec, [chunk.data]);
    const shown = picture?.data.subarray(0, 3) ?? [];
    for (const [channel, value] of color.entries()) {
      expect(Math.abs((shown[channel] ?? -255) - value)).toBeLessThanOrEqual(4);
    }
  });

  it("gives a keyframe that needs no other, and only when asked", async () => {
    const encoder = await open();
    const frames = Array.from({ length: 8 }, (_, time) => smoothPicture(160, 120, 3, time));
    const chunks = await Promise.all(
      frames.map((frame, at) => encoder.encode(frame, { keyframe: at === 5, quality: 80 })),
    );
    expect(chunks.map(({ chunk }) => chunk === "key")).toEqual(
      frames.map((_, at) => at === 0 || at === 5),
    );
    const pictures = await decodeVideo(codec, bytesOf(chunks.slice(5)));
    for (const [at, picture] of pictures.entries()) {
      expect(psnr(frames[at + 5] as RawFrame, picture)).toBeGreaterThan(30);
    }
  });

  it("gives a keyframe for another size or number of channels", async () => {
    const encoder = await open();
    const frames = [
      smoothPicture(64, 48, 3),
      smoothPicture(33, 71, 3),
      smoothPicture(33, 71, 4),
      smoothPicture(33, 71, 4, 1),
      smoothPicture(64, 48, 1),
    ];
    const chunks: EncodedChunk[] = [];
    for (const frame of frames) {
      chunks.push(await encoder.encode(frame, { keyframe: false, quality: 90 }));
    }
    expect(chunks.map(({ chunk }) => chunk)).toEqual(["key", "key", "key", "delta", "key"]);
    const pictures = await decodeVideo(codec, bytesOf(chunks));
    for (const [at, picture] of pictures.entries()) {
      expect(psnr(frames[at] as RawFrame, picture)).toBeGreaterThan(30);
    }
  });

  it.each([1, 3, 4] as const)("codes %d channels smaller when asked", async (channels) => {
    const encoder = await open();
    const frames = [0, 1].map((time) => smoothPicture(321, 243, channels, time));
    for (const scale of [0.75, 0.5, 0.25]) {
      const { width, height } = scaledSize({ width: 321, height: 243 }, scale);
      const chunks: EncodedChunk[] = [];
      for (const frame of frames) {
        chunks.push(await encoder.encode(frame, { keyframe: false, quality: 95, scale }));
      }
      expect(chunks.map(({ chunk }) => chunk)).toEqual(["key", "delta"]);
      const pictures = await decodeVideo(codec, bytesOf(chunks));
      for (const [at, picture] of pictures.entries()) {
        expect(chunks[at]).toMatchObject({ visibleWidth: width, visibleHeight: height });
        expect(
          psnr(scaleFrame(frames[at] as RawFrame, width, height, sharedMemory), picture),
        ).toBeGreaterThan(30);
      }
    }
  });

  it("takes another quality on the way", async () => {
    const encoder = await open();
    const chunks: EncodedChunk[] = [];
    const qualities = [30, 30, 95, 95];
    for (const [time, quality] of qualities.entries()) {
      const frame = smoothPicture(320, 240, 3, time);
      chunks.push(await encoder.encode(frame, { keyframe: false, quality }));
    }
    // x264 takes it as it goes, libvpx begins anew.
    expect(chunks[2]?.chunk).toBe(codec === "h264" ? "delta" : "key");
    const pictures = await decodeVideo(codec, bytesOf(chunks));
    const before = psnr(smoothPicture(320, 240, 3, 1), pictures[1]);
    expect(psnr(smoothPicture(320, 240, 3, 3), pictures[3])).toBeGreaterThan(before + 3);
  });

  it("finishes what it has begun when disposed, and takes no more", async () => {
    const encoder = await open();
    const frame = smoothPicture(320, 240, 3);
    const first = encoder.encode(frame, { keyframe: false, quality: 80 });
    // The first is under way only when it has had its turn.
    await Promise.resolve();
    const second = encoder.encode(frame, { keyframe: false, quality: 80 });
    encoder.dispose();
    encoder.dispose();
    const third = encoder.encode(frame, { keyframe: false, quality: 80 });
    await expect(first).resolves.toMatchObject({ chunk: "key" });
    await expect(second).rejects.toThrow("is disposed");
    await expect(third).rejects.toThrow("is disposed");
  });

  it("goes on with a keyframe after a frame that it cannot encode", async () => {
    const encoder = await open();
    const frame = smoothPicture(64, 48, 3);
    await encoder.encode(frame, { keyframe: false, quality: 80 });
    const tooWide = {
      ...smoothPicture(20_000, 2, 1),
      width: 66_000,
      height: 1,
      data: new Uint8Array(66_000),
    };
    await expect(encoder.encode(tooWide, { keyframe: false, quality: 80 })).rejects.toThrow(
      "66000",
    );
    const next = await encoder.encode(frame, { keyframe: false, quality: 80 });
    expect(next.chunk).toBe("key");
  });
});

describe.skipIf(missing !== undefined)("a stream of H.264", () => {
  it("is Constrained Baseline in Annex B, with its parameter sets in each keyframe", async () => {
    const encoder = await createVideoEncoder("h264", "software");
    const frame = smoothPicture(1280, 720, 3);
    for (let keyframes = 0; keyframes < 2; keyframes++) {
      const { data, codec } = await encoder.encode(frame, { keyframe: true, quality: 80 });
      expect([...data.subarray(0, 4)]).toEqual([0, 0, 0, 1]);
      const types = [...annexBUnits(data)].map((nal) => (nal[0] ?? 0) & 0x1f);
      expect(types.filter((type) => type === 7 || type === 8)).toEqual([7, 8]);
      // Pictures of the Baseline profiles cannot be reordered. 0x1F: level 3.1.
      expect(codec).toBe("avc1.42C01F");
      // No slice but of an instantaneous refresh.
      expect(types).toContain(5);
      expect(types).not.toContain(1);
    }
    encoder.dispose();
  });
});

describe.skipIf(missing !== undefined)("the list of video encoders", () => {
  it("has all that encode by software, and they work", () => {
    expect(software).toMatchObject(VIDEO_CODECS.map((codec) => ({ codec, problem: undefined })));
  });
});

describe("a graphics device", () => {
  const missing = reports.filter(({ device, problem }) => device !== "software" && problem);

  it.skipIf(missing.length === 0)("that is not there is told by name", async () => {
    const [report] = missing;
    if (!report) throw new Error("no device is missing");
    const creating = createVideoEncoder(report.codec, report.device);
    await expect(creating).rejects.toThrow(
      new RegExp(`'${report.device}'.*choose the video device 'software'`),
    );
    await expect(creating).rejects.toThrow(PlainError);
  });

  it("is refused for a codec that it does not encode", async () => {
    const codec: VideoCodec = "vp9";
    await expect(createVideoEncoder(codec, "nvenc")).rejects.toThrow(RangeError);
  });
});
