/** Each image encoder, on its thread, read by another decoder. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import jpegTurbo from "@julusian/jpeg-turbo";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import type { FrameEncoder } from "../../src/framebuffer/encoders/encoder";
import { ImageWorkerPool } from "../../src/framebuffer/encoders/image/imageWorkerPool";
import type { JpegTurboModule } from "../../src/framebuffer/encoders/image/jpegTurbo";
import { encodePngSync } from "../../src/framebuffer/encoders/image/pngZlib";
import { probeImageEncoders } from "../../src/framebuffer/encoders/image/probeImageEncoders";
import type { SharpModule } from "../../src/framebuffer/encoders/image/sharp";
import {
  probeOnce,
  WorkerEncoders,
  type Probe,
} from "../../src/framebuffer/encoders/image/workerEncoders";
import {
  MissingEncoderError,
  type EncoderChoice,
} from "../../src/framebuffer/encoders/imageEncoders";
import { builtFile } from "../../src/framebuffer/encoders/probe/builtFile";
import { scaleFrame } from "../../src/framebuffer/encoders/scaleFrame";
import { nodeRuntime } from "../../src/framebuffer/node/runtime";
import { sharedMemory } from "../../src/framebuffer/node/sharedMemory";
import type { RawFrame } from "../../src/framebuffer/source/frame";
import { FramePool } from "../../src/framebuffer/source/framePool";
import { decodeJpeg, decodePng, decodeWebp, pngColorType } from "../support/decodeImage";
import { FakeClock } from "../support/fakeClock";

const missing = { works: false, isInstalled: false, problem: "npm install it" } as const;

const encoders = new WorkerEncoders();
afterAll(() => encoders.dispose());

/** A smooth picture with a hard-edged square, which no codec finds easy. Gray, and alpha that varies, so that mixing it in shows. */
function picture(width: number, height: number, channels: 1 | 3 | 4): RawFrame {
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x > width / 3 && x < width / 2 && y > height / 3 && y < height / 2;
      const colors = inside ? [240, 30, 60] : [(x * 255) / width, (y * 255) / height, 128];
      for (let channel = 0; channel < channels; channel++) {
        data[at++] = channel === 3 ? (x * 7 + y) % 256 : (colors[channel] ?? 0);
      }
    }
  }
  return { data, width, height, channels };
}

/** A picture in which colours change slowly, so that halving them costs little. */
function smooth(width: number, height: number): RawFrame {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[at++] = 128 + 100 * Math.sin(x / 40);
      data[at++] = 128 + 100 * Math.cos(y / 30);
      data[at++] = 128 + 60 * Math.sin((x + y) / 50);
    }
  }
  return { data, width, height, channels: 3 };
}

function opaque({ data, width, height, channels }: RawFrame): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgba[pixel * 4 + channel] = data[pixel * channels + (channels === 1 ? 0 : channel)] ?? 0;
    }
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}

/** As toEqual, which takes seconds for a large picture. */
function expectSameBytes(one: Uint8Array, other: Uint8Array): void {
  expect(Buffer.compare(one, other)).toBe(0);
}

/** Peak signal-to-noise ratio in dB over red, green and blue. */
function psnr(one: Uint8Array, other: Uint8Array): number {
  expect(one.length).toBe(other.length);
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += ((one[at] ?? 0) - (other[at] ?? 0)) ** 2;
  return 10 * Math.log10((255 * 255 * one.length * 0.75) / sum);
}

const CASES = (
  [
    [1, 1],
    [1, 7],
    [17, 9],
    [64, 48],
    [641, 479],
  ] as const
).flatMap(([width, height]) =>
  ([1, 3, 4] as const).map((channels) => ({ width, height, channels })),
);

const CHOICES: readonly EncoderChoice[] = ["jpeg-turbo", "sharp", "jpeg-js"];

