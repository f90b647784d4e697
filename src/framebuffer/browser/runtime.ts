import { toBase64 } from "../../protocol/base64";
import { BrowserEncoders } from "../encoders/browser/browserEncoders";
import { createWebCodecsEncoder } from "../encoders/browser/createWebCodecsEncoder";
import type { Runtime } from "../runtime";
import { compareMemory } from "./compareMemory";

/**
 * A web page's or a web worker's clocks, timers, memory and encoders. Memory isn't shared: most
 * pages may not share it, and nothing here would profit.
 */
export const browserRuntime: Runtime = {
  now: () => Date.now() / 1000,
  monotonic: () => performance.now() / 1000,
  defer(callback) {
    // A timer would wait for 4 ms, and for a second in a hidden page.
    const { port1, port2 } = new MessageChannel();
    const close = (): void => port1.close();
    port1.onmessage = () => {
      close();
      callback();
    };
    port2.postMessage(undefined);
    return { dispose: close };
  },
  delay(seconds, callback) {
    const handle = setTimeout(callback, seconds * 1000);
    return { dispose: () => clearTimeout(handle) };
  },
  allocate: (byteLength) => new Uint8Array(byteLength),
  compare: compareMemory,
  toBase64,
  acquireImageEncoders: () => new BrowserEncoders(browserRuntime),
  createVideoEncoder: createWebCodecsEncoder,
};
