/**
 * What shows a frame in the page: decoding and painting on the page's main thread against a worker with an OffscreenCanvas, and
 * the options of the browser's decoders and canvases. In Chromium alone, without Jupyter.
 */
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";
import { chromiumFlags, chromiumPath } from "../../scripts/lib/chromium.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { SIZES } from "../lib/pictures.mjs";
import { chunks, jpegs } from "../lib/sourceFiles.mjs";
import { median, p95, quantile } from "../lib/statistics.mjs";

const PAGE_URL = "http://localhost/";
/** Frames of one race, a second or so. The video stream has as many, of which the first is a key chunk: each race begins it anew. */
const FRAMES = 60;

const IMAGE_WAYS = [
  "view: createImageBitmap, drawImage",
  "worker: the same on an OffscreenCanvas",
  "worker decodes, the page draws",
  "copied before the Blob copies",
  "colorSpaceConversion none",
  "premultiplyAlpha premultiply",
  "premultiplyAlpha none",
  "desynchronized canvas",
  "willReadFrequently canvas",
  "opaque canvas",
  "bitmaprenderer (no patches)",
  "ImageDecoder",
];
const VIDEO_WAYS = ["view: VideoDecoder, drawImage", "worker: VideoDecoder on an OffscreenCanvas"];

/** What one way did in one race or disturbance, summed up over rounds.
 * @typedef {{ size: string, way: string, fps: number[], latency: number[], main: number[], process: number[], gaps: number[] }} Result */

/** @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function run({ rounds, quick, say }) {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags });
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.route(PAGE_URL, (route) =>
      route.fulfill({ contentType: "text/html", body: "<!doctype html><body>" }),
    );
    await page.goto(PAGE_URL);
    await page.addScriptTag({
      type: "module",
      content: readFileSync(at("bench/decoders/page.mjs"), "utf8"),
    });
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Performance.enable");
    /** Seconds that the page's main thread, and its whole process, have worked. */
    const work = async () => {
      const { metrics } = await cdp.send("Performance.getMetrics");
      const of = (/** @type {string} */ name) =>
        metrics.find((metric) => metric.name === name)?.value ?? NaN;
      return { main: of("TaskDuration"), process: of("ProcessTime") };
    };
    /** @param {string} name
     * @param {object} what
     * @returns {Promise<any>} */
    const call = (name, what) =>
      page.evaluate(
        ({ method, options }) => /** @type {any} */ (window).decoders[method](options),
        { method: name, options: what },
      );

    /** @type {Result[]} */
    const results = [];
    for (const [width, height] of quick ? SIZES.slice(1, 2) : SIZES) {
      const size = `${width} x ${height}`;
      const sets = { jpeg: await jpegs(width, height), h264: await chunks(width, height, FRAMES) };
      if (sets.h264 === undefined) say("node-av is not installed: video is not measured");
      for (const [name, set] of Object.entries(sets)) {
        const base64 = set?.bytes.map((bytes) => bytes.toString("base64")) ?? [];
        await page.evaluate(
          ([of, texts]) => /** @type {any} */ (window).decoders.load(of, texts),
          /** @type {const} */ ([name, base64]),
        );
      }
      const cases = [
        ...IMAGE_WAYS.map((way) => ({ way, file: "jpeg", codec: "" })),
        ...VIDEO_WAYS.map((way) => ({ way, file: "h264", codec: sets.h264?.codec ?? "" })),
      ].filter(({ file, codec }) => file === "jpeg" || codec !== "");
      const found = cases.map(({ way }) => {
        /** @type {Result} */
        const result = { size, way, fps: [], latency: [], main: [], process: [], gaps: [] };
        return result;
      });
      for (let round = 0; round <= rounds; round += 1) {
        for (const [i, one] of cases.entries()) {
          const before = await work();
          const what = { ...one, width, height, count: FRAMES };
          const { fps, latencies } = await call("race", what);
          const after = await work();
          const result = found[i];
          // The first round warms up.
          if (round === 0 || result === undefined) continue;
          result.fps.push(fps);
          result.latency.push(median(latencies));
          result.main.push(((after.main - before.main) * 1000) / FRAMES);
          result.process.push(((after.process - before.process) * 1000) / FRAMES);
        }
      }
      for (const [i, one] of cases.entries()) {
        if (!one.way.startsWith("view") && !one.way.startsWith("worker")) continue;
        // A video is begun once and is as long as its chunks.
        const tasks = one.file === "h264" ? 1 : rounds;
        for (let left = rounds; left > 0; left -= tasks) {
          found[i]?.gaps.push(...(await call("disturb", { ...one, width, height, tasks })));
        }
      }
      results.push(...found);
      say(`${size} measured`);
    }
    return { tables: [table(results)], data: results };
  } finally {
    await browser.close();
  }
}

/** @param {readonly Result[]} results
 * @returns {import("../lib/report.mjs").Table} */
function table(results) {
  return {
    title: "Decoding and painting in the page (scene, JPEG quality 80 4:4:4, or H.264)",
    columns: [
      "size",
      "way",
      "frames/s",
      "ms until drawn, p50",
      "main thread, ms/frame",
      "process CPU, ms/frame",
      "longest gap at a task of 200 ms, p50",
      "p95",
    ],
    rows: results.map(({ size, way, fps, latency, main, process, gaps }) => [
      size,
      way,
      median(fps),
      median(latency),
      median(main),
      median(process),
      quantile(gaps, 0.5),
      p95(gaps),
    ]),
    note: "Two frames in flight. In the last columns 30 frames a second come to the page, as in JupyterLab, while its scripts run for 200 ms at a time.",
  };
}
