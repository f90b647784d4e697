import { describe, expect, it } from "vitest";
import { EMPTY_STATS, type Stats } from "../../../src/client/index";
import { BitRate, bitRateText, roleText, statsTexts, tokenIn } from "../../../src/demo/texts";

describe("the statistics", () => {
  it("show what is not known yet", () => {
    expect(Object.fromEntries(statsTexts(EMPTY_STATS, 0))).toEqual({
      "Frame rate": "0 frames/s",
      Format: "none yet",
      "Frame size": "none yet",
      "Round trip": "unknown",
      "Bit rate": "0 kbit/s",
      Encoding: "unknown",
      Dropped: "0",
    });
  });

  it("have units", () => {
    const stats: Stats = {
      ...EMPTY_STATS,
      ...{ fps: 30, frameWidth: 1280, frameHeight: 720, framesDropped: 2, serverDropped: 3 },
      ...{ serverRttMs: 2.345, serverEncodeMs: 11, codec: "avc1.42E01F" },
      transport: "webcodecs",
    };
    expect(statsTexts(stats, 3_456_000).map(([, text]) => text)).toEqual([
      ...["30 frames/s", "H.264 video", "1280 × 720", "2.3 ms", "3.5 Mbit/s", "11.0 ms", "5"],
    ]);
    expect(bitRateText(999_400)).toBe("999 kbit/s");
  });

  it.each([
    ["image", "image/jpeg", "JPEG images"],
    ["webcodecs", "vp09.00.31.08", "VP9 video"],
    ["webcodecs", "av01.0", "av01.0 video"],
  ] as const)("name %s %s", (transport, codec, text) => {
    const stats = { ...EMPTY_STATS, transport, codec, frameWidth: 1, frameHeight: 1 };
    expect(statsTexts(stats, 0)[1]).toEqual(["Format", text]);
  });
});

describe("who drives", () => {
  const role = { drives: false, mayDrive: true, hasDriver: true, asks: false, asking: [] };
  it.each([
    [{ drives: true }, "You drive."],
    [{ drives: true, asking: ["a"] }, "You drive. A viewer asks to."],
    [{ drives: true, asking: ["a", "b"] }, "You drive. 2 viewers ask to."],
    [{}, "Another viewer drives."],
    [{ asks: true }, "Another viewer drives. You have asked."],
    [{ hasDriver: false }, "Nobody drives."],
    [{ hasDriver: false, mayDrive: false }, "You can look, but not drive."],
  ])("%o is said", (fields, text) => {
    expect(roleText({ ...role, ...fields })).toBe(text);
  });
});

describe("the bit rate", () => {
  it("is that of the last two seconds", () => {
    const rate = new BitRate();
    expect(rate.add(0, 0)).toBe(0);
    expect(rate.add(1000, 1000)).toBe(8000);
    expect(rate.add(2000, 2000)).toBe(8000);
    expect(rate.add(3000, 5000)).toBe(16000);
    expect(rate.add(4000, 5000)).toBe(12000);
    expect(rate.add(5000, 5000)).toBe(0);
  });

  it("restarts when the count does", () => {
    const rate = new BitRate();
    rate.add(0, 5000);
    rate.add(1000, 9000);
    expect(rate.add(2000, 10)).toBe(0);
    expect(rate.add(3000, 1010)).toBe(8000);
  });
});

describe("the token of the address", () => {
  it.each([
    ["#token=a%20b", "a b"],
    ["#x=1&token=t", "t"],
    ["#token=", undefined],
    ["#other", undefined],
    ["", undefined],
  ])("is read from %j", (fragment, token) => {
    expect(tokenIn(fragment)).toBe(token);
  });
});