describe.each(CHOICES)("JPEG by %s", (choice) => {
  const get = (): Promise<FrameEncoder> => encoders.get("jpeg", false, choice);

  it.each(CASES)(
    "shows $width x $height with $channels channels",
    async ({ width, height, channels }) => {
      const frame = picture(width, height, channels);
      const before = new Uint8Array(frame.data);
      const encoder = await get();
      const { mimetype, data, encodingSeconds } = await encoder.encode(frame, {
        quality: 95,
        chroma: "4:4:4",
      });
      expect(mimetype).toBe("image/jpeg");
      expect(encodingSeconds).toBeGreaterThan(0);
      expect(encoder.name.startsWith(choice)).toBe(true);
      const decoded = await decodeJpeg(data);
      expect([decoded.width, decoded.height]).toEqual([width, height]);
      expect(psnr(decoded.rgba, opaque(frame))).toBeGreaterThan(34);
      expectSameBytes(frame.data, before);
    },
  );

  it.each(
    ([50, 80, 95] as const).flatMap((quality, at) =>
      (["4:2:0", "4:4:4"] as const).map((chroma) => ({ quality, chroma, least: [30, 33, 36][at] })),
    ),
  )("stays near at quality $quality, chroma $chroma", async ({ quality, chroma, least = 99 }) => {
    const frame = smooth(641, 479);
    const { data } = await (await get()).encode(frame, { quality, chroma });
    expect(psnr((await decodeJpeg(data)).rgba, opaque(frame))).toBeGreaterThan(least);
  });

  it("drops alpha and does not blend it", async () => {
    const options = { quality: 95, chroma: "4:4:4" } as const;
    const flat = Uint8Array.from(
      { length: 16 * 16 * 4 },
      (_, at) => [200, 100, 50, 0][at % 4] ?? 0,
    );
    const frame: RawFrame = { data: flat, width: 16, height: 16, channels: 4 };
    const { rgba } = await decodeJpeg((await (await get()).encode(frame, options)).data);
    [200, 100, 50].forEach((value, channel) => {
      expect(Math.abs((rgba[channel] ?? 0) - value)).toBeLessThanOrEqual(3);
    });
  });

  it("gets larger and closer with quality", async () => {
    const frame = picture(320, 240, 3);
    const encoder = await get();
    const sizes: number[] = [];
    const ratios: number[] = [];
    for (const quality of [1, 25, 50, 80, 99]) {
      const { data } = await encoder.encode(frame, { quality, chroma: "4:4:4" });
      sizes.push(data.length);
      ratios.push(psnr((await decodeJpeg(data)).rgba, opaque(frame)));
    }
    expect(sizes).toEqual([...sizes].sort((one, other) => one - other));
    expect(ratios).toEqual([...ratios].sort((one, other) => one - other));
    expect(ratios[3]).toBeGreaterThan(33);
  });

  it("keeps colour as finely as asked", async () => {
    const encoder = await get();
    // Where in the file the frame header tells each component's sampling. @see ITU-T T.81, B.2.2
    const sampling = async (chroma: "4:4:4" | "4:2:0") => {
      const { data } = await encoder.encode(picture(32, 32, 3), { quality: 80, chroma });
      const header = data.findIndex((byte, at) => byte === 0xff && data[at + 1] === 0xc0);
      return data[header + 11];
    };
    expect(await sampling("4:4:4")).toBe(0x11);
    expect(await sampling("4:2:0")).toBe(choice === "jpeg-js" ? 0x11 : 0x22);
  });

  it("encodes many at once, each its own", async () => {
    const encoder = await get();
    const files = await Promise.all(
      [10, 90, 170, 250].map((value) => {
        const data = new Uint8Array(64 * 64).fill(value);
        const frame: RawFrame = { data, width: 64, height: 64, channels: 1 };
        return encoder.encode(frame, { quality: 80, chroma: "4:2:0" });
      }),
    );
    const shown: (number | undefined)[] = [];
    for (const { data } of files) shown.push((await decodeJpeg(data)).rgba[0]);
    shown.forEach((value, at) => {
      expect(Math.abs((value ?? 0) - ([10, 90, 170, 250][at] ?? 0))).toBeLessThanOrEqual(2);
    });
  });
});

describe("PNG", () => {
  it.each(CASES)(
    "gives every pixel of $width x $height with $channels channels",
    async ({ width, height, channels }) => {
      const frame = picture(width, height, channels);
      const encoder = await encoders.get("png", true, "auto");
      const { mimetype, data } = await encoder.encode(frame, { quality: 100, chroma: "4:4:4" });
      expect(mimetype).toBe("image/png");
      expect(pngColorType(data)).toBe(channels === 1 ? 0 : 2);
      const decoded = decodePng(data);
      expect([decoded.width, decoded.height]).toEqual([width, height]);
      expectSameBytes(decoded.rgba, opaque(frame));
      expectSameBytes(encodePngSync(frame), data);
    },
  );

  it("reads a frame in shared memory where it lies", async () => {
    const frame = new FramePool(nodeRuntime).keep(picture(33, 21, 4));
    const encoder = await encoders.get("png", true, "auto");
    const { data } = await encoder.encode(frame, { quality: 100, chroma: "4:4:4" });
    expectSameBytes(decodePng(data).rgba, opaque(frame));
  });
});

