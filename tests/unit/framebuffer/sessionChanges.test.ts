/** What a session sends when only a part of the picture changes, or nothing. */
import { describe, expect, it } from "vitest";
import { MIN_KEYFRAME_INTERVAL } from "../../../src/framebuffer/pacing/keyframeLimit";
import { withBothNames } from "../../../src/protocol/events";
import { setUp } from "../../support/sessionHarness";

const WIDTH = 256;
const HEIGHT = 256;

/** A gray picture that a test draws on, and a source of it. */
function canvas() {
  const data = new Uint8Array(WIDTH * HEIGHT);
  return {
    data,
    box(x: number, y: number, value: number): void {
      for (let row = y; row < y + 16; row++)
        data.fill(value, row * WIDTH + x, row * WIDTH + x + 16);
    },
    source: { get_frame: () => ({ data, shape: [HEIGHT, WIDTH] }) },
  };
}

const PATCHES = ["patches"];

describe("a frame equal to the one before", () => {
  it("is not sent, but counts as drawn", async () => {
    const picture = canvas();
    const { show, draw, shown, session } = setUp(picture.source);
    await show(PATCHES);
    await draw();
    expect(shown).toHaveLength(1);
    expect(session.stats).toMatchObject({ sent_frames: 1, drawn_frames: 2, unchanged_frames: 1 });
  });

  it("is sent where frames are not compared", async () => {
    const picture = canvas();
    const { show, draw, shown } = setUp(picture.source, { detect_changes: false });
    await show(PATCHES);
    await draw();
    expect(shown.map(({ message }) => "patches" in message)).toEqual([false, false]);
  });

  it("is sent when the one before could not be encoded", async () => {
    const picture = canvas();
    const { show, draw, settle, shown, lossy, errors } = setUp(picture.source);
    lossy.held = [];
    await show(PATCHES);
    lossy.held[0]?.fail(new Error("out of luck"));
    lossy.held = undefined;
    await settle();
    await draw();
    expect(errors).toHaveLength(1);
    expect(shown).toHaveLength(1);
  });

  it("lets an animation that requests the next draw in get_frame run at 60 draws a second and no faster", async () => {
    const picture = canvas();
    let draws = 0;
    const { show, clock, settle, session } = setUp(
      {
        get_frame: () => {
          draws += 1;
          session.requestDraw();
          return picture.source.get_frame();
        },
      },
      { quality: 100 },
    );
    await show(PATCHES);
    const before = draws;
    for (let frame = 0; frame < 60; frame++) {
      clock.advance(1 / 60);
      await settle();
    }
    expect(draws - before).toBe(60);
  });

  it("does not make the next event wait", async () => {
    const picture = canvas();
    let draws = 0;
    const { show, settle, session } = setUp({
      get_frame: () => {
        draws += 1;
        session.requestDraw();
        return picture.source.get_frame();
      },
    });
    await show(PATCHES);
    const before = draws;
    session.requestDraw();
    await settle();
    expect(draws).toBe(before + 1);
  });

  it("does not keep an animation that shows nothing new from becoming lossless", async () => {
    const picture = canvas();
    const { show, acknowledge, clock, settle, session, shown } = setUp({
      get_frame: () => {
        session.requestDraw();
        return picture.source.get_frame();
      },
    });
    await show(PATCHES);
    await acknowledge(1);
    for (let frame = 0; frame < 30; frame++) {
      clock.advance(1 / 60);
      await settle();
    }
    expect(shown.map(({ mimetype }) => mimetype)).toEqual(["image/jpeg", "image/png"]);
  });
});

describe("a coloured frame of which a part changed", () => {
  it.each([
    ["with the cells around it", "in 4:2:0", { chroma: "4:2:0" }, [16, 32, 48, 48]],
    ["with the cells around it", "as WebP", { codec: "webp", chroma: "4:4:4" }, [16, 32, 48, 48]],
    ["alone", "in 4:4:4", { chroma: "4:4:4" }, [32, 48, 16, 16]],
    ["alone", "lossless", { quality: 100 }, [32, 48, 16, 16]],
  ] as const)("is sent %s %s", async (_how, _form, settings, patch) => {
    const data = new Uint8Array(WIDTH * HEIGHT * 3);
    const source = { get_frame: () => ({ data, shape: [HEIGHT, WIDTH, 3] }) };
    const { show, draw, shown } = setUp(source, settings);
    await show([...PATCHES, "webp"]);
    data.fill(200, (50 * WIDTH + 40) * 3, (50 * WIDTH + 41) * 3);
    await draw();
    expect(shown[1]?.message).toMatchObject({ base: 1, patches: [patch] });
  });
});

