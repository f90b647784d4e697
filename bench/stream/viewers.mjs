/** Viewers that acknowledge each frame and decode none, all in one process. */
import { createRequire } from "node:module";
import { at } from "../../scripts/lib/paths.mjs";

const require = createRequire(at("package.json"));
const { WebSocket } = require("ws");
const [url = "", count = "1", supported = ""] = process.argv.slice(2);
const frames = Array.from({ length: Number(count) }, () => 0);
frames.forEach((_, at) => {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on("open", () => {
    const hello = { type: "hello", supported: supported.split(","), device_pixel_ratio: 1 };
    socket.send(JSON.stringify(hello));
  });
  socket.on("message", (/** @type {Buffer} */ data, /** @type {boolean} */ isBinary) => {
    if (!isBinary) return;
    const { seq } = JSON.parse(data.subarray(4, 4 + data.readUInt32LE(0)).toString());
    frames[at] = (frames[at] ?? 0) + 1;
    socket.send(JSON.stringify({ type: "ack", seq, decode_queue_size: 0, displayed: true }));
  });
  socket.on("close", () => process.exit(1));
});
process.on("message", () => process.send?.({ frames }));
process.send?.({ ready: true });
