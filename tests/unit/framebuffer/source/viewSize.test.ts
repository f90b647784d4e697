import { describe, expect, it } from "vitest";
import { boundResize, fitSize, VIEW_LIMIT } from "../../../../src/framebuffer/source/viewSize";
import { withBothNames, type ResizeEvent } from "../../../../src/protocol/events";

const resize = (
  size: Pick<ResizeEvent, "width" | "height" | "pwidth" | "pheight" | "ratio">,
): ResizeEvent => withBothNames({ type: "resize", timestamp: 0, ...size }) as ResizeEvent;

describe("the size of a view", () => {
  it("stays exactly as it is within the limit, also where it is odd", () => {
    expect(fitSize(333, 777, VIEW_LIMIT)).toEqual([333, 777]);
    expect(fitSize(8192, 2048, VIEW_LIMIT)).toEqual([8192, 2048]);
    const event = resize({ width: 333, height: 111, pwidth: 500, pheight: 167, ratio: 1.5 });
    expect(boundResize(event)).toBe(event);
  });

  it("is reduced with its ratio, so that the logical size and its positions stay", () => {
    const event = resize({ width: 5000, height: 5000, pwidth: 10_000, pheight: 10_000, ratio: 2 });
    expect(boundResize(event)).toMatchObject({
      width: 5000,
      height: 5000,
      pwidth: 4096,
      pheight: 4096,
      ratio: 4096 / 5000,
      pixel_ratio: 4096 / 5000,
    });
  });
});
