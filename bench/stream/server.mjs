/** Serves one stream of pictures at a steady rate in a process of its own, as viewers.mjs says on the IPC channel. */
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { at } from "../../scripts/lib/paths.mjs";
import { pictures } from "../lib/pictures.mjs";

setFlagsFromString("--expose_gc");
/** @type {() => void} */
const collectGarbage = runInNewContext("gc");

const require = createRequire(import.meta.url);
const { serve } = require(at("lib", "server", "index.js"));
const [codec, width, height, fps] = process.argv.slice(2);
const size = { width: Number(width), height: Number(height) };
const frames = pictures("scene", size.width, size.height);
const display = await serve(size.width, size.height, {
  port: 0,
  codec,
  fps: Number(fps),
  still_after: null,
});

let published = 0;
const began = performance.now();
function publish() {
  const data = frames[published % frames.length];
  display.publish({ data, shape: [size.height, size.width, 3] });
  published += 1;
  // By the clock, so that a late frame does not make all others late.
  const due = began + (published * 1000) / Number(fps);
  setTimeout(publish, Math.max(0, due - performance.now()));
}
publish();

process.on("message", (/** @type {{ collect?: boolean }} */ { collect }) => {
  if (collect === true) collectGarbage();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({
    published,
    cpuMs: (user + system) / 1000,
    rss,
    heapUsed,
    external,
    handles: process.getActiveResourcesInfo().length,
    at: performance.now(),
    metrics: display.metrics(),
  });
});
process.send?.({ url: display.ws_url });
