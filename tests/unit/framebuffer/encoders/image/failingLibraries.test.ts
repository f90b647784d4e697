/** Libraries that hang, fail or write rubbish, played by the test: frames go on by another one. */
import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import type {
  EncodeImage,
  ImageCodec,
  NativeLibrary,
} from "../../../../../src/framebuffer/encoders/image/imageCodec";
import type { ImageJob } from "../../../../../src/framebuffer/encoders/image/imageJob";
import type {
  ImageAnswer,
  ImageRequest,
} from "../../../../../src/framebuffer/encoders/image/imageWorkerMain";
import {
  ImageWorkerPool,
  type ImageThread,
} from "../../../../../src/framebuffer/encoders/image/imageWorkerPool";
import { WorkerEncoders } from "../../../../../src/framebuffer/encoders/image/workerEncoders";
import type { EncoderChoice } from "../../../../../src/framebuffer/encoders/imageEncoders";
import type { ProbeResult } from "../../../../../src/framebuffer/encoders/probe/nativeProbe";
import type { ImagePlan } from "../../../../../src/framebuffer/planning/framePlan";
import { FrameCoder } from "../../../../../src/framebuffer/sending/frameCoder";
import { VideoStreams } from "../../../../../src/framebuffer/sending/videoStreams";
import { nodeRuntime } from "../../../../../src/framebuffer/node/runtime";
import type { RawFrame } from "../../../../../src/framebuffer/source/frame";
import { isPlainError } from "../../../../../src/protocol/errors";
import { FakeClock } from "../../../../support/fakeClock";

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const frame: RawFrame = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 };
const never = (): Promise<never> => new Promise(() => undefined);

/** A thread that answers jobs as the test says; undefined for a job that it never answers. */
class FakeThread extends EventEmitter implements ImageThread {
  isTerminated = false;
  readonly #work: (job: ImageJob) => Uint8Array | Error | undefined;

  constructor(work: (job: ImageJob) => Uint8Array | Error | undefined) {
    super();
    this.#work = work;
  }
  postMessage({ id, job }: ImageRequest): void {
    const done = this.#work(job);
    if (done === undefined) return;
    const answer: ImageAnswer =
      done instanceof Error
        ? { id, error: done }
        : job.kind === "encode"
          ? { id, result: { kind: "encode", data: done, seconds: 0 } }
          : { id, result: { kind: "scale", frame: job.frame } };
    queueMicrotask(() => this.emit("message", answer));
  }
  ref(): void {}
  unref(): void {}
  terminate(): Promise<number> {
    this.isTerminated = true;
    return Promise.resolve(1);
  }
}

/** A file of the right kind, whatever the library. */
const works = (job: ImageJob): Uint8Array =>
  job.kind === "encode" && job.codec.format === "png" ? PNG : JPEG;

function setUp(
  parts: {
    turbo?: EncodeImage;
    open?: (codec: ImageCodec) => EncodeImage;
    work?: (job: ImageJob) => Uint8Array | Error | undefined;
    probe?: (library: NativeLibrary) => Promise<ProbeResult>;
    choice?: EncoderChoice;
  } = {},
) {
  const clock = new FakeClock();
  const threads: FakeThread[] = [];
  const start = (): FakeThread => {
    const thread = new FakeThread(parts.work ?? works);
    threads.push(thread);
    return thread;
  };
  const installed = (library: NativeLibrary): Promise<ProbeResult> =>
    Promise.resolve({ works: true, version: "9.9", modulePath: `/${library}` });
  const encoders = new WorkerEncoders(parts.probe ?? installed, {
    workers: new ImageWorkerPool(start, clock),
    clock,
    open: parts.open ?? (() => parts.turbo ?? (() => JPEG)),
  });
  const reports: string[] = [];
  const coder = new FrameCoder({
    encoders,
    videos: new VideoStreams({
      create: never,
      clock,
      onMissing: () => undefined,
      onFailed: () => undefined,
    }),
    memory: nodeRuntime,
    encoderChoice: () => parts.choice ?? "auto",
    onMissing: (error) =>
      reports.push(isPlainError(error) ? error.message : "an error with a stack"),
  });
  /** Encodes a frame. Resolves with the library, or the error's text. Time passes until it has. */
  const encode = async (plan: Partial<ImagePlan> = {}, pixels = frame): Promise<string> => {
    const encoding = coder
      .encode(pixels, {
        ...{ form: "image", format: "jpeg", lossless: false, quality: 80, chroma: "4:2:0" },
        ...{ scale: 1, ...plan },
      })
      .then(
        ({ encoder }) => encoder,
        (error: unknown) => (error as Error).message,
      );
    let isDone = false;
    void encoding.then(() => (isDone = true));
    await clock.settle();
    for (let seconds = 0; !isDone && seconds < 60; seconds++) {
      clock.advance(1);
      await clock.settle();
    }
    return isDone ? encoding : "it hangs";
  };
  return { clock, encode, encoders, reports, threads };
}

