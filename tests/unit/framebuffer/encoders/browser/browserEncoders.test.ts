import { afterEach, describe, expect, it, vi } from "vitest";
import { BrowserEncoders } from "../../../../../src/framebuffer/encoders/browser/browserEncoders";
import { opaquePixels } from "../../../../../src/framebuffer/encoders/browser/opaquePixels";
import { streamConfigs } from "../../../../../src/framebuffer/encoders/browser/webCodecsConfig";
import {
  ENCODER_CHOICES,
  MissingEncoderError,
} from "../../../../../src/framebuffer/encoders/imageEncoders";
import type { RawFrame } from "../../../../../src/framebuffer/source/frame";
import { decodePng, pngColorType } from "../../../../support/decodeImage";
import { FakeClock } from "../../../../support/fakeClock";

const OPTIONS = { quality: 80, chroma: "4:2:0" } as const;

function picture(width: number, height: number, channels: 1 | 3 | 4): RawFrame {
  const data = Uint8Array.from({ length: width * height * channels }, (_, at) => (at * 37) % 251);
  return { data, width, height, channels };
}

describe("a browser's PNG", () => {
  it.each([
    [1, 0],
    [3, 2],
    [4, 2],
  ] as const)("has every pixel of %i channels", async (channels, colorType) => {
    const frame = picture(61, 47, channels);
    const encoder = await new BrowserEncoders(new FakeClock()).get("png", true, "auto");
    const { mimetype, data } = await encoder.encode(frame, OPTIONS);
    expect(mimetype).toBe("image/png");
    expect(pngColorType(data)).toBe(colorType);
    expect([...decodePng(data).rgba]).toEqual([...opaquePixels(frame)]);
  });

  it("serves as lossless WebP, which browsers lack", async () => {
    const { mimetype, lossless } = await new BrowserEncoders(new FakeClock()).get(
      "webp",
      true,
      "auto",
    );
    expect([mimetype, lossless]).toEqual(["image/png", true]);
  });
});

describe("a browser's encoders", () => {
  it.each(ENCODER_CHOICES.filter((choice) => choice !== "auto"))(
    "are missing %s, and say what to choose",
    async (choice) => {
      const found = new BrowserEncoders(new FakeClock()).get("jpeg", false, choice);
      await expect(found).rejects.toThrow(MissingEncoderError);
      await expect(found).rejects.toThrow("choose the encoder 'auto'");
    },
  );

  it("scale a frame", async () => {
    const frame = {
      data: new Uint8Array(4 * 4).fill(7),
      width: 4,
      height: 4,
      channels: 1,
    } as const;
    const scaled = await new BrowserEncoders(new FakeClock()).scale(frame, 2, 1);
    expect(scaled).toEqual({ data: Uint8Array.of(7, 7), width: 2, height: 1, channels: 1 });
  });
});

describe("a canvas that fails", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** Encodes by a canvas that writes such files. Resolves with the error's text. */
  async function problemOf(convertToBlob: () => Promise<Blob>): Promise<string> {
    class FakeCanvas {
      readonly convertToBlob = convertToBlob;
      getContext(): object {
        return { putImageData: () => undefined };
      }
    }
    vi.stubGlobal("OffscreenCanvas", FakeCanvas);
    vi.stubGlobal("ImageData", class {});
    const clock = new FakeClock();
    const encoder = await new BrowserEncoders(clock).get("jpeg", false, "auto");
    const encoded = encoder.encode(picture(2, 2, 3), OPTIONS);
    const problem = encoded.then(
      () => "none",
      (error: unknown) => (error as Error).message,
    );
    await clock.settle();
    clock.advance(11);
    return problem;
  }

  it("by hanging says so in the end", async () => {
    expect(await problemOf(() => new Promise(() => undefined))).toBe(
      "Cannot encode image/jpeg with canvas (browser): it took longer than 11 s; choose another codec",
    );
  });

  it("by writing another kind of file sends none", async () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);
    expect(await problemOf(() => Promise.resolve(new Blob([png])))).toMatch(
      /it failed 3 times in a row: expected a file of type image\/jpeg, got 4 bytes that begin with 89/,
    );
  });
});

describe("opaque pixels", () => {
  it("have no alpha of the frame's", () => {
    const frame = { data: Uint8Array.of(1, 2, 3, 4), width: 1, height: 1, channels: 4 } as const;
    expect([...opaquePixels(frame)]).toEqual([1, 2, 3, 255]);
  });

  it("repeat the last column and row where they are padded", () => {
    const frame = { data: Uint8Array.of(1, 2), width: 1, height: 2, channels: 1 } as const;
    const red = [...opaquePixels(frame, 2, 4)].filter((_, at) => at % 4 === 0);
    expect(red).toEqual([1, 1, 2, 2, 2, 2, 2, 2]);
  });
});

describe("a browser's video", () => {
  const shape = { width: 640, height: 480, quality: 80, limit: undefined };

  it.each(["h264", "vp9"] as const)("of %s is coded by quality, else by a rate for it", (codec) => {
    const modes = (quality: number) =>
      streamConfigs({ ...shape, codec, quality }).map(({ bitrateMode }) => bitrateMode);
    expect(modes(80)).toEqual(["quantizer", "variable"]);
    const rates = [1, 50, 80, 99].map(
      (quality) => streamConfigs({ ...shape, codec, quality }).at(-1)?.bitrate ?? 0,
    );
    expect(rates).toEqual([...rates].sort((one, other) => one - other));
    expect(new Set(rates).size).toBe(4);
  });

  it("keeps to a rate limit, at the rate at which pictures come", () => {
    const limit = { bitrate: 200_000, fps: 15 };
    expect(streamConfigs({ ...shape, codec: "vp9", limit })).toMatchObject([
      { bitrateMode: "variable", bitrate: 400_000, framerate: 30 },
    ]);
  });

  it("asks for a level that has room for the picture", () => {
    const codecOf = (width: number, height: number) =>
      streamConfigs({ ...shape, codec: "h264", width, height })[0]?.codec;
    expect(codecOf(640, 480)).toBe("avc1.42E01F");
    expect(codecOf(1920, 1080)).toBe("avc1.42E028");
    expect(codecOf(3840, 2160)).toBe("avc1.42E033");
    expect(codecOf(16_384, 16_384)).toBe("avc1.42E03C");
  });
});