describe("WebP", () => {
  it.each(CASES)(
    "shows $width x $height with $channels channels, lossless exactly",
    async ({ width, height, channels }) => {
      const frame = picture(width, height, channels);
      const options = { quality: 90, chroma: "4:2:0" } as const;
      const lossy = await (await encoders.get("webp", false, "auto")).encode(frame, options);
      const lossless = await (await encoders.get("webp", true, "auto")).encode(frame, options);
      expect([lossy.mimetype, lossless.mimetype]).toEqual(["image/webp", "image/webp"]);
      const decoded = await decodeWebp(lossy.data);
      expect([decoded.width, decoded.height]).toEqual([width, height]);
      if (width > 16) expect(psnr(decoded.rgba, opaque(frame))).toBeGreaterThan(25);
      expectSameBytes((await decodeWebp(lossless.data)).rgba, opaque(frame));
    },
  );
});

describe("scaling", () => {
  it("averages what each new pixel covers", async () => {
    const frame: RawFrame = {
      data: Uint8Array.of(0, 100, 200, 60),
      width: 4,
      height: 1,
      channels: 1,
    };
    const withoutSharp = new WorkerEncoders(() => Promise.resolve(missing));
    try {
      const { data } = await withoutSharp.scale(frame, 2, 1);
      expect(Buffer.from(data)).toEqual(Buffer.of(50, 130));
    } finally {
      withoutSharp.dispose();
    }
  });

  it.each([1, 3, 4] as const)(
    "by sharp shows the same as without it, of %i channels, and blends no alpha",
    async (channels) => {
      const frame = picture(640, 480, channels);
      const before = new Uint8Array(frame.data);
      for (const [width, height] of [
        [480, 360],
        [320, 240],
        [161, 97],
        [1, 1],
      ] as const) {
        const scaled = await encoders.scale(frame, width, height);
        expect([scaled.width, scaled.height]).toEqual([width, height]);
        expect(scaled.data).toHaveLength(width * height * scaled.channels);
        const expected = scaleFrame(frame, width, height, sharedMemory);
        expect(psnr(opaque(scaled), opaque(expected))).toBeGreaterThan(28);
      }
      expectSameBytes(frame.data, before);
    },
  );
});

