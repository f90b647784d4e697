/** Publishes numbered pictures by this package's server, as theirs.py does by pdum.rfb's: JSON lines on stdin, answers on stdout. */
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { at } from "../../scripts/lib/paths.mjs";

const require = createRequire(import.meta.url);
const { serve } = require(at("lib", "server", "index.js"));
/** @type {any} */
let display;
/** @type {NodeJS.Timeout | undefined} */
let timer;
/** @type {number[]} by number, in milliseconds since the epoch */
let published = [];
/** @type {Uint8Array[]} */
let pictures = [];

/** @type {Record<string, (task: any) => unknown>} */
const tasks = {
  async serve({ files, width, height, fps, video }) {
    pictures = files.map((/** @type {string} */ file) => new Uint8Array(readFileSync(file)));
    display = await serve(width, height, { port: 0, fps, has_h264: video, still_after: null });
    return { url: display.ws_url };
  },
  publish({ width, height, fps }) {
    published = [];
    const began = performance.now();
    const next = () => {
      const n = published.length;
      const data = /** @type {Uint8Array} */ (pictures[n % pictures.length]);
      published.push(performance.timeOrigin + performance.now());
      // The probe in the page tells frames by this.
      display.publish({ data, shape: [height, width, 3] }, { pixel_ratio: 1 + n / 10_000 });
      timer = setTimeout(next, began + ((n + 1) * 1000) / fps - performance.now());
    };
    next();
    return {};
  },
  stop() {
    clearTimeout(timer);
    return { published };
  },
  async end() {
    await display.close();
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { task, ...rest } = JSON.parse(line);
  console.log(JSON.stringify(await tasks[task]?.(rest)));
}
