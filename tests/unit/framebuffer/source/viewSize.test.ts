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

  it.each([
    ["is reduced", { width: 65_535, height: 1, pwidth: 65_535, pheight: 1, ratio: 1 }, 8192, 1],
    ["is tall", { width: 1, height: 65_535, pwidth: 1, pheight: 65_535, ratio: 1 }, 1, 8192],
    ["is tiny", { width: 0.1, height: 0.2, pwidth: 1, pheight: 1, ratio: 1 }, 1, 1],
  ])("has sides of at least 1 where it %s", (_what, size, width, height) => {
    const bounded = boundResize(resize(size), VIEW_LIMIT, VIEW_LIMIT);
    expect(bounded).toMatchObject({ width, height, pwidth: width, pheight: height, ratio: 1 });
  });
});
