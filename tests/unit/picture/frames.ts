import type { Timers } from "../../../src/picture/index";
import type {
  ImageFrameMessage,
  PatchFrameMessage,
  VideoFrameMessage,
} from "../../../src/protocol/messages";
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
  return { ...image(index), base, patches: [[0, 0, 1, 1]] };
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

/** Timers on a clock that the test advances. */
export function fakeTimers(): { clock: FakeClock; timers: Timers } {
  const clock = new FakeClock();
  return { clock, timers: { after: (ms, callback) => clock.delay(ms / 1000, callback) } };
}
