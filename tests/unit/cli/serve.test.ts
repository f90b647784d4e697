import { describe, expect, it } from "vitest";
import { publishPattern } from "../../../src/cli/serve";

describe("the frames of serve", () => {
  it("go on after one that cannot be published, which is reported once", async () => {
    const errors: string[] = [];
    const widths: number[] = [];
    const display = {
      poll_events: () => [],
      target_ratio: 1,
      target_size: null,
      publish: (frame: object) => {
        widths.push("width" in frame ? Number(frame.width) : 0);
        if (widths.length === 2 || widths.length === 3) throw new RangeError("too large");
      },
    };
    const args = { pattern: "gradient", width: 16, height: 16, fps: 240, maxFrames: 5 } as const;
    await publishPattern(display, args, new AbortController().signal, (line) => errors.push(line));
    expect(widths).toHaveLength(5);
    expect(errors).toEqual(["jupyter-rfb-ts: frame 1: too large"]);
  });
});
