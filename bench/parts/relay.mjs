/**
 * One stream through NATS and edges to many viewers: what they cost the publisher and the edges, and what arrives.
 *
 * The environment variables RFB_BENCH_EDGES and RFB_BENCH_VIEWERS (numbers with commas) and RFB_BENCH_CODEC (h264 or jpeg) choose other
 * cases, for a larger machine.
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { at } from "../../scripts/lib/paths.mjs";
import { natsServerPath } from "../../scripts/lib/nats.mjs";
import { median, p95 } from "../lib/statistics.mjs";

const [WIDTH, HEIGHT, FPS] = [1280, 720, 10];
const SUPPORTED = "image/jpeg,image/png,rfb/patches,rfb/atlas,webcodecs/h264-annexb";
const PORT = 14_222;
const NATS = `nats://127.0.0.1:${PORT}`;
const CODEC = process.env.RFB_BENCH_CODEC ?? "h264";
/** About 0.5 Mbit/s with either codec. */
const OPTIONS = { codec: CODEC, bitrate: 500_000 };
const PICTURE = CODEC === "h264" ? "scene" : "flat";
const COUNTS = (process.env.RFB_BENCH_VIEWERS ?? "1,10,100,500,1000").split(",").map(Number);
const EDGES = (process.env.RFB_BENCH_EDGES ?? "1,2").split(",").map(Number);
/** Viewers that come and leave before those that are measured. */
const WARM_UP = 50;
const MEMORY_SAMPLES = 20;
/** With fewer viewers, their memory can't be told from the garbage collector's. */
const LEAST_FOR_MEMORY = 100;

/** @param {import("node:child_process").ChildProcess} child
 * @param {object} [message]
 * @returns {Promise<any>} */
async function ask(child, message = {}) {
  const answer = once(child, "message");
  child.send(message);
  return (await answer)[0];
}

/** @param {string} file
 * @param {readonly string[]} args */
async function start(file, args) {
  const child = fork(at("bench", file), [...args]);
  const [ready] = await once(child, "message");
  return { child, ready };
}

async function startNats() {
  const child = spawn(natsServerPath(), ["-a", "127.0.0.1", "-p", String(PORT)], {
    stdio: "ignore",
  });
  for (;;) {
    const socket = connect(PORT, "127.0.0.1");
    const isThere = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isThere) return child;
    const { exitCode, signalCode } = child;
    if (exitCode !== null || signalCode !== null) {
      throw new Error(`bench: nats-server ended: ${exitCode ?? signalCode}`);
    }
    await sleep(20);
  }
}

/** @typedef {{ child: import("node:child_process").ChildProcess, ready: any }} Started */

/** @param {number} edges 0 for viewers of the publisher's own server
 * @param {number} count
 * @param {number} seconds */
