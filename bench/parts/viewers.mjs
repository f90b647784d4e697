/** One stream and many viewers: what each costs the server, and how many frames arrive. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { at } from "../../scripts/lib/paths.mjs";
import { median } from "../lib/statistics.mjs";

const [WIDTH, HEIGHT, FPS] = [1280, 720, 30];
const COUNTS = [1, 4, 16, 64];
const CODECS = /** @type {const} */ ([
  ["jpeg", "image/jpeg,image/png"],
  ["h264", "image/jpeg,image/png,webcodecs/h264-annexb"],
]);
const MEGA = 2 ** 20;

/** @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<any>} */
async function ask(child) {
  const answer = once(child, "message");
  child.send({});
  return (await answer)[0];
}

/** @param {string} codec
 * @param {string} supported
 * @param {number} count
 * @param {number} seconds */
async function measure(codec, supported, count, seconds) {
  const server = fork(at("bench/stream/server.mjs"), [codec, WIDTH, HEIGHT, FPS].map(String));
  let viewers;
  try {
    const [{ url }] = await once(server, "message");
    await sleep(500);
    const alone = await ask(server);
    viewers = fork(at("bench/stream/viewers.mjs"), [url, String(count), supported]);
    await once(viewers, "message");
    // Until all have joined and the encoder is there.
    await sleep(4000);
    const before = await ask(server);
    const framesBefore = (await ask(viewers)).frames;
    await sleep(seconds * 1000);
    const after = await ask(server);
    const framesAfter = (await ask(viewers)).frames;
    const published = after.published - before.published;
    const delivered = framesAfter.map(
      (/** @type {number} */ frames, /** @type {number} */ viewer) =>
        (frames - framesBefore[viewer]) / published,
    );
    const elapsed = after.at - before.at;
    const bytes = after.metrics.reduce(
      (/** @type {number} */ sum, /** @type {any} */ one) => sum + one.bitrate_bps / 8,
      0,
    );
    return {
      published: published / (elapsed / 1000),
      delivered: median(delivered),
      least: Math.min(...delivered),
      cpu: (after.cpuMs - before.cpuMs) / elapsed,
      memory: (after.rss - alone.rss) / MEGA,
      rss: after.rss / MEGA,
      rtt: median(after.metrics.map((/** @type {any} */ one) => one.rtt_ms)),
      megabytes: bytes / 1e6,
    };
  } finally {
    viewers?.kill();
    server.kill();
  }
}

/** @param {import("../run.mjs").BenchContext} context */
export async function run({ rounds, quick, say }) {
  const data = [];
  for (const [codec, supported] of CODECS) {
    for (const count of quick ? [1, 16] : COUNTS) {
      say(`${codec}: ${count} viewers`);
      const runs = [];
      for (let round = 0; round < Math.min(rounds, 3); round += 1) {
        runs.push(await measure(codec, supported, count, quick ? 4 : 10));
      }
      data.push({ codec, count, runs });
    }
  }
  return {
    data,
    tables: [
      {
        title: `One stream of ${WIDTH} x ${HEIGHT} at ${FPS} frames a second, scene, and its viewers`,
        columns: [
          "codec, viewers",
          "published /s",
          "delivered %",
          "least %",
          "server CPU %",
          "CPU % per viewer",
          "memory MiB per viewer",
          "round trip ms",
          "MB/s in all",
        ],
        rows: data.map(({ codec, count, runs }) => {
          /** @param {(run: typeof runs[number]) => number} of */
          const mid = (of) => median(runs.map(of));
          return [
            `${codec}, ${count}`,
            mid((run) => run.published),
            mid((run) => run.delivered * 100),
            mid((run) => run.least * 100),
            mid((run) => run.cpu * 100),
            mid((run) => (run.cpu * 100) / count),
            mid((run) => run.memory / count),
            mid((run) => run.rtt),
            mid((run) => run.megabytes),
          ];
        }),
        note: "JPEG by jpeg-turbo, 4:2:0; H.264 by FFmpeg. The viewers are in one process on the same machine, acknowledge each frame at once and decode none. Delivered: frames that arrived, of those published; the median viewer's, and the worst one's. CPU: of one core, of the server's whole process with its encoder. Memory: what the process grew by from before the first viewer, encoders included.",
      },
    ],
  };
}
