/**
 * The WebSocket route from publish() to the painted picture, on one machine: this package's server and client, and pdum.rfb's server
 * with its own client where it can be installed (it takes Python 3.12 or newer; BENCH_PDUM_PYTHON names one that has it).
 */
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "@playwright/test";
import { chromiumFlags, chromiumPath } from "../../scripts/lib/chromium.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { ask, run as runCommand } from "../../scripts/lib/run.mjs";
import { JsonProcess } from "../lib/jsonProcess.mjs";
import { pictureFiles } from "../lib/pictures.mjs";
import { median, p95, pairRatio } from "../lib/statistics.mjs";
import { installPaintProbe, paintProbeInWorker } from "../stream/probe.mjs";
import { servePage } from "../stream/servePage.mjs";
import { showStream } from "../stream/showStream.mjs";
import { asProgram, prefixWorkers } from "../stream/workers.mjs";

const SIZES = /** @type {const} */ ([
  [1280, 720],
  [1920, 1080],
]);
const RATES = /** @type {const} */ ([30, 60]);
const VENV = at("bench", ".work", "pdum-venv");

/** The command of a Python that has pdum.rfb, made if need be; undefined where there is no Python for it.
 * @param {(text: string) => void} say
 * @returns {string[] | undefined} */
function pdumPython(say) {
  const given = process.env["BENCH_PDUM_PYTHON"];
  if (given !== undefined) return given.split(" ");
  const python = ["python3.14", "python3.13", "python3.12"].find(
    (name) => ask(name, ["--version"]) !== undefined,
  );
  if (python === undefined) {
    say("pdum.rfb cannot be measured: it takes Python 3.12 or newer, which is not here");
    return undefined;
  }
  const own = `${VENV}/bin/python`;
  if (!existsSync(`${VENV}/pyvenv.cfg`)) {
    runCommand(python, ["-m", "venv", VENV]);
    runCommand(own, ["-m", "pip", "install", "--quiet", "habemus-papadum-rfb", "av"]);
  }
  return [own];
}

/** The machine's processor time so far, in milliseconds: what was used, and all there was. */
function processorTimes() {
  let [used, all] = [0, 0];
  for (const { times } of cpus()) {
    const { idle, ...busy } = times;
    const sum = Object.values(busy).reduce((total, time) => total + time, 0);
    used += sum;
    all += sum + idle;
  }
  return { used, all };
}

/**
 * @typedef {object} Case
 * @property {number} width
 * @property {number} height
 * @property {number} fps
 * @property {boolean} video
 */

/** @param {import("@playwright/test").Browser} browser
 * @param {string} origin
 * @param {"ours" | "theirs"} side
 * @param {JsonProcess} publisher
 * @param {Case} one
 * @param {number} seconds */
async function measure(browser, origin, side, publisher, { width, height, fps, video }, seconds) {
  const files = pictureFiles("scene", width, height);
  const { url } = await publisher.ask({ task: "serve", files, width, height, fps, video });
  const page = await browser.newPage({ viewport: { width, height } });
  try {
    await page.addInitScript(prefixWorkers, asProgram(paintProbeInWorker));
    await page.addInitScript(installPaintProbe);
    await page.goto(origin);
    await page.evaluate(showStream, { side, url, video, width, height });
    await sleep(500);
    await publisher.ask({ task: "publish", width, height, fps });
    // Encoders are made, and programs compiled.
    await sleep(2500);
    await page.evaluate(() => /** @type {any} */ (window).paintProbe.take());
    const before = processorTimes();
    await sleep(seconds * 1000);
    const after = processorTimes();
    const busy = (after.used - before.used) / (after.all - before.all);
    /** @type {{ n: number, arrived: number, painted: number, seen: number | undefined }[]} */
    const shown = await page.evaluate(() => /** @type {any} */ (window).paintProbe.take());
    /** @type {{ published: number[] }} */
    const { published } = await publisher.ask({ task: "stop" });
    const seen = shown.flatMap((one) => (one.seen === undefined ? [] : [{ ...one, at: one.seen }]));
    const known = seen.flatMap((one) => {
      const before = published[one.n];
      return before === undefined ? [] : [{ ...one, before }];
    });
    const stages = {
      arrive: median(known.map(({ before, arrived }) => arrived - before)),
      paint: median(known.map(({ arrived, painted }) => painted - arrived)),
      show: median(known.map(({ painted, at }) => at - painted)),
    };
    const latencies = known.map(({ before, at }) => at - before);
    const painted = shown.length / seconds;
    return { latencies, stages, fps: seen.length / seconds, painted, busy };
  } finally {
    await page.close();
    await publisher.ask({ task: "end" });
  }
}

