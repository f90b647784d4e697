/** What a session sends of parts that rest while others move. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EncodedImage } from "../../../src/framebuffer/encoders/encoder";
import type { SessionSettings } from "../../../src/framebuffer/settings";
import type { RawFrame } from "../../../src/framebuffer/source/frame";
import { setUp } from "../../support/sessionHarness";

const WIDTH = 333;
const HEIGHT = 217;
const INTERVAL = 1 / 60;
/** What the lossy encoder keeps of a pixel. */
const KEPT = 0xf0;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const SPINNER: Box = { x: 160, y: 96, width: 40, height: 40 };

/** A picture of noise on which a test draws, and its session, whose encoder drops low bits. */
function animation(settings: Partial<SessionSettings> = {}) {
  let seed = 1;
  const noise = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) >> 8;
  const data = Uint8Array.from({ length: WIDTH * HEIGHT }, noise);
  const parts = setUp({ get_frame: () => ({ data, shape: [HEIGHT, WIDTH] }) }, settings);
  const { acknowledge, clock, draw, lossy, shown } = parts;
  lossy.encode = (frame: RawFrame): Promise<EncodedImage> =>
    Promise.resolve({
      mimetype: "image/jpeg",
      data: frame.data.map((value) => value & KEPT),
      encodingSeconds: 0.001,
    });
  const change = ({ x, y, width, height }: Box): void => {
    for (let row = y; row < y + height; row++) {
      for (let at = row * WIDTH + x; at < row * WIDTH + x + width; at++) data[at] = noise();
    }
  };
  return {
    ...parts,
    change,
    data,
    /** Draws after one interval. Returns what came because of it, once it is acknowledged. */
    step: async () => {
      const { length } = shown;
      clock.advance(INTERVAL);
      await draw();
      await acknowledge(shown.at(-1)?.index ?? 0);
      return shown.slice(length);
    },
    /** How many pixels outside of a box aren't exact. */
    wrongOutside: ({ x, y, width, height }: Box): number =>
      data.filter((value, at) => {
        const column = at % WIDTH;
        const row = Math.floor(at / WIDTH);
        const isInside = column >= x && column < x + width && row >= y && row < y + height;
        return !isInside && value !== parts.screen.pixels[at];
      }).length,
  };
}