describe("a frame of which a part changed", () => {
  it("is sent as that part, over the frame before it", async () => {
    const picture = canvas();
    const { show, draw, screen, shown, session } = setUp(picture.source);
    await show(PATCHES);
    picture.box(32, 48, 200);
    await draw();
    expect(shown[1]?.message).toMatchObject({ index: 2, base: 1, patches: [[32, 48, 16, 16]] });
    expect(shown[1]?.buffers[0]).toEqual(new Uint8Array(256).fill(200));
    expect(screen.pixels).toEqual(picture.data);
    expect(session.stats).toMatchObject({ sent_frames: 2, patch_frames: 1 });
  });

  it("is sent whole to a view that knows no patches, and as base64", async () => {
    for (const [accepts, binary] of [
      [[], true],
      [PATCHES, false],
    ] as const) {
      const picture = canvas();
      const { show, draw, shown } = setUp(picture.source, { _use_websocket: binary });
      await show(accepts);
      picture.box(32, 48, 200);
      await draw();
      expect(shown).toHaveLength(2);
      expect("patches" in (shown[1]?.message ?? {})).toBe(false);
    }
  });

  it("shows what was drawn when it was returned, whatever is drawn into the same memory later", async () => {
    const picture = canvas();
    const { show, settle, session, shown, screen, lossy } = setUp(picture.source, {
      max_buffered_frames: 9,
    });
    await show(PATCHES);
    lossy.held = [];
    const drawn: Uint8Array[] = [];
    for (let step = 1; step <= 3; step++) {
      picture.box(16 * step, 16, 50 * step);
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
    expect(shown).toHaveLength(4);
    expect(seen).toEqual(drawn);
  });

  it("is followed by the lossless still of the parts that were lossy, and no more", async () => {
    const picture = canvas();
    const { show, draw, acknowledge, clock, settle, shown, screen } = setUp(picture.source);
    await show(PATCHES);
    await acknowledge(1);
    clock.advance(0.3);
    await settle();
    expect(shown[1]).toMatchObject({ mimetype: "image/png", pixel: 0 });
    expect("patches" in (shown[1]?.message ?? {})).toBe(false);
    await acknowledge(2);
    picture.box(64, 80, 10);
    await draw();
    await acknowledge(3);
    clock.advance(0.3);
    await settle();
    expect(shown[3]?.message).toMatchObject({
      mimetype: "image/png",
      base: 3,
      patches: [[64, 80, 16, 16]],
    });
    expect(screen.pixels).toEqual(picture.data);
    expect(screen.misfits).toEqual([]);
    await acknowledge(4);
    clock.advance(10);
    await settle();
    expect(shown).toHaveLength(4);
  });

  it("follows a change of the picture's size as a whole frame", async () => {
    let side = 64;
    const { show, draw, acknowledge, shown } = setUp({
      get_frame: () => ({ data: new Uint8Array(side * side), shape: [side, side] }),
    });
    await show(PATCHES);
    for (side of [63, 64, 1]) {
      await acknowledge(shown.length);
      await draw();
    }
    expect(shown.map(({ buffers }) => buffers[0]?.length)).toEqual([64 * 64, 63 * 63, 64 * 64, 1]);
    expect(shown.some(({ message }) => "patches" in message)).toBe(false);
  });

  it("does not reach into the frame before while that is encoded", async () => {
    const picture = canvas();
    const { show, settle, session, shown, lossy, view } = setUp(picture.source, {
      max_buffered_frames: 9,
    });
    await show(PATCHES);
    lossy.held = [];
    // The whole picture once more, and while it is encoded a box.
    view.send({ type: "hello", version: 1, accepts: PATCHES });
    picture.data.fill(50);
    session.requestDraw();
    await settle();
    picture.box(0, 0, 200);
    session.requestDraw();
    await settle();
    for (const encoding of lossy.held) encoding.finish();
    await settle();
    const whole = shown.filter(({ buffers }) => buffers[0]?.length === WIDTH * HEIGHT);
    expect(whole.at(-1)?.buffers[0]).toEqual(new Uint8Array(WIDTH * HEIGHT).fill(50));
    expect(shown.at(-1)?.message).toMatchObject({ patches: [[0, 0, 16, 16]] });
  });

  it("reaches the view too when a snapshot got it first, and the lossless still is due", async () => {
    const picture = canvas();
    const { show, draw, acknowledge, clock, settle, session, shown, screen } = setUp(
      picture.source,
    );
    await show(PATCHES);
    await acknowledge(1);
    clock.advance(0.3);
    await settle();
    await acknowledge(2);
    picture.box(32, 48, 200);
    await draw();
    await acknowledge(3);
    picture.box(96, 96, 100);
    void session.snapshot();
    clock.advance(0.3);
    await settle();
    await acknowledge(4);
    await draw();
    expect(screen.pixels).toEqual(picture.data);
    clock.advance(0.3);
    await settle();
    expect(shown.at(-1)?.mimetype).toBe("image/png");
    expect(screen.pixels).toEqual(picture.data);
    expect(screen.misfits).toEqual([]);
  });

  it("is followed by a lossless still where the frames before were lossless", async () => {
    const picture = canvas();
    const { show, draw, acknowledge, clock, settle, shown, settings } = setUp(picture.source, {
      quality: 100,
    });
    await show(PATCHES);
    await acknowledge(1);
    settings.quality = 80;
    picture.box(32, 48, 200);
    await draw();
    await acknowledge(2);
    clock.advance(0.3);
    await settle();
    expect(shown.map(({ mimetype }) => mimetype)).toEqual(["image/png", "image/jpeg", "image/png"]);
    expect(shown[2]?.message).toMatchObject({ patches: [[32, 48, 16, 16]] });
  });
});

describe("a view that lacks a frame", () => {
  it("gets the newest frame whole when it asks for a keyframe", async () => {
    const picture = canvas();
    const { show, draw, view, settle, shown, screen } = setUp(picture.source);
    await show(PATCHES);
    picture.box(0, 0, 7);
    await draw();
    view.send({ type: "request_keyframe", reason: "test" });
    await settle();
    expect(shown).toHaveLength(3);
    expect("patches" in (shown[2]?.message ?? {})).toBe(false);
    expect(screen.pixels).toEqual(picture.data);
  });

  it("gets no more than four whole frames a second, however often it asks", async () => {
    const picture = canvas();
    const { show, clock, view, settle, shown, session } = setUp(picture.source);
    await show(PATCHES);
    for (let time = 0; time < 100; time++) {
      view.send({ type: "request_keyframe", reason: "test" });
      await settle();
      clock.advance(0.01);
    }
    expect(shown.length).toBeGreaterThanOrEqual(5);
    expect(shown.length).toBeLessThanOrEqual(6);
    session.dispose();
    expect(clock.pending).toBe(0);
  });

  it("gets the newest frame whole when it asks again after a whole one of the meantime", async () => {
    const picture = canvas();
    const { show, draw, clock, view, settle, shown } = setUp(picture.source, {
      max_buffered_frames: 9,
    });
    await show(PATCHES);
    const ask = async (): Promise<void> => {
      view.send({ type: "request_keyframe", reason: "test" });
      await settle();
    };
    await ask();
    await ask();
    picture.box(0, 0, 7);
    await draw();
    await ask();
    const before = shown.length;
    clock.advance(0.25);
    await settle();
    expect(shown).toHaveLength(before + 1);
    expect("patches" in (shown.at(-1)?.message ?? {})).toBe(false);
  });

  it("gets no patch that was being encoded when it came, but the whole picture", async () => {
    const picture = canvas();
    const { show, view, settle, session, shown, screen, lossy } = setUp(picture.source);
    await show(PATCHES);
    picture.box(0, 0, 7);
    lossy.held = [];
    session.requestDraw();
    await settle();
    const { held } = lossy;
    lossy.held = undefined;
    view.send({ type: "hello", version: 1, accepts: PATCHES });
    await settle();
    held[0]?.finish();
    await settle();
    expect(shown).toHaveLength(2);
    expect("patches" in (shown[1]?.message ?? {})).toBe(false);
    expect(screen.pixels).toEqual(picture.data);
    expect(screen.misfits).toEqual([]);
    expect(session.stats).toMatchObject({ drawn_frames: 2, sent_frames: 2 });
  });

  it("gets it losslessly where all frames are", async () => {
    const picture = canvas();
    const { show, draw, view, settle, shown } = setUp(picture.source, { codec: "png" });
    await show(PATCHES);
    picture.box(0, 0, 7);
    await draw();
    view.send({ type: "request_keyframe", reason: "test" });
    await settle();
    expect(shown.map(({ mimetype }) => mimetype)).toEqual(["image/png", "image/png", "image/png"]);
  });

  it("gets it soon if it is new, however often the one before asked, and however often it says hello", async () => {
    const picture = canvas();
    const { clock, show, view, settle, shown } = setUp(picture.source);
    await show(PATCHES);
    for (let time = 0; time < 3; time++) {
      view.send({ type: "request_keyframe", reason: "test" });
      await settle();
    }
    const before = shown.length;
    for (let time = 0; time < 9; time++) await show(PATCHES);
    expect(shown).toHaveLength(before);
    clock.advance(MIN_KEYFRAME_INTERVAL);
    await settle();
    expect(shown).toHaveLength(before + 1);
    clock.advance(MIN_KEYFRAME_INTERVAL);
    await show(PATCHES);
    expect(shown).toHaveLength(before + 2);
  });

  it("gets a whole frame after one that could not be encoded, with those that built upon it", async () => {
    const picture = canvas();
    const { show, settle, session, shown, screen, lossy } = setUp(picture.source, {
      max_buffered_frames: 9,
    });
    await show(PATCHES);
    lossy.held = [];
    for (let step = 1; step <= 2; step++) {
      picture.box(16 * step, 16, 50 * step);
      session.requestDraw();
      await settle();
    }
    const [first, second] = lossy.held;
    lossy.held = undefined;
    first?.fail(new Error("out of luck"));
    second?.finish();
    await settle();
    expect(shown).toHaveLength(2);
    expect(screen.pixels).toEqual(picture.data);
    expect(screen.misfits).toEqual([]);
  });

  it("gets a whole frame when receipts are overdue", async () => {
    const picture = canvas();
    const { show, draw, clock, settle, shown } = setUp(picture.source, { max_buffered_frames: 1 });
    await show(PATCHES);
    picture.box(0, 0, 7);
    await draw();
    clock.advance(10);
    await settle();
    expect(shown).toHaveLength(2);
    expect("patches" in (shown[1]?.message ?? {})).toBe(false);
  });
});

describe("frames of sendFrame that come faster than they are encoded", () => {
  it("give way to the newest before they are encoded, and none that is sent lacks its base", async () => {
    const picture = canvas();
    const { show, settle, session, shown, screen, lossy } = setUp(picture.source);
    await show(PATCHES);
    lossy.held = [];
    for (let step = 1; step <= 9; step++) {
      picture.box(16 * step, 32, 20 * step);
      session.sendFrame({ data: picture.data, shape: [HEIGHT, WIDTH] });
    }
    await settle();
    while (lossy.held.length > 0) {
      lossy.held.shift()?.finish();
      await settle();
    }
    expect(shown).toHaveLength(4);
    expect(screen.pixels).toEqual(picture.data);
    expect(screen.misfits).toEqual([]);
    expect(session.stats).toMatchObject({ drawn_frames: 10, replaced_frames: 6, sent_frames: 4 });
  });
});

describe("a frame of sendFrame that waits for the encoder", () => {
  /** Three frames of which the last waits. */
  async function waiting({ latency = 0 } = {}) {
    const picture = canvas();
    const parts = setUp(picture.source, { adaptive: true, max_buffered_frames: 2 });
    await parts.show(PATCHES);
    parts.clock.advance(latency);
    await parts.acknowledge(1);
    if (latency > 0) {
      // Each receipt shows that one more may be in flight.
      picture.box(0, 0, 9);
      await parts.draw();
      parts.clock.advance(latency);
      await parts.acknowledge(2);
    }
    parts.lossy.held = [];
    for (let step = 1; step <= 3; step++) {
      picture.box(16 * step, 32, 20 * step);
      parts.session.sendFrame({ data: picture.data, shape: [HEIGHT, WIDTH] });
    }
    const finish = async (): Promise<void> => {
      const { held = [] } = parts.lossy;
      parts.lossy.held = undefined;
      for (const encoding of held) encoding.finish();
      await parts.settle();
    };
    return { ...parts, picture, finish };
  }

  it("gives way to one that is drawn later", async () => {
    // A link so slow that four frames may be in flight, more than the encoder is given by sendFrame.
    const { picture, session, finish, draw, screen } = await waiting({ latency: 0.1 });
    picture.box(96, 96, 7);
    await draw();
    await finish();
    expect(screen.pixels).toEqual(picture.data);
    expect(session.lastFrame?.data).toEqual(picture.data);
    expect(session.stats).toMatchObject({ replaced_frames: 1 });
  });

  it("gives way to one that a snapshot drew later", async () => {
    const { picture, session, finish } = await waiting();
    picture.box(96, 96, 7);
    void session.snapshot();
    await finish();
    expect(session.lastFrame?.data).toEqual(picture.data);
    expect(session.stats).toMatchObject({ replaced_frames: 1 });
  });

  it("is let go with the others when the view is closed", async () => {
    const { session, finish } = await waiting();
    session.emitEvent(withBothNames({ type: "close", timestamp: 0 }));
    await finish();
    expect(session.lastFrame).toBeUndefined();
  });
});

describe("an animation whose frames do not change", () => {
  it("that sends them itself is drawn 60 times a second too", async () => {
    const picture = canvas();
    let draws = 0;
    const { acknowledge, show, session, settle, clock } = setUp(
      {
        get_frame: () => {
          draws += 1;
          session.requestDraw();
          session.sendFrame({ data: picture.data, shape: [HEIGHT, WIDTH] });
          return null;
        },
      },
      { quality: 100 },
    );
    await show(PATCHES);
    await acknowledge(1);
    const before = draws;
    for (let frame = 0; frame < 60; frame++) {
      clock.advance(1 / 60);
      await settle();
    }
    expect(draws - before).toBe(60);
  });

  it("sends its picture again when the receipt is overdue", async () => {
    const picture = canvas();
    const { show, session, settle, clock, shown } = setUp(
      {
        get_frame: () => {
          session.requestDraw();
          return { data: picture.data, shape: [HEIGHT, WIDTH] };
        },
      },
      { quality: 100 },
    );
    await show(PATCHES);
    for (let frame = 0; frame < 1.9 * 60; frame++) {
      clock.advance(1 / 60);
      await settle();
    }
    expect(shown).toHaveLength(1);
    for (let frame = 0; frame < 0.2 * 60; frame++) {
      clock.advance(1 / 60);
      await settle();
    }
    expect(shown).toHaveLength(2);
  });
});

describe("base64", () => {
  it("is used only where binary buffers are not, and is counted", async () => {
    const { show, shown, session } = setUp({}, { _use_websocket: false });
    await show(PATCHES);
    expect(shown[0]).toMatchObject({ buffers: [] });
    expect(shown[0]?.message.data_b64).toBe("data:image/jpeg;base64,AQ==");
    expect(session.stats).toMatchObject({ b64_frames: 1, sent_bytes: 1 });
  });

  it("is used for parts too if the view asks for it", async () => {
    const picture = canvas();
    const { clock, draw, session, shown, view } = setUp(picture.source);
    session.setVisible(true);
    view.send({ type: "hello", version: 1, accepts: PATCHES, base64: true });
    await clock.settle();
    picture.box(32, 48, 200);
    await draw();
    const [whole, part] = shown;
    expect(whole?.message.data_b64).toMatch(/^data:image\/jpeg;base64,/);
    expect(part?.message).toMatchObject({
      base: 1,
      patches: [[32, 48, 16, 16]],
      data_b64: [Buffer.alloc(256, 200).toString("base64")],
    });
    expect(part?.buffers).toEqual([]);
    expect(session.stats).toMatchObject({ b64_frames: 2, patch_frames: 1 });
  });
});
