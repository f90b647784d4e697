/** What a session sends when small changes are scattered over the picture. */
import { describe, expect, it } from "vitest";
import { setUp } from "../../support/sessionHarness";

const WIDTH = 300;
const HEIGHT = 250;
const ACCEPTS = ["patches", "atlas"];

/** A gray picture with a dot in every twelfth cell of each row, moved by a step. */
function dots() {
  const data = new Uint8Array(WIDTH * HEIGHT);
  return {
    data,
    draw(step: number): void {
      data.fill(10);
      for (let y = 3; y < HEIGHT; y += 16) {
        for (let x = 3 + ((y >> 4) % 12) * 16; x < WIDTH; x += 192)
          data[y * WIDTH + x + step] = 200;
      }
    },
    source: { get_frame: () => ({ data, shape: [HEIGHT, WIDTH] }) },
  };
}

const formOf = (message: object | undefined): string =>
  message === undefined
    ? "none"
    : "atlas" in message
      ? "atlas"
      : "patches" in message
        ? "patches"
        : "whole";

describe("changes scattered over a picture", () => {
  it("are sent as an atlas, over the frame before it, and only their cells change", async () => {
    const picture = dots();
    const { show, draw, acknowledge, screen, shown, session } = setUp(picture.source);
    await show(ACCEPTS);
    for (let step = 1; step <= 5; step++) {
      picture.draw(step);
      await draw();
      await acknowledge(step + 1);
      expect(screen.pixels).toEqual(picture.data);
    }
    expect(shown.map(({ message }) => formOf(message))).toEqual([
      ...["whole", "whole", "atlas", "atlas", "atlas", "atlas"],
    ]);
    expect(shown[3]?.message).toMatchObject({
      ...{ base: 3, width: WIDTH, height: HEIGHT, mimetype: "image/jpeg" },
    });
    expect(shown[3]?.buffers[0]?.length).toBeLessThan(0.45 * WIDTH * HEIGHT);
    expect(screen.misfits).toEqual([]);
    expect(session.stats).toMatchObject({ sent_frames: 6, patch_frames: 4 });
  });

  it("are sent whole to a view that does not announce it", async () => {
    const picture = dots();
    const { show, draw, shown } = setUp(picture.source);
    await show(["patches"]);
    for (let step = 1; step <= 3; step++) {
      picture.draw(step);
      await draw();
    }
    expect(shown.map(({ message }) => formOf(message))).not.toContain("atlas");
  });

  it("show what was drawn when it was returned, whatever is drawn into the same memory later", async () => {
    const picture = dots();
    const { show, draw, acknowledge, settle, session, screen, lossy } = setUp(picture.source, {
      max_buffered_frames: 9,
    });
    await show(ACCEPTS);
    picture.draw(1);
    await draw();
    await acknowledge(2);
    lossy.held = [];
    const drawn: Uint8Array[] = [];
    for (let step = 2; step <= 4; step++) {
      picture.draw(step);
      drawn.push(new Uint8Array(picture.data));
      session.requestDraw();
      await settle();
    }
    picture.data.fill(99);
    const seen: Uint8Array[] = [];
    for (const encoding of lossy.held) {
      encoding.finish();
      await settle();
      seen.push(new Uint8Array(screen.pixels));
    }
    expect(seen).toEqual(drawn);
  });

  it("become exact at rest: as an atlas in PNG where only they are lossy", async () => {
    const picture = dots();
    const { show, draw, acknowledge, clock, settle, screen, shown } = setUp(picture.source);
    picture.draw(1);
    await show(ACCEPTS);
    await acknowledge(1);
    clock.advance(0.3);
    await settle();
    await acknowledge(2);
    picture.draw(2);
    await draw();
    await acknowledge(3);
    clock.advance(0.3);
    await settle();
    await acknowledge(4);
    clock.advance(10);
    await settle();
    expect(shown.map(({ message, mimetype }) => `${formOf(message)} ${mimetype}`)).toEqual([
      ...["whole image/jpeg", "whole image/png", "atlas image/jpeg", "atlas image/png"],
    ]);
    expect(screen.pixels).toEqual(picture.data);
    expect(screen.misfits).toEqual([]);
  });

  it("go whole after a frame that was lost", async () => {
    const picture = dots();
    const { show, draw, acknowledge, settle, screen, shown, lossy, view } = setUp(picture.source);
    await show(ACCEPTS);
    picture.draw(1);
    await draw();
    await acknowledge(2);
    lossy.held = [];
    picture.draw(2);
    await draw();
    lossy.held[0]?.fail(new Error("out of luck"));
    lossy.held = undefined;
    await settle();
    view.send({ type: "request_keyframe", reason: "test" });
    await settle();
    picture.draw(3);
    await draw();
    expect(formOf(shown[2]?.message)).toBe("whole");
    expect(screen.misfits).toEqual([]);
    expect(screen.pixels).toEqual(picture.data);
  });
});
