/** Viewers that read the header of each frame, acknowledge it and decode nothing, all in one process. */
import { createRequire } from "node:module";
import { at } from "../../scripts/lib/paths.mjs";

/** Latencies that are kept, at most. */
const SAMPLES = 20_000;

/** Viewers that connect at the same time. */
const AT_ONCE = 50;

const require = createRequire(at("package.json"));
const { WebSocket } = require("ws");
const [url = "", count = "1", supported = ""] = process.argv.slice(2);
const frames = Array.from({ length: Number(count) }, () => 0);
/** @type {number[]} milliseconds from when a frame's encoding began until it was here */
let latencies = [];

/** @param {number} viewer
 * @returns {Promise<void>} once it is connected */
function connect(viewer) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const hello = { type: "hello", supported: supported.split(","), device_pixel_ratio: 1 };
  socket.on("message", (/** @type {Buffer} */ data, /** @type {boolean} */ isBinary) => {
    if (!isBinary) return;
    const header = JSON.parse(data.subarray(4, 4 + data.readUInt32LE(0)).toString());
    frames[viewer] = (frames[viewer] ?? 0) + 1;
    if (latencies.length < SAMPLES) {
      latencies.push(performance.timeOrigin + performance.now() - header.timestamp_us / 1000);
    }
    const { seq } = header;
    socket.send(JSON.stringify({ type: "ack", seq, decode_queue_size: 0, displayed: true }));
  });
  socket.on("close", () => process.exit(1));
  return new Promise((resolve) => {
    socket.on("open", () => {
      socket.send(JSON.stringify(hello));
      resolve();
    });
  });
}

process.on("message", () => {
  process.send?.({ frames, latencies });
  latencies = [];
});
for (let viewer = 0; viewer < frames.length; viewer += AT_ONCE) {
  await Promise.all(frames.slice(viewer, viewer + AT_ONCE).map((_, i) => connect(viewer + i)));
}
process.send?.({ ready: true });