const inJob =
  (library: string, done: Uint8Array | Error | undefined) =>
  (job: ImageJob): Uint8Array | Error | undefined =>
    job.kind === "encode" && job.codec.library === library ? done : works(job);

describe("jpeg-turbo", () => {
  it.each<[string, EncodeImage, RegExp]>([
    ["hangs", never, /it took longer than 11 s; npm install @julusian\/jpeg-turbo again/],
    ["rejects", () => Promise.reject(new Error("boom")), /failed 3 times in a row: boom; npm/],
    [
      "throws",
      () => {
        throw new Error("boom");
      },
      /failed 3 times in a row: boom; npm install/,
    ],
    ["writes nothing", () => new Uint8Array(), /expected a file of type image\/jpeg, got 0 bytes/],
    ["writes rubbish", () => Uint8Array.of(1, 2, 3), /got 3 bytes that begin with 01 02 03; npm/],
    ["writes PNG", () => PNG, /got 8 bytes that begin with 89 50 4e 47; npm install/],
  ])(
    "that %s from the third frame on loses no frame to sharp, and is named once",
    async (_what, turbo, told) => {
      let calls = 0;
      const fails: EncodeImage = (...args) => (++calls <= 2 ? JPEG : turbo(...args));
      const { encode, reports } = setUp({ turbo: fails });
      const used: string[] = [];
      for (let count = 0; count < 5; count++) used.push(await encode());
      expect(used).toEqual([
        "jpeg-turbo 9.9",
        "jpeg-turbo 9.9",
        "sharp 9.9",
        "sharp 9.9",
        "sharp 9.9",
      ]);
      expect(reports).toEqual([expect.stringMatching(told)]);
      expect(reports[0]).toMatch(
        /^Cannot encode jpeg with jpeg-turbo: .*; frames are sent as JPEG by /,
      );
    },
  );

  it("that fails twice is tried a third time, and stays", async () => {
    let calls = 0;
    const turbo: EncodeImage = () => {
      calls += 1;
      if (calls % 3 !== 0) throw new Error("boom");
      return JPEG;
    };
    const { encode, reports } = setUp({ turbo });
    expect([await encode(), await encode()]).toEqual(["jpeg-turbo 9.9", "jpeg-turbo 9.9"]);
    expect(reports).toEqual([]);
  });

  it("is not to blame for frames whose memory is gone, before or while it works", async () => {
    const { encode, reports } = setUp({
      turbo: ({ data }) => {
        if (data !== frame.data) structuredClone(data, { transfer: [data.buffer as ArrayBuffer] });
        return new Uint8Array(data.buffer).length === 0 ? new Uint8Array() : JPEG;
      },
    });
    const pixels = { ...frame, data: new Uint8Array(12) };
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await encode({}, pixels)).toMatch(/^frame\.data: expected .* memory is gone/);
    }
    expect(await encode()).toBe("jpeg-turbo 9.9");
    expect(reports).toEqual([]);
  });

  it("that cannot be loaded here gives way", async () => {
    const open = (): EncodeImage => {
      throw new Error("no such symbol");
    };
    const { encode, reports } = setUp({ open });
    expect(await encode()).toBe("sharp 9.9");
    expect(reports).toEqual([expect.stringContaining("no such symbol")]);
  });

  it("that the user chose gives way, and is named once", async () => {
    const { encode, reports } = setUp({ turbo: never, choice: "jpeg-turbo" });
    expect([await encode(), await encode()]).toEqual(["sharp 9.9", "sharp 9.9"]);
    expect(reports).toHaveLength(1);
  });

  it("whose trial hangs is not waited for, and is used when it has ended", async () => {
    let finish = (_result: ProbeResult): void => undefined;
    const trial = new Promise<ProbeResult>((resolve) => (finish = resolve));
    const sharp = { works: true, version: "9.9", modulePath: "/sharp" } as const;
    const { clock, encode } = setUp({
      probe: (library) => (library === "sharp" ? Promise.resolve(sharp) : trial),
    });
    expect(await encode()).toBe("sharp 9.9");
    const before = clock.monotonic();
    expect(await encode()).toBe("sharp 9.9");
    expect(clock.monotonic()).toBe(before);
    finish({ works: true, version: "9.9", modulePath: "/turbo" });
    expect(await encode()).toBe("jpeg-turbo 9.9");
  });
});