async function measure(edges, count, seconds) {
  const nats = await startNats();
  /** @type {Started[]} */
  const started = [];
  /** @param {string} file
   * @param {readonly string[]} args */
  const run = async (file, args) => {
    const one = await start(file, args);
    started.push(one);
    return one;
  };
  try {
    const parts = {
      nats: NATS,
      width: WIDTH,
      height: HEIGHT,
      fps: FPS,
      picture: PICTURE,
      options: OPTIONS,
    };
    const publisher = await run("relay/publisher.mjs", [JSON.stringify(parts)]);
    /** @type {Started[]} */
    const nodes = [];
    for (let n = 0; n < edges; n += 1) nodes.push(await run("relay/edge.mjs", [NATS, `edge${n}`]));
    const urls = edges === 0 ? [publisher.ready.url] : nodes.map(({ ready }) => ready.url);
    /** @param {number} total */
    const join = async (total) => {
      const viewers = await Promise.all(
        urls.map((url, n) => {
          const share = Math.floor(total / urls.length) + (n < total % urls.length ? 1 : 0);
          return run("stream/viewers.mjs", [url, String(share), SUPPORTED]);
        }),
      );
      // Until all have joined and the encoder is there.
      await sleep(4000);
      return viewers;
    };
    // An edge keeps more and more frames until the next keyframe.
    const measureMemory = async () => {
      /** @type {any[][]} */
      const samples = [];
      for (let n = 0; n < MEMORY_SAMPLES; n += 1) {
        await sleep(250);
        samples.push(await Promise.all(nodes.map(({ child }) => ask(child, { collect: true }))));
      }
      /** @param {"rss" | "heap"} kind */
      const of = (kind) =>
        samples.flat().reduce((sum, one) => sum + one[kind], 0) / samples.length / 1024;
      return { rss: of("rss"), heap: of("heap") };
    };
    if (edges > 0) for (const { child } of await join(WARM_UP)) child.kill();
    // What an edge needs for a stream, it needs from the first viewer on.
    const first = await join(urls.length);
    const memoryBefore = await measureMemory();
    const viewers = [...first, ...(count > urls.length ? await join(count - urls.length) : [])];
    const look = async () => ({
      publisher: await ask(publisher.child),
      edges: await Promise.all(nodes.map(({ child }) => ask(child))),
      viewers: await Promise.all(viewers.map(({ child }) => ask(child))),
    });
    const before = await look();
    await sleep(seconds * 1000);
    const after = await look();
    const memory = await measureMemory();
    const published = after.publisher.published - before.publisher.published;
    const elapsed = after.publisher.at - before.publisher.at;
    const delivered = after.viewers.flatMap(({ frames }, n) =>
      frames.map((/** @type {number} */ one, /** @type {number} */ i) =>
        Math.min(1, (one - before.viewers[n].frames[i]) / published),
      ),
    );
    const latencies = after.viewers.flatMap(({ latencies }) => latencies);
    /** @param {(one: any) => number} of */
    const ofEdges = (of) =>
      after.edges.reduce((sum, one, n) => sum + of(one) - of(before.edges[n]), 0);
    return {
      published: (published * 1000) / elapsed,
      publisherCpu: (after.publisher.cpuMs - before.publisher.cpuMs) / elapsed,
      edgeCpu: ofEdges(({ cpuMs }) => cpuMs) / elapsed,
      memory: (memory.rss - memoryBefore.rss) / (count - edges),
      heap: (memory.heap - memoryBefore.heap) / (count - edges),
      delivered: delivered.reduce((sum, one) => sum + one, 0) / delivered.length,
      least: Math.min(...delivered),
      p50: median(latencies),
      p95: p95(latencies),
      counted: after.publisher.viewers,
    };
  } finally {
    for (const { child } of started.reverse()) child.kill();
    nats.kill();
    await once(nats, "exit");
  }
}

/** @param {import("../run.mjs").BenchContext} context */
export async function run({ rounds, quick, say }) {
  const data = [];
  const cases = [0, ...EDGES].flatMap((edges) =>
    (quick ? [1, 100] : COUNTS)
      .filter((count) => (edges === 0 ? count === 1 : count >= edges))
      .map((count) => ({ edges, count })),
  );
  for (const { edges, count } of cases) {
    say(`${edges} edges, ${count} viewers`);
    const runs = [];
    for (let round = 0; round < Math.min(rounds, 3); round += 1) {
      runs.push(await measure(edges, count, quick ? 4 : 10));
    }
    data.push({ edges, count, runs });
  }
  const one = data.find(({ edges, count }) => edges === 1 && count === 1)?.runs ?? [];
  const alone = median(one.map((run) => run.publisherCpu));
  return {
    data,
    tables: [
      {
        title: `One stream of ${WIDTH} x ${HEIGHT} at ${FPS} frames a second, ${PICTURE}, through NATS`,
        columns: [
          "edges, viewers",
          "publisher CPU %",
          "of that with 1 viewer",
          "delivered %",
          "least %",
          "edges' CPU %",
          "CPU % per viewer",
          "memory KiB per viewer",
          "of it in use",
          "latency p50 ms",
          "p95",
        ],
        rows: data.map(({ edges, count, runs }) => {
          /** @param {(run: typeof runs[number]) => number} of */
          const mid = (of) => median(runs.map(of));
          return [
            edges === 0 ? `none (direct), ${count}` : `${edges}, ${count}`,
            mid((run) => run.publisherCpu * 100),
            edges === 0 ? NaN : mid((run) => run.publisherCpu) / alone,
            mid((run) => run.delivered * 100),
            mid((run) => run.least * 100),
            edges === 0 ? NaN : mid((run) => run.edgeCpu * 100),
            edges === 0 ? NaN : mid((run) => (run.edgeCpu * 100) / count),
            edges === 0 || count < LEAST_FOR_MEMORY ? NaN : mid((run) => run.memory),
            edges === 0 || count < LEAST_FOR_MEMORY ? NaN : mid((run) => run.heap),
            mid((run) => run.p50),
            mid((run) => run.p95),
          ];
        }),
        note: "H.264 by FFmpeg, at most 0.5 Mbit/s. The viewers of an edge are in one process, on the same machine; they read the header of each frame, acknowledge it at once and decode nothing. CPU: of one core, of whole processes; NATS is none of them. Memory: what all edges grew by since they had one viewer each, after a garbage collection, and what of it JavaScript's objects and buffers use; 50 others had come and left before. Latency: from when the encoding of a frame begins until a viewer has it.",
      },
    ],
  };
}
