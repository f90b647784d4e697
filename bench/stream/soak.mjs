/** The soak of the WebSocket route: a stream in a process of its own, and viewers that come and go. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { at } from "../../scripts/lib/paths.mjs";

/** Small and fast, so that many frames pass. */
const [WIDTH, HEIGHT, FPS] = [240, 100, 200];
/** Stretches after each of which viewers have come and gone. */
const STRETCHES = 10;
/**
 * Further stretches before them, until the memory of allocators and FFmpeg has its size, and the
 * browser has given up the code that only the start needed.
 */
export const WARM_UP = 11;
const VIEWERS = 4;
const CODECS = /** @type {const} */ ([
  ["jpeg", "image/jpeg,image/png"],
  ["h264", "image/jpeg,image/png,webcodecs/h264-annexb"],
]);

/** @param {import("node:child_process").ChildProcess} child
 * @param {{ collect?: boolean }} [message] collect: after a garbage collection
 * @returns {Promise<any>} */
async function ask(child, message = {}) {
  const answer = once(child, "message");
  child.send(message);
  return (await answer)[0];
}

/** Has viewers watch until so many frames were published since.
 * @param {import("node:child_process").ChildProcess} server
 * @param {string} url
 * @param {string} supported
 * @param {number} frames */
async function stretch(server, url, supported, frames) {
  const viewers = fork(at("bench/stream/viewers.mjs"), [url, String(VIEWERS), supported]);
  await once(viewers, "message");
  const { published } = await ask(server);
  while ((await ask(server)).published < published + frames) await sleep(200);
  const left = once(viewers, "exit");
  viewers.kill();
  await left;
  while ((await ask(server)).metrics.length > 0) await sleep(50);
}

/** @typedef {{ name: string, frames: number, samples: Record<string, number>[] }} SoakResult */

/** @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<SoakResult[]>} */
export async function measureStreamSoak({ quick, say }) {
  const frames = quick ? 4000 : 50_000;
  const data = [];
  for (const [codec, supported] of CODECS) {
    const server = fork(at("bench/stream/server.mjs"), [codec, WIDTH, HEIGHT, FPS].map(String));
    try {
      const [{ url }] = await once(server, "message");
      /** @type {Record<string, number>[]} */
      const samples = [];
      for (let step = 1 - WARM_UP; step <= STRETCHES; step += 1) {
        say(`soak: WebSocket, ${codec}, ${step} of ${STRETCHES}`);
        await stretch(server, url, supported, frames / STRETCHES);
        if (step < 0) continue;
        const { rss, heapUsed, handles } = await ask(server, { collect: true });
        samples.push({ "server MB": rss / 1e6, "server heap MB": heapUsed / 1e6, handles });
      }
      data.push({ name: `WebSocket, ${codec}`, frames, samples });
    } finally {
      server.kill();
    }
  }
  return data;
}
