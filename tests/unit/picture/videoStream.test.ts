import { describe, expect, it, vi } from "vitest";
import {
  VideoStream,
  type VideoDecoderCallbacks,
  type VideoPicture,
} from "../../../src/picture/decoders/videoStream";
import { MissingBaseError } from "../../../src/picture/frameErrors";
import { delta, fakeTimers, key } from "./frames";

interface FakePicture extends VideoPicture {
  closed: number;
}

function picture(timestamp: number): FakePicture {
  return {
    timestamp,
    closed: 0,
    close() {
      this.closed += 1;
    },
  };
}

/** A decoder that the test controls. */
class FakeDecoder {
  readonly log: string[] = [];
  readonly given: number[] = [];
  isClosed = false;
  refusal: Error | undefined;
  constructor(readonly callbacks: VideoDecoderCallbacks<FakePicture>) {}
  configure(config: VideoDecoderConfig): void {
    expect(config).toEqual({ codec: config.codec, optimizeForLatency: true });
    this.log.push(config.codec);
  }
  decode(type: string, timestamp: number): void {
    if (this.refusal !== undefined) throw this.refusal;
    this.log.push(type);
    this.given.push(timestamp);
  }
  close(): void {
    expect(this.isClosed).toBe(false);
    this.isClosed = true;
  }
  /** Returns the picture of the n-th chunk that was passed to this decoder. */
  show(at: number): FakePicture {
    const shown = picture(this.given[at] ?? NaN);
    this.callbacks.output(shown);
    return shown;
  }
}

function setUp() {
  const { clock, timers } = fakeTimers();
  const decoders: FakeDecoder[] = [];
  const onGiveUp = vi.fn();
  const stream = new VideoStream<FakePicture>({
    open: (callbacks) => {
      const decoder = new FakeDecoder(callbacks);
      decoders.push(decoder);
      return decoder;
    },
    timers,
    onGiveUp,
  });
  const decode = (frame: Parameters<typeof stream.decode>[0]): Promise<FakePicture> => {
    const result = stream.decode(frame, new Uint8Array(1));
    // Keeps a rejection that a test awaits only later from failing the run.
    result.catch(() => undefined);
    return result;
  };
  const latest = (): FakeDecoder => {
    const decoder = decoders.at(-1);
    if (decoder === undefined) throw new Error("No decoder is open");
    return decoder;
  };
  return { clock, stream, decoders, decode, latest, onGiveUp };
}

