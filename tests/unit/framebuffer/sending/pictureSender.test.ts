import { describe, expect, it } from "vitest";
import { FrameLedger } from "../../../../src/framebuffer/pacing/frameLedger";
import { LOSSLESS_DELAY } from "../../../../src/framebuffer/pacing/losslessRedraw";
import { LinkEstimate } from "../../../../src/framebuffer/planning/linkEstimate";
import { PictureSender } from "../../../../src/framebuffer/sending/pictureSender";
import { DEFAULT_SETTINGS, type SessionSettings } from "../../../../src/framebuffer/settings";
import type { RawFrame } from "../../../../src/framebuffer/source/frame";
import { FrameStatistics } from "../../../../src/framebuffer/stats";
import type { FrameMessage } from "../../../../src/protocol/messages";
import { FakeClock, runtimeWith } from "../../../support/fakeClock";
import { FakeEncoder, fakeEncoders, FakeVideoEncoder, raw } from "../../../support/sessionHarness";

/** A gray frame of 64 x 64 pixels, with one pixel of another value. */
function spotted(value: number, spot = 0): RawFrame {
  const data = new Uint8Array(64 * 64).fill(value);
  data[spot] = 255;
  return { data, width: 64, height: 64, channels: 1 };
}

function setUp(chosen: Partial<SessionSettings> = {}) {
  const clock = new FakeClock();
  const settings = { ...DEFAULT_SETTINGS, ...chosen };
  const lossy = new FakeEncoder("image/jpeg", clock);
  const lossless = new FakeEncoder("image/png", clock);
  const ledger = new FrameLedger({ maxInFlight: () => 2, onChange: () => undefined });
  const link = new LinkEstimate();
  const statistics = new FrameStatistics();
  ledger.observe(statistics);
  ledger.observe(link);
  const sent: FrameMessage[] = [];
  const pictures: (number | undefined)[] = [];
  const reports: string[] = [];
  const videos: FakeVideoEncoder[] = [];
  const state = { isOpen: true, maySendStill: true };
  const picture = new PictureSender({
    transport: {
      send: (message) => {
        if (!state.isOpen) throw new Error("closed");
        if (message.type !== "ping") sent.push(message);
      },
    },
    settings,
    runtime: runtimeWith(clock),
    ledger,
    link,
    statistics,
    encoders: fakeEncoders(lossy, lossless),
    createVideoEncoder: (codec) => {
      const video = new FakeVideoEncoder(codec);
      videos.push(video);
      return Promise.resolve(video);
    },
    isDrawWanted: () => false,
    maySendStill: () => state.maySendStill,
    onPicture: ({ data }) => pictures.push(data[0]),
    report: (error, during) => reports.push(`${during}: ${(error as Error).message}`),
  });
  const forms = (): string[] =>
    sent.map((message) => {
      const form = "patches" in message ? "patches" : "chunk" in message ? message.chunk : "image";
      return `${form} ${message.mimetype.split("/")[1] ?? ""}`;
    });
  return {
    clock,
    forms,
    ledger,
    lossless,
    lossy,
    picture,
    pictures,
    reports,
    sent,
    state,
    statistics,
    videos,
    settle: () => clock.settle(),
  };
}

describe("showing the newest picture", () => {
  it("sends a frame whole, then what changes, and nothing for an equal one", async () => {
    const { forms, picture, pictures, settle, statistics } = setUp();
    picture.newView(["patches"]);
    expect(picture.show(spotted(1))).toBe(true);
    await settle();
    expect(picture.show(spotted(1, 2000))).toBe(true);
    await settle();
    expect(picture.show(spotted(1, 2000))).toBe(false);
    await settle();
    expect(forms()).toEqual(["image jpeg", "patches jpeg"]);
    expect(pictures).toEqual([255, 1]);
    expect(statistics.get()).toMatchObject({ sent_frames: 2, unchanged_frames: 1 });
  });

  it("copies the user's pixels before it returns", async () => {
    const { picture, sent, settle } = setUp();
    const frame = raw(5);
    picture.show(frame);
    frame.data[0] = 9;
    await settle();
    expect(picture.frame?.data[0]).toBe(5);
    expect(sent).toHaveLength(1);
  });

  it("sends what is lossy without loss after a time of quiet, when it may", async () => {
    const { clock, forms, picture, settle, state } = setUp();
    picture.newView(["patches"]);
    picture.show(spotted(1));
    await settle();
    state.maySendStill = false;
    clock.advance(LOSSLESS_DELAY);
    await settle();
    expect(forms()).toEqual(["image jpeg"]);
    expect(picture.retryStill()).toBe(false);
    state.maySendStill = true;
    expect(picture.retryStill()).toBe(true);
    await settle();
    expect(forms()).toEqual(["image jpeg", "image png"]);
  });

  it("sends the newest of the frames that are pushed while the encoder is busy", async () => {
    const { lossy, picture, pictures, settle, statistics } = setUp();
    lossy.held = [];
    for (const value of [1, 2, 3, 4, 5]) picture.push(raw(value));
    await settle();
    expect(pictures).toEqual([1, 2]);
    lossy.held[0]?.finish();
    await settle();
    expect(pictures).toEqual([1, 2, 5]);
    expect(statistics.get().replaced_frames).toBe(2);
  });

  it("counts a pushed frame that waits as in flight, and drops it for a drawn one", async () => {
    const { ledger, lossy, picture, pictures, settle, statistics } = setUp();
    lossy.held = [];
    for (const value of [1, 2, 3]) picture.push(raw(value));
    expect(ledger.inFlight).toBe(3);
    picture.show(raw(4));
    expect(ledger.inFlight).toBe(3);
    for (let at = 0; at < 3; at++) {
      await settle();
      lossy.held[at]?.finish();
    }
    await settle();
    expect(pictures).toEqual([1, 2, 4]);
    expect(statistics.get().replaced_frames).toBe(1);
  });

  it("keeps a snapshot's frame back until it is to be shown", async () => {
    const { forms, picture, settle } = setUp();
    picture.keep(raw(3));
    await settle();
    expect(forms()).toEqual([]);
    picture.showKept();
    picture.showKept();
    await settle();
    expect(forms()).toEqual(["image jpeg"]);
  });
});