describe("a thread", () => {
  const withoutTurbo = (library: NativeLibrary): Promise<ProbeResult> =>
    Promise.resolve(
      library === "sharp"
        ? { works: true, version: "9.9", modulePath: "/sharp" }
        : { works: false, isInstalled: false, problem: "npm install it" },
    );

  it("in which sharp hangs is replaced, and frames go by jpeg-js", async () => {
    const { encode, reports, threads } = setUp({
      probe: withoutTurbo,
      work: inJob("sharp", undefined),
    });
    expect([await encode(), await encode()]).toEqual(["jpeg-js", "jpeg-js"]);
    expect(threads.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
    expect(reports).toEqual([
      expect.stringMatching(/^Cannot encode jpeg with sharp: it took longer.*npm install sharp/),
    ]);
  });

  it.each([
    ["throws", new Error("bang")],
    ["writes rubbish", Uint8Array.of(0, 0, 0)],
  ])("in which sharp %s goes on with jpeg-js", async (_what, done) => {
    const { encode, reports, threads } = setUp({ probe: withoutTurbo, work: inJob("sharp", done) });
    expect(await encode()).toBe("jpeg-js");
    expect(threads.map(({ isTerminated }) => isTerminated)).toEqual([false]);
    expect(reports).toHaveLength(1);
  });

  it("in which WebP fails sends JPEG", async () => {
    const { encode, reports } = setUp({ probe: withoutTurbo, work: inJob("sharp", undefined) });
    expect(await encode({ format: "webp" })).toBe("jpeg-js");
    expect(reports).toEqual([
      expect.stringContaining("frames are sent as JPEG by another library"),
    ]);
  });

  it("in which sharp hangs while it scales is replaced, and scales without it", async () => {
    const { encode, threads } = setUp({
      probe: withoutTurbo,
      work: (job) => (job.kind === "scale" && job.sharpPath !== undefined ? undefined : works(job)),
    });
    expect(await encode({ scale: 0.5 })).toBe("jpeg-js");
    expect(threads.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
  });

  it("that is deaf fails the frame, names the library, and the next frame has another", async () => {
    let isDeaf = true;
    const { encode, threads } = setUp({ work: (job) => (isDeaf ? undefined : works(job)) });
    const png = { format: "png", lossless: true } as const;
    expect(await encode(png)).toMatch(/^Cannot encode png with zlib: it took longer than 11 s; /);
    isDeaf = false;
    expect(await encode(png)).toBe("zlib");
    expect(threads.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
  });

  it("that hangs gives its other jobs to the next one", async () => {
    const clock = new FakeClock();
    const threads: FakeThread[] = [];
    const pool = new ImageWorkerPool(() => {
      const isFirst = threads.length < 2;
      const thread = new FakeThread((job) => (isFirst ? undefined : works(job)));
      threads.push(thread);
      return thread;
    }, clock);
    const job = {
      kind: "encode",
      codec: { library: "zlib", format: "png", lossless: true },
      frame,
      options: { quality: 80, chroma: "4:2:0" },
    } as const;
    const results = Promise.allSettled([1, 2, 3, 4].map(() => pool.run(job)));
    clock.advance(11);
    const reasons = (await results).map((one) =>
      one.status === "rejected" ? (one.reason as Error).message : "done",
    );
    expect(reasons.sort()).toEqual([
      "Cannot encode: the encoding thread was replaced, as it hung",
      "Cannot encode: the encoding thread was replaced, as it hung",
      "it took longer than 11 s",
      "it took longer than 11 s",
    ]);
    expect(await pool.run(job)).toMatchObject({ kind: "encode" });
    expect(clock.pending).toBe(0);
  });
});

describe("encoders that are disposed of", () => {
  it("give no library up", async () => {
    const { encode, encoders, reports } = setUp({
      turbo: () => {
        encoders.dispose();
        throw new Error("boom");
      },
    });
    expect(await encode()).toBe("Cannot encode: the encoders were disposed of");
    expect(reports).toEqual([]);
  });
});