describe("VideoStream", () => {
  it("passes chunks on immediately and returns a picture for each", async () => {
    const { decode, latest, decoders, clock } = setUp();
    const results = [decode(key(4)), decode(delta(5)), decode(delta(7, 5))];
    expect(latest().log).toEqual(["avc1.42E01F", "key", "delta", "delta"]);
    const shown = [0, 1, 2].map((at) => latest().show(at));
    expect(await Promise.all(results)).toEqual(shown);
    expect(shown.map(({ closed }) => closed)).toEqual([0, 0, 0]);
    expect(decoders).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it("reconfigures the decoder only for a key chunk with another codec string", () => {
    const { decode, latest } = setUp();
    void decode(key(1));
    void decode(key(2));
    void decode(key(3, "avc1.640028"));
    void decode(key(4, "vp09.00.10.08"));
    expect(latest().log.filter((line) => line !== "key")).toEqual([
      "avc1.42E01F",
      "avc1.640028",
      "vp09.00.10.08",
    ]);
  });

  it("rejects a delta chunk without its base, and does not decode it", async () => {
    const { decode, decoders, latest } = setUp();
    await expect(decode(delta(2))).rejects.toThrow(MissingBaseError);
    expect(decoders).toHaveLength(0);
    void decode(key(3));
    await expect(decode(delta(6))).rejects.toThrow(
      "frame 6 changes frame 5, but the last one here is 3",
    );
    void decode(delta(7, 3));
    expect(latest().log).toEqual(["avc1.42E01F", "key", "delta"]);
  });

  it("rejects all pending chunks when the decoder fails, and restarts with a key chunk", async () => {
    const { decode, decoders, latest, onGiveUp } = setUp();
    const lost = [decode(key(1)), decode(delta(2))];
    latest().callbacks.error(new Error("corrupt"));
    for (const result of lost) await expect(result).rejects.toThrow("corrupt");
    expect(latest().isClosed).toBe(true);
    await expect(decode(delta(3))).rejects.toThrow(MissingBaseError);
    const found = decode(key(4));
    expect(decoders).toHaveLength(2);
    const shown = latest().show(0);
    expect(await found).toBe(shown);
    expect(onGiveUp).not.toHaveBeenCalled();
  });

  it("rejects a chunk that the decoder refuses immediately", async () => {
    const { decode, latest, decoders } = setUp();
    void decode(key(1));
    latest().refusal = new Error("no key chunk");
    await expect(decode(delta(2))).rejects.toThrow("no key chunk");
    await expect(decode(delta(3))).rejects.toThrow(MissingBaseError);
    expect(decoders[0]?.isClosed).toBe(true);
  });

  it("considers a decoder stalled that returns nothing for 2 s", async () => {
    const { decode, latest, clock } = setUp();
    const first = decode(key(1));
    clock.advance(1.5);
    const second = decode(delta(2));
    clock.advance(0.4);
    latest().show(0);
    await first;
    // The time starts with the picture before.
    clock.advance(1.9);
    expect(latest().isClosed).toBe(false);
    clock.advance(0.2);
    await expect(second).rejects.toThrow("Cannot decode chunk 2: no picture came for 2 s");
    expect(latest().isClosed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("does not mistake a long task of the page for a stall: waiting pictures arrive before the second check", async () => {
    const { decode, latest, clock } = setUp();
    const result = decode(key(1));
    // What a timer that comes late looks like: the first look, long after it was due, and then the
    // picture.
    clock.advance(1);
    const shown = latest().show(0);
    clock.advance(10);
    expect(await result).toBe(shown);
    expect(latest().isClosed).toBe(false);
  });

  it("rejects a chunk that the decoder skipped", async () => {
    const { decode, latest } = setUp();
    const passed = decode(key(1));
    const shown = decode(delta(2));
    latest().show(1);
    await expect(passed).rejects.toThrow("the decoder produced no picture for it");
    expect((await shown).closed).toBe(0);
    // Too late: its chunk was rejected.
    expect(latest().show(0).closed).toBe(1);
  });

  it("gives up a codec after three failures with no picture in between", () => {
    const { decode, latest, onGiveUp } = setUp();
    const fail = (): void => {
      void decode(key(1, "vp09.00.10.08"));
      latest().callbacks.error(new Error("unsupported"));
    };
    fail();
    fail();
    void decode(key(1, "vp09.00.10.08"));
    latest().show(0);
    fail();
    fail();
    expect(onGiveUp).not.toHaveBeenCalled();
    fail();
    fail();
    expect(onGiveUp).toHaveBeenCalledExactlyOnceWith("vp9");
  });

  it("does not count a failure when the browser reclaims an idle decoder", async () => {
    const { decode, latest, onGiveUp } = setUp();
    for (let round = 0; round < 5; round++) {
      const result = decode(key(1));
      latest().show(0);
      await result;
      latest().callbacks.error(new Error("reclaimed"));
    }
    expect(onGiveUp).not.toHaveBeenCalled();
    await expect(decode(delta(2))).rejects.toThrow(MissingBaseError);
  });

  it("closes its decoder and late pictures, and stops its timer, when it is disposed", async () => {
    const { decode, latest, stream, clock } = setUp();
    const result = decode(key(1));
    stream.dispose();
    stream.dispose();
    await expect(result).rejects.toThrow("disposed");
    await expect(decode(key(2))).rejects.toThrow("disposed");
    expect(latest().isClosed).toBe(true);
    expect(latest().show(0).closed).toBe(1);
    expect(clock.pending).toBe(0);
  });
});
