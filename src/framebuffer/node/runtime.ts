import { acquireImageEncoders } from "../encoders/image/workerEncoders";
import { createVideoEncoder } from "../encoders/video/videoEncoders";
import type { Runtime } from "../runtime";
import { asBuffer } from "./asBuffer";
import { sharedMemory } from "./sharedMemory";

/** Node's clocks, timers, memory and encoders. */
export const nodeRuntime: Runtime = {
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
  allocate: sharedMemory,
  compare(one, other) {
    // The C library compares memory in a fifth of the time that a loop over words takes.
    const [left, right] = [asBuffer(one), asBuffer(other)];
    return (begin, end) => left.compare(right, begin, end, begin, end) !== 0;
  },
  toBase64: (bytes) => asBuffer(bytes).toString("base64"),
  acquireImageEncoders,
  createVideoEncoder,
};
