import { describe, expect, it } from "vitest";
import type {
  ChunkOptions,
  EncodedChunk,
  VideoEncoder,
} from "../../../../src/framebuffer/encoders/videoEncoder";
import { VideoStreams } from "../../../../src/framebuffer/sending/videoStreams";
import type { VideoCodec } from "../../../../src/protocol/messages";
import { collectGarbage } from "../../../support/garbage";
import { FakeClock } from "../../../support/fakeClock";
import { raw } from "../../../support/sessionHarness";

const KEY: ChunkOptions = { keyframe: true, quality: 80 };

const chunk: EncodedChunk = {
  chunk: "key",
  codec: "avc1.42E01F",
  data: Uint8Array.of(1),
  visibleWidth: 1,
  visibleHeight: 1,
  encodingSeconds: 0,
};

/** An encoder whose chunks come when the test says so. */
class HeldEncoder implements VideoEncoder {
  readonly name = "held 1.0";
  readonly held: { finish(): void; fail(): void }[] = [];
  canJoin = true;
  disposals = 0;
  breaks = 0;
  constructor(readonly codec: VideoCodec) {}
  tryJoin(): boolean {
    return this.canJoin;
  }
  breakChain(): void {
    this.breaks += 1;
  }
  encode(): Promise<EncodedChunk> {
    return new Promise((resolve, reject) =>
      this.held.push({ finish: () => resolve(chunk), fail: () => reject(new Error("broken")) }),
    );
  }
  dispose(): void {
    this.disposals += 1;
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp(create?: (codec: VideoCodec) => Promise<VideoEncoder>) {
  const encoders: HeldEncoder[] = [];
  const missing: unknown[] = [];
  const failed: unknown[] = [];
  const clock = new FakeClock();
  const videos = new VideoStreams({
    create:
      create ??
      ((codec) => {
        const encoder = new HeldEncoder(codec);
        encoders.push(encoder);
        return Promise.resolve(encoder);
      }),
    clock,
    onMissing: (error) => missing.push(error),
    onFailed: (error) => failed.push(error),
  });
  const ensure = (codec: VideoCodec = "h264"): boolean =>
    videos.ensureReady(codec, "software", raw(1));
  const encode = (): Promise<unknown> =>
    videos.encode("h264", raw(1), KEY).catch((error: unknown) => error);
  return { clock, encode, encoders, ensure, failed, missing, videos };
}

describe("a session's video encoder", () => {
  it("is made when it is first wanted, and is ready later", async () => {
    const { encode, encoders, ensure } = setUp();
    expect(ensure()).toBe(false);
    expect(ensure()).toBe(false);
    await settle();
    expect(ensure()).toBe(true);
    expect(encoders).toHaveLength(1);
    const encoded = encode();
    encoders[0]?.held[0]?.finish();
    expect(await encoded).toEqual({ chunk, name: "held 1.0" });
  });

  it("is not ready for a frame that cannot join it", async () => {
    const { encoders, ensure } = setUp();
    ensure();
    await settle();
    const [encoder] = encoders;
    if (encoder !== undefined) encoder.canJoin = false;
    expect(ensure()).toBe(false);
  });

  it("refuses a frame while there is none", async () => {
    const { encode } = setUp();
    expect(await encode()).toMatchObject({ message: "Cannot encode h264: no stream is open" });
  });

  it("gives way to that of another codec, and is disposed of once", async () => {
    const { encoders, ensure } = setUp();
    ensure("h264");
    await settle();
    expect(ensure("vp9")).toBe(false);
    await settle();
    expect(encoders.map(({ codec, disposals }) => [codec, disposals])).toEqual([
      ["h264", 1],
      ["vp9", 0],
    ]);
  });

  it("is disposed of when its last chunk is done", async () => {
    const { encode, encoders, ensure, videos } = setUp();
    ensure();
    await settle();
    const [encoder] = encoders;
    void encode();
    void encode();
    videos.dispose();
    videos.dispose();
    encoder?.held[0]?.finish();
    await settle();
    expect(encoder?.disposals).toBe(0);
    encoder?.held[1]?.fail();
    await settle();
    expect(encoder?.disposals).toBe(1);
    expect(ensure()).toBe(false);
  });

  it("is disposed of at once when it comes too late", async () => {
    const { encoders, ensure, videos } = setUp();
    ensure();
    videos.release();
    await settle();
    expect(encoders[0]?.disposals).toBe(1);
  });

  it("is not to blame for frames whose memory is gone", async () => {
    const { encoders, ensure, failed, videos } = setUp();
    ensure();
    await settle();
    for (let attempt = 0; attempt < 5; attempt++) {
      const data = new Uint8Array(1);
      const encoding = videos.encode("h264", { ...raw(1), data }, KEY);
      structuredClone(data, { transfer: [data.buffer] });
      encoders[0]?.held.at(-1)?.fail();
      await expect(encoding).rejects.toThrow("memory is gone");
    }
    expect(failed).toEqual([]);
    expect(ensure()).toBe(true);
  });

  it("is given up after three chunks in a row that failed, with a report", async () => {
    const { encode, encoders, ensure, failed, missing } = setUp();
    ensure();
    await settle();
    const held = encoders[0]?.held ?? [];
    for (const outcome of ["fail", "fail", "finish", "fail", "fail", "fail"] as const) {
      expect(failed).toEqual([]);
      expect(ensure()).toBe(true);
      void encode();
      held.at(-1)?.[outcome]();
      await settle();
    }
    expect(failed).toMatchObject([
      {
        message:
          "Cannot encode h264 with held 1.0: it failed 3 times in a row: broken; frames are sent as images; choose another codec or video device",
      },
    ]);
    expect(missing).toEqual([]);
    expect(ensure()).toBe(false);
    expect(encoders.map(({ disposals }) => disposals)).toEqual([1]);
  });

  it("is given up when a chunk hangs, with a report, and is disposed of", async () => {
    const { clock, encode, encoders, ensure, failed } = setUp();
    ensure();
    await settle();
    const encoded = Promise.all([encode(), encode()]);
    clock.advance(11);
    expect(await encoded).toMatchObject(Array(2).fill({ message: "it took longer than 11 s" }));
    expect(failed).toMatchObject([
      {
        message:
          "Cannot encode h264 with held 1.0: it took longer than 11 s; frames are sent as images; choose another codec or video device",
      },
    ]);
    expect(ensure()).toBe(false);
    expect(encoders.map(({ disposals }) => disposals)).toEqual([1]);
    expect(clock.pending).toBe(0);
  });

  it("is reported when it does not load, and disposed of if it comes after all", async () => {
    let finish = (_encoder: VideoEncoder): void => undefined;
    const { clock, ensure, missing } = setUp(
      () => new Promise<VideoEncoder>((resolve) => (finish = resolve)),
    );
    ensure();
    clock.advance(30);
    await settle();
    expect(missing).toMatchObject([
      {
        message:
          "Cannot encode h264 by software: the encoder doesn't load: it took longer than 30 s; frames are sent as images",
      },
    ]);
    const late = new HeldEncoder("h264");
    finish(late);
    await settle();
    expect(late.disposals).toBe(1);
    expect(ensure()).toBe(false);
  });

  it("is reported once where it cannot be made", async () => {
    const { ensure, missing } = setUp(() => Promise.reject(new Error("no node-av")));
    ensure();
    await settle();
    expect(ensure()).toBe(false);
    await settle();
    expect(missing).toMatchObject([{ message: "no node-av; frames are sent as images" }]);
  });

  it("is told that the view lacks a chunk", async () => {
    const { encoders, ensure, videos } = setUp();
    videos.breakChain();
    ensure();
    await settle();
    videos.breakChain();
    expect(encoders[0]?.breaks).toBe(1);
  });

  it("keeps no chunk: 5,000 chunks of 50 KB are collected while it goes on", async () => {
    const references: WeakRef<Uint8Array>[] = [];
    const { videos } = setUp((codec) =>
      Promise.resolve({
        name: "large 1.0",
        codec,
        encode: () => {
          const data = new Uint8Array(50_000);
          references.push(new WeakRef(data));
          return Promise.resolve({ ...chunk, data });
        },
        dispose: () => undefined,
      }),
    );
    videos.ensureReady("h264", "software", raw(1));
    await settle();
    for (let count = 0; count < 5000; count++) await videos.encode("h264", raw(1), KEY);
    await settle();
    collectGarbage();
    expect(references).toHaveLength(5000);
    expect(references.filter((reference) => reference.deref() !== undefined).length).toBeLessThan(
      5,
    );
    // In use until here: what it keeps would else be collected with it.
    expect(await videos.encode("h264", raw(1), KEY)).toMatchObject({ name: "large 1.0" });
  });
});
