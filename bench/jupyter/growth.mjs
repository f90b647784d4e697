/** How it grows: with the number of widgets and of views, and with the number of frames. */
import { readFileSync } from "node:fs";
import { MEMORY_CODECS, memoryPlan } from "../lib/memorySeries.mjs";
import { pictureFiles } from "../lib/pictures.mjs";
import { each, EQUAL_TRAITS, equalEncoding, figures, inTurn, pair } from "./endToEnd.mjs";
import { SIDES } from "./session.mjs";

/** Small enough for eight below each other to be in view: hidden widgets aren't drawn. */
const [WIDTH, HEIGHT] = [240, 100];

/** The size of the pictures that the memory benchmark shows. */
export const MEMORY_SIZE = /** @type {const} */ ([WIDTH, HEIGHT]);

/** @param {import("./inJupyter.mjs").Sides} sides
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measureGrowth(sides, { rounds, quick, against, say }) {
  const seconds = quick ? 1 : 2;
  const pictures = { files: pictureFiles("scene", WIDTH, HEIGHT), width: WIDTH, height: HEIGHT };
  const counts = quick ? [1, 4] : [1, 2, 4, 8];
  const cases = [
    ...counts.map((count) => ({ count, views: 1 })),
    ...counts.filter((views) => views > 1 && views <= 4).map((views) => ({ count: 1, views })),
  ];
  const data = [];
  for (const { count, views } of cases) {
    say(`growth: ${count} widgets, ${views} views of each`);
    /** @type {Record<string, any[]>} */
    const runs = { ours: [], theirs: [] };
    for (const side of SIDES) {
      const size = { width: WIDTH, height: HEIGHT };
      await sides[side].show(side, { pictures, ...size, count, views, traits: EQUAL_TRAITS });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const side of inTurn(round)) {
        runs[side]?.push(figures(await sides[side].watchedLoop(side, { seconds, warmup: 0.5 })));
      }
    }
    data.push({ count, views, ...runs });
  }
  return {
    data,
    tables: [
      {
        title: `Growth, scene ${WIDTH}x${HEIGHT}: ours / ${against ?? "jupyter_rfb"}`,
        columns: [
          "widgets",
          "views of each",
          "seen/s of all together",
          "receipts/s",
          "kernel CPU ms/frame",
          "kernel CPU %",
        ],
        rows: data.map((/** @type {any} */ { count, views, ours, theirs }) => [
          String(count),
          String(views),
          pair(each(ours, "seenPerSecond"), each(theirs, "seenPerSecond")),
          pair(each(ours, "fps"), each(theirs, "fps")),
          pair(each(ours, "cpuMs"), each(theirs, "cpuMs")),
          pair(each(ours, "cpuShare"), each(theirs, "cpuShare"), 100),
        ]),
        note: equalEncoding(against),
      },
    ],
  };
}

/** Resident memory of the page's process, in bytes: the largest renderer below a browser.
 * @param {number} browserPid */
function rendererMemory(browserPid) {
  let largest = 0;
  const below = [browserPid];
  for (let pid = below.pop(); pid !== undefined; pid = below.pop()) {
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
      if (children !== "") below.push(...children.split(" ").map(Number));
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (!command.includes("--type=renderer")) continue;
      const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
      largest = Math.max(largest, pages * 4096);
    } catch {
      // It ended meanwhile.
    }
  }
  return largest;
}

/** Memory of kernel and page while many frames are shown, for each codec.
 * @param {import("./session.mjs").JupyterSession} session
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/memorySeries.mjs").MemorySeries[]>} */
export async function measureMemory(session, { quick, say }) {
  const { total, steps, warmup } = memoryPlan(quick);
  const pictures = { files: pictureFiles("scene", WIDTH, HEIGHT), width: WIDTH, height: HEIGHT };
  const devtools = await session.page.context().newCDPSession(session.page);
  const series = [];
  for (const codec of MEMORY_CODECS) {
    await session.show("ours", { pictures, width: WIDTH, height: HEIGHT, traits: { codec } });
    const samples = [];
    let used = "";
    for (let step = 0; step <= steps; step += 1) {
      // The first stretch is the warm-up.
      const frames = step === 0 ? warmup : total / steps;
      used = (await session.loop("ours", { frames, warmup: 0 })).stats.encoder;
      await devtools.send("HeapProfiler.collectGarbage");
      const { usedSize } = await devtools.send("Runtime.getHeapUsage");
      const kernel = await session.control.call("ours", "memory");
      samples.push({
        frames: step * (total / steps),
        kernelRss: kernel.rss,
        kernelHeap: kernel.heapUsed,
        pageHeap: usedSize,
        pageRss: rendererMemory(session.browserPid),
      });
      say(`memory: notebook, ${codec}, ${step} of ${steps}`);
    }
    series.push({ route: "notebook", codec, encoder: used, samples });
  }
  await devtools.detach();
  return series;
}