describe("a library that does not work", () => {
  const broken: Probe = (library) =>
    library === "sharp" ? probeOnce("sharp") : Promise.resolve(missing);

  it("is told with the command that installs it, when it is asked for by name", async () => {
    const own = new WorkerEncoders(broken);
    await expect(own.get("jpeg", false, "jpeg-turbo")).rejects.toThrow(MissingEncoderError);
    await expect(own.get("jpeg", false, "jpeg-turbo")).rejects.toThrow("npm install it");
    own.dispose();
  });

  it("is found by auto once it is installed", async () => {
    let isInstalled = false;
    const own = new WorkerEncoders((library) =>
      isInstalled && library === "sharp" ? probeOnce("sharp") : Promise.resolve(missing),
    );
    try {
      expect((await own.get("jpeg", false, "auto")).name).toBe("jpeg-js");
      isInstalled = true;
      expect((await own.get("jpeg", false, "auto")).name).toMatch(/^sharp /);
    } finally {
      own.dispose();
    }
  });

  it("is told by the list of encoders, with what to do, beside those that work", async () => {
    const reports = await probeImageEncoders(() => new WorkerEncoders(broken));
    expect(reports.map(({ name }) => name?.split(" ")[0])).toEqual([
      undefined,
      "sharp",
      "jpeg-js",
      "zlib",
      "sharp",
    ]);
    expect(reports.map(({ isAutomatic }) => isAutomatic)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(reports[0]?.problem).toContain("npm install it");
    expect(reports.slice(1).every(({ problem }) => problem === undefined)).toBe(true);
  });
});

describe("a thread that breaks down", () => {
  const job = { kind: "scale", frame: picture(4, 4, 1), width: 2, height: 2 } as const;
  const broken = (text: string): Worker => new Worker(text, { eval: true });

  it.each([
    [
      "throws",
      'require("worker_threads").parentPort.on("message", () => { throw new Error("bang"); })',
      "bang",
    ],
    ["ends", 'require("worker_threads").parentPort.on("message", () => process.exit(3))', "code 3"],
  ])(
    "because it %s rejects what it had, and the next job has another",
    async (_how, text, told) => {
      const starts = [() => broken(text), () => broken(text)];
      const real = (): Worker => new Worker(builtFile("image/imageWorkerMain"), { env: {} });
      const workers = new ImageWorkerPool(() => (starts.shift() ?? real)());
      try {
        const failed = await Promise.allSettled([workers.run(job), workers.run(job)]);
        for (const one of failed) {
          expect(one).toHaveProperty("reason.message", expect.stringContaining(told));
        }
        expect(await workers.run(job)).toMatchObject({ kind: "scale", frame: { width: 2 } });
      } finally {
        workers.dispose();
      }
    },
  );
});

describe("a thread that is deaf", () => {
  it("is replaced by one that works, and by jpeg-js where it was sharp's fault", async () => {
    const clock = new FakeClock();
    const deaf = (): Worker =>
      new Worker('require("worker_threads").parentPort.on("message", () => undefined)', {
        eval: true,
      });
    const starts = [deaf];
    const ended: Promise<void>[] = [];
    const start = (): Worker => {
      const real = (): Worker => new Worker(builtFile("image/imageWorkerMain"), { env: {} });
      const worker = (starts.shift() ?? real)();
      ended.push(new Promise((done) => worker.on("exit", () => done())));
      return worker;
    };
    const own = new WorkerEncoders(probeOnce, {
      workers: new ImageWorkerPool(start, clock),
      clock,
    });
    try {
      const options = { quality: 80, chroma: "4:4:4" } as const;
      const frame = picture(64, 48, 3);
      const sharpEncoder = await own.get("jpeg", false, "sharp");
      const hung = sharpEncoder.encode(frame, options);
      clock.advance(11);
      await expect(hung).rejects.toThrow(MissingEncoderError);
      await ended[0];
      await expect(own.get("jpeg", false, "sharp")).rejects.toThrow(
        /^Cannot encode jpeg with sharp: it took longer than 11 s; npm install sharp again/,
      );
      const { data } = await (await own.get("jpeg", false, "jpeg-js")).encode(frame, options);
      expect(await decodeJpeg(data)).toMatchObject({ width: 64, height: 48 });
      expect(ended).toHaveLength(2);
    } finally {
      own.dispose();
    }
  });
});

describe("what is declared of the native libraries", () => {
  it("is what their own types say", () => {
    // The compiler checks it.
    const turbo: JpegTurboModule = jpegTurbo;
    const module: SharpModule = sharp;
    expect([typeof turbo.compress, typeof module]).toEqual(["function", "function"]);
  });
});

describe("disposing", () => {
  it("rejects what is under way", async () => {
    const own = new WorkerEncoders();
    const encoder = await own.get("jpeg", false, "jpeg-js");
    const options = { quality: 80, chroma: "4:4:4" } as const;
    const encoding = encoder.encode(picture(640, 480, 3), options);
    own.dispose();
    await expect(encoding).rejects.toThrow("the encoders were disposed of");
  });

  it.each(CHOICES)("ends no process in which %s is at work", async (choice) => {
    const program = `
      const { acquireImageEncoders } = require(${JSON.stringify(resolve("lib/framebuffer/node/index.js"))});
      const frame = { data: new Uint8Array(1920 * 1080 * 3).map((_, at) => at * 7), width: 1920, height: 1080, channels: 3 };
      const encoders = acquireImageEncoders();
      encoders.get("jpeg", false, ${JSON.stringify(choice)}).then(async (encoder) => {
        const options = { quality: 80, chroma: "4:4:4" };
        await encoder.encode({ ...frame, height: 8, data: frame.data.subarray(0, 1920 * 8 * 3) }, options);
        const encodings = [1, 2, 3, 4].map(() => encoder.encode(frame, options));
        setTimeout(() => encoders.dispose(), 5);
        await Promise.allSettled(encodings);
        console.log("alive");
      });`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program]);
    expect(stdout).toBe("alive\n");
  });
});