describe("a view that lacks a frame", () => {
  it("gets the file of the newest picture once more, encoded once", async () => {
    const { forms, lossy, picture, sent, settle } = setUp();
    picture.show(raw(1));
    await settle();
    picture.newView([]);
    await settle();
    expect(forms()).toEqual(["image jpeg", "image jpeg"]);
    expect(sent.map(({ index }) => index)).toEqual([1, 2]);
    expect(lossy.qualities).toHaveLength(1);
  });

  it("gets the frame that is being encoded in its turn, if it stands alone", async () => {
    const { forms, lossy, picture, settle } = setUp();
    lossy.held = [];
    picture.show(raw(1));
    picture.viewLacksFrame();
    await settle();
    lossy.held[0]?.finish();
    await settle();
    expect(forms()).toEqual(["image jpeg"]);
  });

  it("gets the whole picture instead of patches that it cannot use", async () => {
    const { forms, lossy, picture, settle } = setUp();
    picture.newView(["patches"]);
    picture.show(spotted(1));
    await settle();
    lossy.held = [];
    picture.show(spotted(1, 2000));
    await settle();
    picture.viewLacksFrame();
    lossy.held.forEach((held) => held.finish());
    lossy.held = undefined;
    await settle();
    expect(forms()).toEqual(["image jpeg", "image jpeg"]);
  });

  it("gets one whole picture in a quarter of a second, however often it asks", async () => {
    const { clock, forms, picture, settle } = setUp({ still_after: null });
    picture.show(raw(1));
    await settle();
    for (let time = 0; time < 10; time++) picture.viewLacksFrame();
    await settle();
    expect(forms()).toHaveLength(2);
    clock.advance(0.25);
    await settle();
    // It asked again after the second one was sent.
    expect(forms()).toHaveLength(3);
    clock.advance(1);
    await settle();
    expect(forms()).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  it("gets an image where a chunk of video cannot be encoded", async () => {
    const { forms, picture, reports, settle, videos } = setUp({ codec: "h264" });
    picture.newView(["h264"]);
    picture.show(raw(1));
    await settle();
    const [video] = videos;
    if (video !== undefined) video.encode = () => Promise.reject(new Error("too large"));
    picture.show(raw(2));
    await settle();
    expect(forms()).toEqual(["image jpeg", "image jpeg"]);
    expect(reports).toEqual(["encode: too large"]);
  });
});

describe("a picture that could not be sent", () => {
  it("is sent again when it rests", async () => {
    const { clock, forms, picture, settle, state } = setUp({ quality: 100 });
    picture.show(raw(1));
    await settle();
    state.isOpen = false;
    picture.show(raw(2));
    await settle();
    state.isOpen = true;
    expect(forms()).toEqual(["image png"]);
    clock.advance(LOSSLESS_DELAY);
    await settle();
    expect(forms()).toEqual(["image png", "image png"]);
    expect(picture.frame?.data[0]).toBe(2);
  });
});

describe("an end", () => {
  it("releases picture, encoders and timers, and sends nothing more", async () => {
    const { clock, forms, ledger, lossy, picture, settle } = setUp();
    lossy.held = [];
    for (const value of [1, 2, 3]) picture.push(raw(value));
    await settle();
    picture.dispose();
    picture.dispose();
    lossy.held.forEach((held) => held.finish());
    await settle();
    expect(picture.frame).toBeUndefined();
    expect([forms(), ledger.inFlight, clock.pending]).toEqual([[], 0, 0]);
  });

  it("of a stream's picture cancels the lossless redraw", async () => {
    const { clock, forms, picture, settle } = setUp();
    picture.show(raw(1));
    await settle();
    picture.forget();
    clock.advance(10);
    await settle();
    expect(forms()).toEqual(["image jpeg"]);
  });
});
