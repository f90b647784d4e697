import { describe, expect, it } from "vitest";
import type { PictureStatistics } from "../../../../src/view/pictureStatistics";
import { statisticsRows } from "../../../../src/view/toolbar/statisticsTable";

const NOTHING: PictureStatistics = {
  framesReceived: 0,
  framesShown: 0,
  fps: 0,
  bytesReceived: 0,
  codec: undefined,
  width: 0,
  height: 0,
  roundTripMs: undefined,
  stages: {
    event: undefined,
    draw: undefined,
    encode: undefined,
    way: undefined,
    decode: undefined,
    paint: undefined,
  },
};

function table(
  statistics: Partial<PictureStatistics>,
  bytesPerSecond?: number,
): Record<string, string> {
  const rows = statisticsRows({ ...NOTHING, ...statistics }, bytesPerSecond, (text) => text);
  return Object.fromEntries(rows);
}

describe("the table of statistics", () => {
  it("has a dash for what isn't known", () => {
    expect(table({})).toEqual({
      "Frames shown / received": "0 / 0",
      "Frames per second": "0",
      Codec: "–",
      Size: "–",
      Received: "0 B",
      Ping: "–",
      "Event to source": "–",
      Draw: "–",
      Encode: "–",
      "Frame to page": "–",
      Decode: "–",
      Paint: "–",
      "Event to picture": "–",
    });
  });

  it("adds up the stages that are known", () => {
    const stages = { event: 1, draw: 2, encode: 3.5, way: 4, decode: undefined, paint: 0.25 };
    expect(table({ stages })).toMatchObject({
      "Event to source": "1.0 ms",
      Encode: "3.5 ms",
      Decode: "–",
      "Event to picture": "10.8 ms",
    });
  });

  it.each([
    [999, 125, "999 B, 1.0 kbit/s"],
    [1_000, 0, "1.0 kB, 0 bit/s"],
    [12_345_678, 1_250_000, "12.3 MB, 10.0 Mbit/s"],
    [5e15, undefined, "5000.0 TB"],
  ])("writes %d bytes at %s a second as %s", (bytesReceived, rate, text) => {
    expect(table({ bytesReceived }, rate)["Received"]).toBe(text);
  });

  it("is in the user's language", () => {
    const [[name] = []] = statisticsRows(NOTHING, undefined, (text) => text.toUpperCase());
    expect(name).toBe("FRAMES SHOWN / RECEIVED");
  });
});
