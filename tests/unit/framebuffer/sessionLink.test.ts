/** What a session sends where the way to its view is slow. */
import { describe, expect, it } from "vitest";
import type { SessionSettings } from "../../../src/framebuffer/settings";
import { setUp } from "../../support/sessionHarness";

const WIDTH = 640;
const HEIGHT = 360;
const ACCEPTS = ["patches", "h264"];
/** One way, in seconds. */
const LATENCY = 0.025;
/** Seconds from one look at what happens to the next. */
const STEP = 0.01;

/** A picture that changes everywhere at each draw, shown over a link of so many bytes per second. */
async function slowLink(
  settings: Partial<SessionSettings>,
  parts?: Parameters<typeof setUp>[2],
  accepts: readonly string[] = ACCEPTS,
) {
  const link = { bytesPerSecond: Infinity };
  let value = 0;
  let isStill = false;
  const harness = setUp(
    {
      get_frame: () => {
        if (!isStill) value += 1;
        return { data: new Uint8Array(WIDTH * HEIGHT).fill(value), shape: [HEIGHT, WIDTH] };
      },
    },
    settings,
    parts,
  );
  const { clock, session, settle, shown, view } = harness;
  await harness.show(accepts);
  let known = 0;
  let freeAt = 0;
  /** When the receipts of frames come back. */
  const arrivals = new Map<number, number>();
  const carry = (): void => {
    for (const { index, timestamp, buffers } of shown.slice(known)) {
      const bytes = buffers.reduce((sum, { length }) => sum + length, 0);
      freeAt = Math.max(freeAt, clock.monotonic()) + bytes / link.bytesPerSecond;
      arrivals.set(index, freeAt + 2 * LATENCY);
      clock.delay(freeAt - clock.monotonic() + 2 * LATENCY, () =>
        view.send({ type: "frame_feedback", index, timestamp, localtime: clock.now() }),
      );
    }
    known = shown.length;
  };
  return {
    ...harness,
    link,
    arrivals,
    rest: () => (isStill = true),
    resume: () => (isStill = false),
    /** Lets time pass, while as many frames are drawn as may be. */
    run: async (seconds: number): Promise<void> => {
      for (const end = clock.monotonic() + seconds; clock.monotonic() < end;) {
        carry();
        clock.advance(STEP);
        if (!isStill) session.requestDraw();
        await settle();
      }
    },
    codec: () => session.stats.codec,
  };
}

const SLOW = 1_000_000;

describe("codec auto", () => {
  it("takes video where images are too slow, and images again where they are not", async () => {
    const { run, link, codec, errors, videos } = await slowLink({});
    await run(2);
    expect(codec()).toBe("jpeg");
    expect(videos).toEqual([]);
    link.bytesPerSecond = SLOW;
    await run(5);
    expect(codec()).toBe("h264");
    link.bytesPerSecond = Infinity;
    await run(8);
    expect(codec()).toBe("jpeg");
    expect(videos[0]?.isDisposed).toBe(true);
    expect(errors).toEqual([]);
  });

  it("takes images again on the same link when pictures got lighter", async () => {
    const { run, link, lossy, codec, errors, videos, shown, screen } = await slowLink({});
    link.bytesPerSecond = SLOW;
    await run(5);
    expect(codec()).toBe("h264");
    const encode = lossy.encode.bind(lossy);
    lossy.encode = async (frame, options) => {
      const image = await encode(frame, options);
      return { ...image, data: image.data.subarray(0, 2000) };
    };
    const images = lossy.qualities.length;
    await run(30);
    expect(codec()).toBe("jpeg");
    // The chain of chunks went on meanwhile.
    expect(videos[0]?.asked.filter((one) => one === "key")).toHaveLength(1);
    expect(screen.misfits).toEqual([]);
    const sent = shown.filter(({ mimetype }) => mimetype === "image/jpeg").length;
    expect(lossy.qualities.length).toBeGreaterThan(images);
    expect(lossy.qualities.length - sent).toBeLessThanOrEqual(12);
    expect(errors).toEqual([]);
  });

  it("measures an image seldom while video is right, and sends none", async () => {
    const { run, link, lossy, shown, codec } = await slowLink({});
    link.bytesPerSecond = SLOW;
    await run(5);
    const sent = shown.length;
    const images = lossy.qualities.length;
    await run(20);
    expect(shown.slice(sent).map(({ mimetype }) => mimetype)).not.toContain("image/jpeg");
    expect(lossy.qualities.length).toBeGreaterThan(images);
    expect(lossy.qualities.length - images).toBeLessThanOrEqual((shown.length - sent) / 60);
    expect(codec()).toBe("h264");
  });

  it("does without a measurement that fails, and reports nothing", async () => {
    const { run, link, lossy, errors, codec } = await slowLink({});
    link.bytesPerSecond = SLOW;
    await run(5);
    let failures = 0;
    lossy.encode = () => Promise.reject(new Error(`out of luck ${++failures}`));
    await run(25);
    expect(failures).toBeGreaterThan(0);
    expect(codec()).toBe("h264");
    expect(errors).toEqual([]);
  });

  it("stays with images where video is not to be had, and says nothing", async () => {
    const missing = { createVideoEncoder: () => Promise.reject(new Error("not installed")) };
    const { run, link, codec, errors } = await slowLink({}, missing);
    link.bytesPerSecond = SLOW;
    await run(5);
    expect(codec()).toBe("jpeg");
    expect(errors).toEqual([]);
  });

  it("stays with images where the view cannot decode video", async () => {
    const { run, link, codec, errors, videos } = await slowLink({}, undefined, ["patches"]);
    link.bytesPerSecond = SLOW;
    await run(5);
    expect(codec()).toBe("jpeg");
    expect(videos).toEqual([]);
    expect(errors).toEqual([]);
  });
});