/** The cells of a box. */
function cellsOf({ x, y, width, height }: Box): Box {
  const left = Math.floor(x / 16) * 16;
  const top = Math.floor(y / 16) * 16;
  const right = Math.ceil((x + width) / 16) * 16;
  const bottom = Math.ceil((y + height) / 16) * 16;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const isStill = ({ mimetype }: { readonly mimetype: string }): boolean => mimetype === "image/png";

describe("a picture that rests but for a spinner", () => {
  it("becomes exact around the spinner, which goes on at the same rate", async () => {
    const { change, data, screen, shown, show, step, wrongOutside } = animation();
    await show(["patches"]);
    for (let frame = 0; frame < 60; frame++) {
      change(SPINNER);
      await step();
      const moving = shown.filter((one) => !isStill(one));
      expect(moving).toHaveLength(frame + 2);
    }
    const spinner = cellsOf(SPINNER);
    expect(wrongOutside(spinner)).toBe(0);
    expect(screen.pixels).not.toEqual(data);
    expect(screen.misfits).toEqual([]);
    const stills = shown.filter(isStill);
    expect(stills.length).toBeGreaterThan(0);
    for (const { message } of stills) expect(message).toMatchObject({ refines: true });
    // Hardly a pixel came twice.
    const pixels = stills
      .flatMap(({ buffers }) => buffers.map(({ length }) => length))
      .reduce((sum, one) => sum + one, 0);
    expect(pixels).toBeLessThan(1.1 * WIDTH * HEIGHT);
  });

  it("gets no lossless parts before still_after, and none where that is null", async () => {
    for (const still_after of [1, null]) {
      const { change, shown, show, step } = animation({ still_after });
      await show(["patches"]);
      for (let frame = 0; frame < 59; frame++) {
        change(SPINNER);
        await step();
      }
      expect(shown.filter(isStill)).toEqual([]);
      for (let frame = 0; frame < 40; frame++) {
        change(SPINNER);
        await step();
      }
      expect(shown.some(isStill)).toBe(still_after !== null);
    }
  });

  it.each<[string, readonly string[], Partial<SessionSettings>]>([
    ["a view that knows no patches", [], {}],
    ["frames in base64", ["patches"], { _use_websocket: false }],
    ["frames that aren't compared", ["patches"], { detect_changes: false }],
    ["video", ["patches", "h264"], { codec: "h264" }],
  ])("gets no lossless parts with %s", async (_what, accepts, settings) => {
    const { change, shown, show, step } = animation(settings);
    await show(accepts);
    for (let frame = 0; frame < 90; frame++) {
      change(SPINNER);
      await step();
    }
    expect(shown.filter(isStill)).toEqual([]);
  });

  it("gets none while all of it changes, however long a frame takes to encode", async () => {
    const { change, clock, lossy, shown, show, step } = animation();
    await show(["patches"]);
    const encode = lossy.encode.bind(lossy);
    lossy.encode = (frame, options) => {
      clock.advance(2);
      return encode(frame, options);
    };
    for (let frame = 0; frame < 10; frame++) {
      change({ x: 0, y: 0, width: WIDTH, height: HEIGHT });
      await step();
    }
    expect(shown).toHaveLength(11);
    expect(shown.filter(isStill)).toEqual([]);
  });

  it("becomes exact as a whole when the spinner stops", async () => {
    const { acknowledge, change, clock, data, screen, settle, shown, show, step } = animation();
    await show(["patches"]);
    for (let frame = 0; frame < 30; frame++) {
      change(SPINNER);
      await step();
    }
    for (let count = 0; count < 20; count++) {
      clock.advance(0.1);
      await settle();
      await acknowledge(shown.at(-1)?.index ?? 0);
    }
    expect(screen.pixels).toEqual(data);
    const { length } = shown;
    clock.advance(10);
    await settle();
    expect(shown).toHaveLength(length);
  });

  it("waits for the receipt of one part before the next, and draws meanwhile", async () => {
    const { acknowledge, change, clock, draw, session, shown, show, step } = animation({
      max_buffered_frames: 1,
    });
    await show(["patches"]);
    while (!shown.some(isStill)) {
      change(SPINNER);
      await step();
    }
    const { index } = shown.find(isStill) ?? { index: 0 };
    // The rest moves for a while, and rests again.
    change({ x: 0, y: 0, width: WIDTH, height: 64 });
    await step();
    const stills = shown.filter(isStill).length;
    expect(shown.at(-1)?.index).toBeGreaterThan(index);
    for (let frame = 0; frame < 60; frame++) {
      change(SPINNER);
      clock.advance(INTERVAL);
      await draw();
      const drawn = shown.filter((one) => !isStill(one)).at(-1);
      // The part's own receipt never comes.
      if (shown.filter(isStill).length === stills) await acknowledge(drawn?.index ?? 0);
      else break;
    }
    expect(shown.filter(isStill)).toHaveLength(stills + 1);
    expect(session.maxInFlight).toBe(2);
    const moving = shown.filter((one) => !isStill(one)).length;
    await acknowledge((shown.at(-1)?.index ?? 1) - 1);
    change(SPINNER);
    await draw();
    expect(shown.filter((one) => !isStill(one))).toHaveLength(moving + 1);
    expect(shown.filter(isStill)).toHaveLength(stills + 1);
    await acknowledge(shown.at(-1)?.index ?? 0);
    expect(session.maxInFlight).toBe(1);
  });

  it("goes on when a part could not be encoded", async () => {
    const { change, errors, lossless, show, step, wrongOutside } = animation();
    await show(["patches"]);
    const encode = lossless.encode.bind(lossless);
    lossless.encode = () => Promise.reject(new Error("no memory"));
    for (let frame = 0; frame < 40; frame++) {
      change(SPINNER);
      await step();
    }
    expect(errors).toHaveLength(1);
    lossless.encode = encode;
    for (let frame = 0; frame < 120; frame++) {
      change(SPINNER);
      await step();
    }
    expect(errors).toHaveLength(1);
    expect(wrongOutside(cellsOf(SPINNER))).toBe(0);
  });

  it("takes a twentieth of a slow encoder's time", async () => {
    const { change, lossless, shown, show, step } = animation();
    await show(["patches"]);
    const encode = lossless.encode.bind(lossless);
    let encoding = 0;
    lossless.encode = async (frame, options) => {
      const image = await encode(frame, options);
      encoding += 0.02;
      return { ...image, encodingSeconds: 0.02 };
    };
    for (let frame = 0; frame < 300; frame++) {
      change(SPINNER);
      change({ x: 0, y: (frame * 16) % 200, width: 16, height: 16 });
      await step();
    }
    expect(shown.some(isStill)).toBe(true);
    const count = shown.filter(isStill).length;
    expect(count * 0.02).toBeLessThanOrEqual(0.05 * 300 * INTERVAL + 0.02);
    expect(encoding).toBeGreaterThan(0);
  });

  it("is exact wherever it rests, whatever moved before", async () => {
    const box = fc
      .tuple(fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1), fc.integer({ min: 1, max: 150 }))
      .map(([x, y, side]) => ({
        ...{ x, y },
        width: Math.min(side, WIDTH - x),
        height: Math.min(side, HEIGHT - y),
      }));
    const steps = fc.array(fc.record({ box, frames: fc.integer({ min: 1, max: 40 }) }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (moves) => {
        const { change, screen, show, step, wrongOutside } = animation();
        await show(["patches"]);
        for (const move of moves) {
          for (let frame = 0; frame < move.frames; frame++) {
            change(move.box);
            await step();
          }
        }
        for (let frame = 0; frame < 90; frame++) {
          change(SPINNER);
          await step();
        }
        expect(wrongOutside(cellsOf(SPINNER))).toBe(0);
        expect(screen.misfits).toEqual([]);
      }),
      { numRuns: 8 },
    );
  }, 120_000);
});
