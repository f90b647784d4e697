/** Memory of a server on the WebSocket route while many frames are sent, for each codec. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { at } from "../../scripts/lib/paths.mjs";
import { MEMORY_CODECS, memoryPlan } from "../lib/memorySeries.mjs";

/** Frames per second: as many as the server may send. */
const FPS = 200;

const SUPPORTED = {
  jpeg: "image/jpeg,image/png",
  h264: "image/jpeg,image/png,webcodecs/h264-annexb",
};

/** @param {import("node:child_process").ChildProcess} child
 * @param {{ collect?: boolean }} [message] collect: after a garbage collection
 * @returns {Promise<any>} */
async function ask(child, message = {}) {
  const answer = once(child, "message");
  child.send(message);
  return (await answer)[0];
}

/** Waits until a viewer has got so many more frames.
 * @param {import("node:child_process").ChildProcess} viewers
 * @param {number} frames */
async function receive(viewers, frames) {
  const before = (await ask(viewers)).frames[0];
  while ((await ask(viewers)).frames[0] < before + frames) await sleep(20);
}

/** @param {readonly [width: number, height: number]} size
 * @param {Pick<import("../run.mjs").BenchContext, "quick" | "say">} context
 * @returns {Promise<import("../lib/memorySeries.mjs").MemorySeries[]>} */
export async function measureStreamMemory(size, { quick, say }) {
  const { total, steps, warmup } = memoryPlan(quick);
  const series = [];
  for (const codec of MEMORY_CODECS) {
    const server = fork(at("bench/stream/server.mjs"), [codec, ...size, FPS].map(String), {
      execArgv: ["--expose-gc"],
    });
    let viewers;
    try {
      const [{ url }] = await once(server, "message");
      viewers = fork(at("bench/stream/viewers.mjs"), [url, "1", SUPPORTED[codec]]);
      await once(viewers, "message");
      const samples = [];
      let encoder = "";
      for (let step = 0; step <= steps; step += 1) {
        await receive(viewers, step === 0 ? warmup : total / steps);
        const { rss, heapUsed, external, metrics } = await ask(server, { collect: true });
        encoder = String(metrics[0]?.encoder ?? "");
        samples.push({
          frames: step * (total / steps),
          serverRss: rss,
          serverHeap: heapUsed,
          serverExternal: external,
        });
        say(`memory: WebSocket, ${codec}, ${step} of ${steps}`);
      }
      series.push({ route: "WebSocket", codec, encoder, samples });
    } finally {
      viewers?.kill();
      server.kill();
    }
  }
  return series;
}