/** @param {import("../run.mjs").BenchContext} context */
export async function run({ rounds, quick, say }) {
  const ours = new JsonProcess(process.execPath, [at("bench", "stream", "ours.mjs")]);
  const python = pdumPython(say);
  const theirs =
    python &&
    new JsonProcess(python[0] ?? "", [...python.slice(1), at("bench", "stream", "theirs.py")]);
  const about = theirs && (await theirs.ask({ task: "about" }));
  const server = await servePage(about?.widget ?? "");
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags });
  const data = [];
  try {
    for (const [width, height] of quick ? [SIZES[0]] : SIZES) {
      for (const fps of quick ? [RATES[0]] : RATES) {
        for (const video of [false, true]) {
          const one = { width, height, fps, video };
          say(`${width} x ${height}, ${fps} a second, ${video ? "H.264" : "images"}`);
          /** @type {Record<"ours" | "theirs", Awaited<ReturnType<typeof measure>>[]>} */
          const runs = { ours: [], theirs: [] };
          for (let round = 0; round < rounds; round += 1) {
            const sides = /** @type {const} */ (["ours", "theirs"]);
            for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
              const publisher = side === "ours" ? ours : theirs;
              if (publisher === undefined) continue;
              const seconds = quick ? 3 : 6;
              runs[side].push(await measure(browser, server.origin, side, publisher, one, seconds));
            }
          }
          data.push({ ...one, ...runs });
        }
      }
    }
  } finally {
    await browser.close();
    server.close();
    ours.end();
    theirs?.end();
  }
  const version =
    about === undefined ? "not installed" : `${about.version}, Python ${about.python}`;
  /** @typedef {Awaited<ReturnType<typeof measure>>} Measured */
  /** @param {readonly Measured[]} runs
   * @param {(run: Measured) => number} of */
  const each = (runs, of) => runs.map(of);
  const p50 = (/** @type {Measured} */ { latencies }) => median(latencies);
  const late = (/** @type {Measured} */ { latencies }) => p95(latencies);
  const rate = (/** @type {Measured} */ { fps }) => fps;
  const painted = (/** @type {Measured} */ run) => run.painted;
  return {
    data,
    tables: [
      {
        title: `WebSocket route, publish to seen: ours / pdum.rfb (${version})`,
        columns: [
          "picture, rate, codec",
          "p50 ms",
          "theirs",
          "ratio",
          "p95 ms",
          "theirs",
          "ratio",
          "seen/s",
          "theirs",
          "ratio",
          "painted/s",
          "theirs",
        ],
        rows: data.map(({ width, height, fps, video, ours: own, theirs: other }) => [
          `${width}x${height}, ${fps}/s, ${video ? "H.264" : "images"}`,
          ...[p50, late, rate].flatMap((of) => [
            median(each(own, of)),
            median(each(other, of)),
            pairRatio(each(own, of), each(other, of)),
          ]),
          median(each(own, painted)),
          median(each(other, painted)),
        ]),
        note: "scene, as it comes on each side. Ours: JPEG by jpeg-turbo, or H.264 by FFmpeg, both of quality 80 and 4:2:0. pdum.rfb: JPEG of quality 80 by Pillow, 4:2:0, or 12 Mbit/s H.264 by PyAV; at most two frames in flight on both. From publish() to the first animation frame that can show the picture, of the thread that paints; pictures that none can show don't count. Server, client and browser share the two cores.",
      },
      {
        title: "Stages of it, ms p50: ours / pdum.rfb",
        columns: [
          "picture, rate, codec",
          ...["until it arrives", "theirs", "decode and paint", "theirs"],
          ...["until the screen", "theirs", "processors busy %", "theirs"],
        ],
        rows: data.map(({ width, height, fps, video, ours: own, theirs: other }) => [
          `${width}x${height}, ${fps}/s, ${video ? "H.264" : "images"}`,
          .../** @type {const} */ (["arrive", "paint", "show"]).flatMap((stage) =>
            [own, other].map((runs) => median(runs.map(({ stages }) => stages[stage]))),
          ),
          ...[own, other].map((runs) => 100 * median(runs.map(({ busy }) => busy))),
        ]),
        note: "Until it arrives: waiting for the frames before it, encoding, and the way to the worker. pdum.rfb's client then gives the decoded picture to the page, which paints it; ours paints in the worker.",
      },
    ],
  };
}
