import { describe, expect, it } from "vitest";
import { FrameLedger } from "../../../../src/framebuffer/pacing/frameLedger";
import {
  CodecPolicy,
  FRAMES_TO_IMAGES,
  FRAMES_TO_PATCHES,
  FRAMES_TO_VIDEO,
} from "../../../../src/framebuffer/planning/codecPolicy";
import { LinkEstimate } from "../../../../src/framebuffer/planning/linkEstimate";
import { send } from "../../../support/departures";

/** Seconds of latency of the links here. */
const LATENCY = 0.02;

/** A link that carries so many bytes a second, as its receipts tell. */
class TaughtLink extends LinkEstimate {
  readonly #ledger = new FrameLedger({ maxInFlight: () => 1, onChange: () => undefined });
  #now = 0;

  constructor(bandwidth: number) {
    super();
    this.#ledger.observe(this);
    this.teach(bandwidth);
  }

  teach(bandwidth: number): void {
    for (let turn = 0; turn < 40; turn++) {
      const bytes = 40_000 + 10_000 * (turn % 3);
      const { index } = send(this.#ledger, { sentAt: this.#now, bytes });
      this.#now += LATENCY + bytes / bandwidth;
      this.#ledger.confirm({ index, localtime: 0 }, this.#now);
    }
  }
}

/** 20 Mbit/s: an image of 100 kB takes 40 ms, more than a thirtieth of a second. */
const SLOW = 2.5e6;
const FAST = 50e6;

interface Scene {
  readonly bandwidth?: number;
  readonly width?: number;
  readonly height?: number;
  readonly bytes?: number;
}

class Stage {
  readonly policy = new CodecPolicy({ quality: () => 80, targetFps: () => 30 });
  readonly link: TaughtLink;
  width: number;
  height: number;
  ready = true;
  asked = 0;

  constructor({ bandwidth = SLOW, width = 1280, height = 720, bytes = 100_000 }: Scene = {}) {
    this.link = new TaughtLink(bandwidth);
    this.width = width;
    this.height = height;
    this.policy.imageSent({ bytes, width, height, quality: 80, scale: 1 });
  }

  frame(changedEverywhere = true): "image" | "video" {
    return this.policy.choose({
      width: this.width,
      height: this.height,
      changedEverywhere,
      link: this.link,
      hasVideo: () => {
        this.asked += 1;
        return this.ready;
      },
    });
  }

  frames(count: number, changedEverywhere = true): ("image" | "video")[] {
    return Array.from({ length: count }, () => this.frame(changedEverywhere));
  }
}

const videos = (choices: readonly string[]) => choices.filter((one) => one === "video").length;

describe("the choice between images and video", () => {
  it("takes video for large frames that change everywhere on a slow link, not at once", () => {
    const choices = new Stage().frames(40);
    expect(choices.indexOf("video")).toBe(FRAMES_TO_VIDEO - 1);
    expect(videos(choices)).toBe(40 - FRAMES_TO_VIDEO + 1);
  });

  it.each<[string, Scene]>([
    ["a fast link", { bandwidth: FAST }],
    ["small frames", { width: 320, height: 240 }],
    ["frames of few bytes", { bytes: 20_000 }],
  ])("stays with images on %s, and asks for no video", (_, scene) => {
    const stage = new Stage(scene);
    expect(videos(stage.frames(100))).toBe(0);
    expect(stage.asked).toBe(0);
  });

  it("stays with images before it knows what one takes", () => {
    const policy = new CodecPolicy({ quality: () => 80, targetFps: () => 30 });
    const input = { width: 1920, height: 1080, changedEverywhere: true, hasVideo: () => true };
    for (let turn = 0; turn < 20; turn++) {
      expect(policy.choose({ ...input, link: new TaughtLink(SLOW) })).toBe("image");
    }
  });

  it("stays with images while only parts change now and then", () => {
    const stage = new Stage();
    const choices = Array.from({ length: 20 }, () => [...stage.frames(5), stage.frame(false)]);
    expect(videos(choices.flat())).toBe(0);
  });

  it("waits until video is ready", () => {
    const stage = new Stage();
    stage.ready = false;
    expect(videos(stage.frames(30))).toBe(0);
    expect(stage.asked).toBe(30 - FRAMES_TO_VIDEO + 1);
    stage.ready = true;
    expect(stage.frame()).toBe("video");
  });

  it("goes back to images when video is gone", () => {
    const stage = new Stage();
    stage.frames(20);
    stage.ready = false;
    expect(stage.frame()).toBe("image");
  });

  it("goes back when several frames in a row change in parts only, not at the first", () => {
    const stage = new Stage();
    stage.frames(20);
    expect(stage.frame(false)).toBe("video");
    expect(stage.frame()).toBe("video");
    const choices = stage.frames(10, false);
    expect(choices.indexOf("image")).toBe(FRAMES_TO_PATCHES - 1);
    expect(choices.at(-1)).toBe("image");
    // Motion again: video again.
    expect(stage.frames(FRAMES_TO_VIDEO + 60).at(-1)).toBe("video");
  });

  it("goes back at once when the size changes, and takes video again when it stays", () => {
    const stage = new Stage();
    stage.frames(20);
    stage.width += 2;
    const choices = stage.frames(20);
    expect(choices.indexOf("video")).toBe(FRAMES_TO_VIDEO - 1);
  });

  it("never takes video for frames whose size changes each time", () => {
    const stage = new Stage();
    const choices = Array.from({ length: 50 }, () => {
      stage.width += 1;
      return stage.frame();
    });
    expect(videos(choices)).toBe(0);
  });

  it("goes back when the link has become fast for a while", () => {
    const stage = new Stage();
    stage.frames(100);
    stage.link.teach(FAST);
    const choices = stage.frames(100);
    expect(choices.indexOf("image")).toBe(FRAMES_TO_IMAGES - 1);
    expect(choices.lastIndexOf("video")).toBe(FRAMES_TO_IMAGES - 2);
  });

  it("does not turn to and fro on a link that is about as fast as needed", () => {
    const stage = new Stage({ bandwidth: 3e6 });
    const choices = Array.from({ length: 40 }, (_, turn) => {
      stage.link.teach(turn % 2 === 0 ? 2.6e6 : 3.6e6);
      return stage.frames(20);
    }).flat();
    const turns = choices.filter((one, at) => at > 0 && one !== choices[at - 1]).length;
    expect(turns).toBe(1);
  });

  it("turns seldom on a link that goes from slow to fast and back every second", () => {
    const stage = new Stage();
    const choices = Array.from({ length: 30 }, (_, turn) => {
      stage.link.teach(turn % 2 === 0 ? SLOW : FAST);
      return stage.frames(30);
    }).flat();
    const turns = choices.flatMap((one, at) => (at > 0 && one !== choices[at - 1] ? [at] : []));
    const gaps = turns.slice(1).map((at, turn) => at - (turns[turn] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(59);
  });

  it("compares images at the quality that is wanted, however they are sent meanwhile", () => {
    const stage = new Stage({ bytes: 1 });
    stage.policy.imageSent({ bytes: 20_000, width: 1280, height: 720, quality: 30, scale: 0.5 });
    expect(stage.frames(20).at(-1)).toBe("video");
  });

  it("begins with images for another view", () => {
    const stage = new Stage();
    stage.frames(20);
    stage.policy.reset();
    expect(stage.frame()).toBe("image");
  });
});
