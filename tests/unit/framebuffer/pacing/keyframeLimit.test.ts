import { describe, expect, it } from "vitest";
import { KEYFRAME_INTERVAL, KeyframeLimit } from "../../../../src/framebuffer/pacing/keyframeLimit";

describe("the limit of forced keyframes", () => {
  it("lets the first one go at once, whatever the clock says", () => {
    expect(new KeyframeLimit().ask(0)).toBe("now");
    expect(new KeyframeLimit().ask(1e6)).toBe("now");
  });

  it("says how long the next has to wait, and lets it go then", () => {
    const limit = new KeyframeLimit();
    limit.ask(10);
    expect(limit.ask(10)).toBe(KEYFRAME_INTERVAL);
    expect(limit.ask(10.125)).toBe(KEYFRAME_INTERVAL - 0.125);
    expect(limit.ask(10 + KEYFRAME_INTERVAL)).toBe("now");
  });

  it("is not put off by those who ask again and again", () => {
    const limit = new KeyframeLimit();
    const granted: number[] = [];
    for (let tick = 0; tick < 1024; tick++) {
      if (limit.ask(tick / 256) === "now") granted.push(tick / 256);
    }
    expect(granted).toEqual(Array.from({ length: 16 }, (_, turn) => turn * KEYFRAME_INTERVAL));
  });

  it("gives another view its frame at once", () => {
    const limit = new KeyframeLimit();
    limit.ask(1);
    limit.reset();
    expect(limit.ask(1)).toBe("now");
  });
});