describe("adaptive", () => {
  it("lowers quality, then resolution, and sends the picture at rest lossless, in parts", async () => {
    const { run, rest, link, session, shown, screen } = await slowLink({
      adaptive: true,
      codec: "jpeg",
    });
    await run(1);
    link.bytesPerSecond = SLOW;
    await run(5);
    const { quality, scale } = session.stats;
    expect(quality).toBeLessThan(80);
    expect(scale).toBeLessThan(1);
    const { message } = shown.at(-1) ?? {};
    expect(message).toMatchObject({ width: WIDTH, height: HEIGHT });
    expect(shown.at(-1)?.buffers[0]?.length).toBeLessThan(WIDTH * HEIGHT);
    const moving = shown.length;
    rest();
    await run(3);
    const stills = shown.slice(moving).filter(({ mimetype }) => mimetype === "image/png");
    expect(stills.length).toBeGreaterThan(3);
    for (const { buffers } of stills) {
      expect(buffers.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(0.1 * SLOW);
    }
    expect(screen.misfits).toEqual([]);
    expect(Buffer.from(screen.pixels).equals(session.lastFrame?.data ?? Buffer.of())).toBe(true);
    const parts = shown.length;
    await run(3);
    expect(shown).toHaveLength(parts);
  });

  it("answers a drag at once that begins while the picture at rest is being sent", async () => {
    const { run, rest, resume, link, shown, clock, arrivals } = await slowLink({
      adaptive: true,
      codec: "jpeg",
    });
    await run(1);
    link.bytesPerSecond = SLOW / 4;
    await run(8);
    rest();
    await run(0.6);
    expect(shown.at(-1)?.mimetype).toBe("image/png");
    const began = clock.monotonic();
    const before = shown.length;
    resume();
    await run(1);
    const moved = shown.slice(before).find(({ mimetype }) => mimetype === "image/jpeg");
    const arrived = arrivals.get(moved?.index ?? 0) ?? Infinity;
    // The transfer of the frame, 100 ms of parts before it, and the round trip.
    expect(arrived - began).toBeLessThan(0.1 + 2 * LATENCY + 0.1);
  });

  it("lets more frames fly where latency is high", async () => {
    const { run, session } = await slowLink({
      adaptive: true,
      codec: "jpeg",
    });
    await run(2);
    const before = session.stats.confirmed_frames;
    await run(1);
    // Two in 50 ms would be 40. 50 ms at 30 frames a second take two frames, and one is drawn meanwhile.
    expect(session.stats.confirmed_frames - before).toBeGreaterThan(50);
  });

  it("lowers nothing where it is off", async () => {
    const { run, link, session } = await slowLink({ codec: "jpeg" });
    link.bytesPerSecond = SLOW;
    await run(5);
    expect(session.stats).toMatchObject({ quality: 80, scale: 1 });
  });
});
