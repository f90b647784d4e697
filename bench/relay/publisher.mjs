/** Publishes a stream of pictures to NATS at a steady rate, and says on the IPC channel what that costs. */
import { createRequire } from "node:module";
import { at } from "../../scripts/lib/paths.mjs";
import { pictures } from "../lib/pictures.mjs";

const require = createRequire(import.meta.url);
const { serve } = require(at("lib", "server", "index.js"));
const { nats, width, height, fps, picture, options } = JSON.parse(process.argv[2] ?? "{}");
const frames = pictures(picture, width, height);
const display = await serve(width, height, {
  ...{ port: 0, nats, name: "bench", fps, still_after: null },
  ...options,
});

let published = 0;
const began = performance.now();
function publish() {
  display.publish({ data: frames[published % frames.length], shape: [height, width, 3] });
  published += 1;
  // By the clock, so that a late frame does not make all others late.
  setTimeout(publish, Math.max(0, began + (published * 1000) / fps - performance.now()));
}
publish();

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({
    published,
    cpuMs: (user + system) / 1000,
    viewers: display.client_count,
    at: performance.now(),
  });
});
process.send?.({ url: display.ws_url });
