/** Parts that rest while others move, for viewers of one stream. */
import { expect, it } from "vitest";
import { HELLO, setUpStream } from "../../support/streamHarness";

const SIDE = 320;

it("are encoded once for all viewers that see the same", async () => {
  const { clock, display, join, lossless } = setUpStream({ codec: "jpeg" });
  const hello = { ...HELLO, supported: [...HELLO.supported, "rfb/patches"] };
  const viewers = [await join(hello), await join(hello), await join(hello)];
  const data = new Uint8Array(SIDE * SIDE);
  for (let frame = 0; frame < 60; frame++) {
    data.fill(frame, 0, 16);
    display.publish({ data, shape: [SIDE, SIDE] });
    await clock.settle();
    for (const viewer of viewers) viewer.ack();
    clock.advance(1 / 60);
    await clock.settle();
  }
  const refined = viewers.map(({ frames }) =>
    frames.flatMap(({ header }) =>
      header.type === "patch_frame" && header.mime === "image/png" ? [header] : [],
    ),
  );
  const rects = refined.map((headers) => headers.flatMap(({ patches }) => patches));
  const [first = []] = rects;
  expect(refined[0]?.every(({ refines }) => refines)).toBe(true);
  const pixels = first.reduce((sum, [, , width, height]) => sum + width * height, 0);
  expect(pixels).toBeGreaterThanOrEqual(SIDE * SIDE - 16 * 16);
  expect(rects).toEqual([first, first, first]);
  expect(lossless.qualities).toHaveLength(first.length);
});
