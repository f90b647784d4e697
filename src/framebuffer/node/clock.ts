import type { Clock } from "../runtime";

/** Node's clocks and timers. */
export const nodeClock: Clock = {
  now: () => Date.now() / 1000,
  monotonic: () => performance.now() / 1000,
  defer(callback) {
    const handle = setImmediate(callback);
    return { dispose: () => clearImmediate(handle) };
  },
  delay(seconds, callback) {
    const handle = setTimeout(callback, seconds * 1000);
    return { dispose: () => clearTimeout(handle) };
  },
};
