import type { AnimationFrames, Timers } from "../../../src/picture/index";
import type {
  ImageFrameMessage,
  PatchFrameMessage,
  VideoFrameMessage,
} from "../../../src/protocol/messages";
import type { Disposable } from "../../../src/protocol/transport";
import { FakeClock } from "../../support/fakeClock";

/** A whole image. */
export function image(index: number): ImageFrameMessage {
  return {
    type: "framebufferdata",
    mimetype: "image/png",
    data_b64: null,
    index,
    timestamp: index,
  };
}

/** One patch over a frame. */
export function patches(index: number, base = index - 1): PatchFrameMessage {
  return { ...image(index), data_b64: null, base, patches: [[0, 0, 1, 1]] };
}

/** A key chunk. */
export function key(index: number, codec = "avc1.42E01F"): VideoFrameMessage {
  return {
    type: "framebufferdata",
    mimetype: codec.startsWith("vp09") ? "video/vp9" : "video/h264",
    data_b64: null,
    index,
    timestamp: index,
    chunk: "key",
    codec,
    width: 2,
    height: 2,
    visible_width: 2,
    visible_height: 2,
  };
}

/** A delta chunk. */
export function delta(index: number, base = index - 1, codec?: string): VideoFrameMessage {
  return { ...key(index, codec), chunk: "delta", base };
}

/** Milliseconds from one frame of a {@link fakeScreen} to the next. */
export const SCREEN_MS = 16;

/** A screen that shows frames at fixed times, while it is on. */
export function fakeScreen(clock: FakeClock): { frames: AnimationFrames; isOn: boolean } {
  const screen = {
    isOn: true,
    frames: {
      request: (callback: (time: number) => void) => {
        let timer: Disposable;
        const wait = (): void => {
          const now = clock.monotonic() * 1000;
          const next = (Math.floor(now / SCREEN_MS + 1e-6) + 1) * SCREEN_MS;
          timer = clock.delay((next - now) / 1000, () => (screen.isOn ? callback(next) : wait()));
        };
        wait();
        return { dispose: () => timer.dispose() };
      },
    },
  };
  return screen;
}

/** Timers on a clock that the test advances. */
export function fakeTimers(): { clock: FakeClock; timers: Timers } {
  const clock = new FakeClock();
  return { clock, timers: { after: (ms, callback) => clock.delay(ms / 1000, callback) } };
}
