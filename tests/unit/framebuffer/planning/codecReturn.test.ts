/** How codec "auto" finds out, during video, that images would do. */
import { describe, expect, it } from "vitest";
import {
  CodecPolicy,
  FRAMES_TO_PROBE,
  MAX_PROBE_PAUSE,
} from "../../../../src/framebuffer/planning/codecPolicy";
import { LinkEstimate } from "../../../../src/framebuffer/planning/linkEstimate";

const SIZE = { width: 1280, height: 720 };
const FPS = 30;
const BEST = { quality: 80, scale: 1 };
const HEAVY = 1_288_000;
const LIGHT = 128_000;
/** Bytes per second. A heavy image takes 43 ms, a light one 4 ms. */
const BANDWIDTH = 30e6;

/** A link whose throughput is known. */
class KnownLink extends LinkEstimate {
  constructor(public bandwidth: number) {
    super();
  }
  override transferTime(bytes: number): number {
    return bytes / this.bandwidth;
  }
}

/** Sends frames as the policy says. */
class Play {
  readonly policy = new CodecPolicy({ quality: () => 80, targetFps: () => FPS });
  readonly link = new KnownLink(BANDWIDTH);
  readonly choices: ("image" | "video")[] = [];
  /** At which frames an image was encoded only to measure it. */
  readonly probes: number[] = [];

  frame(imageBytes: number, chunkBytes = imageBytes / 8): void {
    const choice = this.policy.choose({
      ...SIZE,
      changedEverywhere: true,
      link: this.link,
      hasVideo: () => true,
    });
    this.choices.push(choice);
    const image = { ...SIZE, ...BEST, bytes: imageBytes };
    if (choice === "image") {
      this.policy.imageSent(image);
      return;
    }
    this.policy.videoSent({ ...BEST, bytes: chunkBytes });
    if (!this.policy.wantsProbe()) return;
    this.probes.push(this.choices.length - 1);
    this.policy.imageMeasured(image);
  }

  frames(count: number, imageBytes: number, chunkBytes?: number): ("image" | "video")[] {
    for (let frame = 0; frame < count; frame++) this.frame(imageBytes, chunkBytes);
    return this.choices.slice(-count);
  }

  get turns(): number {
    return this.choices.filter((one, at) => at > 0 && one !== this.choices[at - 1]).length;
  }
}

const MINUTE = 60 * FPS;

describe("codec auto during video", () => {
  it("sends images again when the picture became lighter, as it would have from the start", () => {
    const play = new Play();
    expect(play.frames(100, HEAVY).at(-1)).toBe("video");
    const choices = play.frames(100_000, LIGHT);
    expect(choices.filter((one) => one === "video").length).toBeLessThan(5 * FPS);
    expect(play.turns).toBe(2);
    const other = new Play();
    expect(other.frames(1000, LIGHT)).not.toContain("video");
  });

  it("does so too if chunks say nothing, after at most twenty seconds", () => {
    const play = new Play();
    play.frames(20 * FPS, HEAVY, 50_000);
    const choices = play.frames(40 * FPS, LIGHT, 50_000);
    expect(choices.lastIndexOf("video")).toBeLessThan(20 * FPS);
    expect(choices.at(-1)).toBe("image");
  });

  it("measures an image soon when chunks shrink", () => {
    const play = new Play();
    play.frames(MINUTE, HEAVY);
    const choices = play.frames(10 * FPS, LIGHT);
    expect(choices.lastIndexOf("video")).toBeLessThan(5 * FPS);
  });

  it("measures ever more seldom while images would be too slow", () => {
    const play = new Play();
    play.frames(10 * MINUTE, HEAVY);
    expect(play.turns).toBe(1);
    const [first = 0, second = 0] = play.probes;
    expect(second - first).toBeGreaterThan(FRAMES_TO_PROBE);
    const gaps = play.probes.slice(1).map((at, probe) => at - (play.probes[probe] ?? 0));
    expect(gaps.slice(-10)).toEqual(Array(10).fill(MAX_PROBE_PAUSE));
  });

  it("measures nothing while it sends images", () => {
    const play = new Play();
    play.frames(1000, LIGHT);
    expect(play.probes).toEqual([]);
  });

  it("goes on without the answer to a measurement", () => {
    const play = new Play();
    play.frames(50, HEAVY);
    let probes = 0;
    for (let frame = 0; frame < 10 * FRAMES_TO_PROBE; frame++) {
      play.policy.videoSent({ ...BEST, bytes: 1000 });
      if (play.policy.wantsProbe()) probes += 1;
    }
    expect(probes).toBe(10);
  });

  it("starts video at once when the picture becomes heavy again", () => {
    const play = new Play();
    play.frames(10 * FPS, HEAVY);
    play.frames(MINUTE, LIGHT);
    expect(play.choices.at(-1)).toBe("image");
    const choices = play.frames(2 * FPS, HEAVY);
    expect(choices.indexOf("video")).toBeLessThan(FPS);
    expect(choices.at(-1)).toBe("video");
  });

  it.each([1, 3, 7, 15])(
    "turns a few times a minute at most while heavy and light pictures last %i seconds each",
    (seconds) => {
      const play = new Play();
      for (let time = 0; time < 5 * 60; time += 2 * seconds) {
        play.frames(seconds * FPS, HEAVY);
        play.frames(seconds * FPS, LIGHT);
      }
      expect(play.turns / 5).toBeLessThanOrEqual(4);
    },
  );

  it("is not turned by a heavy picture now and then", () => {
    const play = new Play();
    for (let turn = 0; turn < 300; turn++) {
      play.frames(3, HEAVY);
      play.frames(9, LIGHT);
    }
    expect(play.choices).not.toContain("video");
  });

  it.each([0.6, 0.8, 1, 1.2])(
    "turns a few times a minute at most at a load of %d, on a noisy link with noisy pictures",
    (load) => {
      const play = new Play();
      const random = seededRandom();
      const noisy = (): number => 0.5 + random();
      const bytes = (load * BANDWIDTH) / FPS;
      for (let frame = 0; frame < 5 * MINUTE; frame++) {
        if (frame % FPS === 0) play.link.bandwidth = BANDWIDTH / noisy();
        play.frame(bytes * noisy());
      }
      expect(play.turns / 5).toBeLessThanOrEqual(4);
    },
  );
});

/** Numbers from 0 to 1, the same each time. */
function seededRandom(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
