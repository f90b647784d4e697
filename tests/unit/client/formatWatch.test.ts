import { describe, expect, it, vi } from "vitest";
import { FormatWatch } from "../../../src/client/worker/formatWatch";
import { fakeTimers } from "../picture/frames";

function start(video: boolean) {
  const { clock, timers } = fakeTimers();
  const onIgnored = vi.fn();
  const watch = new FormatWatch(timers, onIgnored);
  watch.noteFrame(video, false);
  return { clock, watch, onIgnored };
}

describe("a change between images and video", () => {
  it.each([
    ["images only, of a stream with video", true, true],
    ["video too, of a stream with images", false, false],
  ])("is ignored when nothing follows within 2 s: %s", (_name, video, imageOnly) => {
    const { clock, watch, onIgnored } = start(video);
    watch.change(imageOnly);
    watch.noteFrame(video, imageOnly);
    clock.advance(1.9);
    expect(onIgnored).not.toHaveBeenCalled();
    clock.advance(0.1);
    expect(onIgnored).toHaveBeenCalledOnce();
    expect(clock.pending).toBe(0);
  });

  it("is followed when the server answers the hello", () => {
    const { clock, watch, onIgnored } = start(true);
    watch.change(true);
    watch.settle();
    clock.advance(60);
    expect(onIgnored).not.toHaveBeenCalled();
  });

  it("is followed when video arrives that was asked for", () => {
    const { clock, watch, onIgnored } = start(false);
    watch.change(false);
    watch.noteFrame(true, false);
    clock.advance(60);
    expect(onIgnored).not.toHaveBeenCalled();
  });

  it.each([
    ["images only, of a stream with images", false, true],
    ["video too, of a stream with video", true, false],
  ])("is not awaited when the stream has the format already: %s", (_name, video, imageOnly) => {
    const { clock, watch } = start(video);
    watch.change(imageOnly);
    expect(clock.pending).toBe(0);
  });

  it("is not awaited when another connection begins, or the watch is disposed", () => {
    for (const end of ["restart", "dispose"] as const) {
      const { clock, watch } = start(true);
      watch.change(true);
      watch[end]();
      expect(clock.pending).toBe(0);
    }
  });
});
