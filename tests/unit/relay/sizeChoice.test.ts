import { describe, expect, it } from "vitest";
import { SizeChoice } from "../../../src/relay/edge/sizeChoice";

/**
 * Lets windows of two seconds pass in which a viewer takes a share of the frames.
 *
 * @returns when the choice changed, which ends it
 */
function pass(choice: SizeChoice, from: number, to: number, share: number, frames = 60): number[] {
  for (let now = from; now <= to; now += 2) {
    for (let frame = 0; frame < frames; frame++) {
      choice.offered();
      if (frame < share * frames) choice.taken();
    }
    if (choice.judge(now)) return [now];
  }
  return [];
}

describe("the choice of a size", () => {
  it("is the full one for a viewer that keeps up", () => {
    const choice = new SizeChoice(0);
    expect(pass(choice, 2, 600, 0.6)).toEqual([]);
    expect(choice.isSmall).toBe(false);
  });

  it("is the small one for a viewer that gets too few of many frames", () => {
    const choice = new SizeChoice(0);
    expect(pass(choice, 2, 600, 0.2, 7)).toEqual([]);
    expect(pass(choice, 602, 602, 0.5)).toEqual([602]);
    expect(choice.isSmall).toBe(true);
  });

  it("is judged once in two seconds", () => {
    const choice = new SizeChoice(0);
    for (let frame = 0; frame < 100; frame++) choice.offered();
    expect(choice.judge(1.9)).toBe(false);
    expect(choice.judge(2)).toBe(true);
    expect(choice.judge(2.1)).toBe(false);
  });

  it("tries the full size again after a pause that doubles each time that fails, up to 240 s", () => {
    const choice = new SizeChoice(0);
    const pauses: number[] = [];
    let failed = 2;
    pass(choice, failed, failed, 0);
    for (let round = 0; round < 6; round++) {
      const [full = NaN] = pass(choice, failed + 2, failed + 240, 1);
      pauses.push(full - failed);
      // It fails at once.
      failed = full + 2;
      pass(choice, failed, failed, 0);
    }
    // Windows are two seconds long.
    expect(pauses).toEqual([16, 30, 60, 120, 240, 240]);
    const [full = NaN] = pass(choice, failed + 2, failed + 240, 1);
    // It lasts for a while.
    failed = full + 32;
    pass(choice, full + 2, failed - 2, 1);
    pass(choice, failed, failed, 0);
    expect(pass(choice, failed + 2, failed + 16, 1)).toEqual([failed + 16]);
  });

  it("stays small where too few frames come to judge by", () => {
    const choice = new SizeChoice(0);
    pass(choice, 40, 40, 0);
    expect(pass(choice, 42, 400, 1, 5)).toEqual([]);
    expect(choice.isSmall).toBe(true);
  });
});
