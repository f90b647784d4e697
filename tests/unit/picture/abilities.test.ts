import { describe, expect, it } from "vitest";
import { probeAbilities, startProbing } from "../../../src/picture/abilities";
import { fakeTimers } from "./frames";

const yes = (): Promise<boolean> => Promise.resolve(true);
const never = (): Promise<boolean> => new Promise(() => undefined);

describe("what a browser can show", () => {
  it("is everything that it confirms", async () => {
    const { timers, clock } = fakeTimers();
    const found = await probeAbilities({ isImageSupported: yes, isVideoSupported: yes, timers });
    expect(found).toEqual(["webp", "patches", "atlas", "ping", "h264", "vp9"]);
    expect(clock.pending).toBe(0);
  });

  it("is a codec only where large pictures can be decoded too", async () => {
    const { timers } = fakeTimers();
    const isVideoSupported = (codec: string): Promise<boolean> =>
      Promise.resolve(codec !== "avc1.640028");
    const found = await probeAbilities({ isImageSupported: yes, isVideoSupported, timers });
    expect(found).toEqual(["webp", "patches", "atlas", "ping", "vp9"]);
  });

  it("excludes whatever fails, in whichever way", async () => {
    const { timers } = fakeTimers();
    const found = await probeAbilities({
      isImageSupported: () => Promise.reject(new Error("InvalidStateError")),
      isVideoSupported: () => {
        throw new ReferenceError("VideoDecoder is not defined");
      },
      timers,
    });
    expect(found).toEqual(["patches", "atlas", "ping"]);
  });

  it("excludes whatever is not answered within a second", async () => {
    const { timers, clock } = fakeTimers();
    const probing = probeAbilities({ isImageSupported: yes, isVideoSupported: never, timers });
    await clock.settle();
    clock.advance(1);
    expect(await probing).toEqual(["webp", "patches", "atlas", "ping"]);
  });

  it("is patches only, until the answers arrive", async () => {
    const { timers } = fakeTimers();
    const abilities = startProbing({ isImageSupported: yes, isVideoSupported: yes, timers });
    expect(abilities.current).toEqual(["patches", "atlas", "ping"]);
    await abilities.known;
    expect(abilities.current).toEqual(["webp", "patches", "atlas", "ping", "h264", "vp9"]);
  });
});
