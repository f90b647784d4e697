/** Measures the painters of lab.mjs in Chromium alone. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { treeCpuMs } from "../jupyter/processes.mjs";
import { median, p95, pairRatio } from "../lib/statistics.mjs";
import { glRenderer, paintLab } from "./lab.mjs";

const PAGE_URL = "http://localhost/";
const PAGE = join(dirname(fileURLToPath(import.meta.url)), "page.mjs");

const PLACES = ["main thread", "worker"];
const SOURCES = ["ImageBitmap", "ImageDecoder", "H.264"];
const PAINTERS = ["2D", "2D, desynchronized", "WebGL2", "WebGL2, desynchronized"];

/** Pictures of a round: one at a time, and as fast as it goes. */
const [SINGLE, RACED] = [20, 30];
/** Of 255: how far what the browser shows may be from what was painted. */
const MOST_OFF_SCREEN = 2;
/** How many screenshots may pass until one has what was painted. */
const MOST_SHOTS = 20;

/** What one painter did: over all rounds the latencies, and the other figures of each round.
 * @typedef {object} Result
 * @property {string} size
 * @property {string} source
 * @property {string} place
 * @property {string} painter
 * @property {number} difference of its pixels from those of a 2D canvas, 0..255
 * @property {number} onScreen difference of what the browser showed from its pixels, 0..255
 * @property {number} shots screenshots until one had what was painted
 * @property {number[]} seen milliseconds from a picture's bytes to the animation frame
 * @property {number[]} p50 of `seen` in each round
 * @property {number[]} p95 of `seen` in each round
 * @property {number[]} fps
 * @property {number[]} cpu milliseconds of all processes for one picture */

/** @typedef {import("../lib/sourceFiles.mjs").Files} Files */

/**
 * @param {object} options
 * @param {string} options.executablePath
 * @param {readonly string[]} options.flags of the browser
 * @param {number} options.rounds
 * @param {readonly { width: number, height: number, jpeg: Files, h264: Files | undefined }[]} options.sets
 * @param {(renderer: string, features: Record<string, string>) => boolean} options.isWanted Called with what paints with WebGL, and with
 *   what the browser does with the graphics device
 * @param {(text: string) => void} options.say
 * @returns {Promise<{ renderer: string, features: Record<string, string>, results: Result[] } | undefined>} undefined where it is not wanted
 */
export async function measurePainters({ executablePath, flags, rounds, sets, isWanted, say }) {
  const server = await chromium.launchServer({ executablePath, args: [...flags] });
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.route(PAGE_URL, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: "<!doctype html><style>body { margin: 0 } canvas { display: block }</style><body>",
      }),
    );
    await page.goto(PAGE_URL);
    await page.addScriptTag({ content: `window.paintLab = ${paintLab.toString()}` });
    await page.addScriptTag({ type: "module", content: readFileSync(PAGE, "utf8") });
    const session = await browser.newBrowserCDPSession();
    const { gpu } = await session.send("SystemInfo.getInfo");
    const features = /** @type {Record<string, string>} */ (gpu.featureStatus ?? {});
    const renderer = await page.evaluate(glRenderer);
    say(`WebGL by ${renderer}`);
    if (!isWanted(renderer, features)) return undefined;
    /** @param {string} method
     * @param {unknown} what
     * @returns {Promise<any>} */
    const call = (method, what) =>
      page.evaluate(
        ([name, value]) => /** @type {any} */ (window).painters[name](value),
        /** @type {const} */ ([method, what]),
      );

    /** @type {Result[]} */
    const results = [];
    for (const { width, height, jpeg, h264 } of sets) {
      for (const [name, set] of Object.entries({ jpeg, h264 })) {
        const base64 = set?.bytes.map((bytes) => bytes.toString("base64")) ?? [];
        await page.evaluate(
          ([of, texts]) => /** @type {any} */ (window).painters.load(of, texts),
          /** @type {const} */ ([name, base64]),
        );
      }
      const size = `${width} x ${height}`;
      const cases = SOURCES.filter((source) => source !== "H.264" || h264 !== undefined).flatMap(
        (source) =>
          PLACES.flatMap((place) =>
            PAINTERS.map((painter) => ({
              place,
              task: { painter, source, codec: h264?.codec ?? "", width, height },
            })),
          ),
      );
      /** @type {Result[]} */
      const found = [];
      for (const one of cases) {
        const { place, task } = one;
        const { painter, source } = task;
        const difference = await call("compare", one);
        await call("show", one);
        const clip = { x: 0, y: 0, width, height };
        let onScreen = Infinity;
        let shots = 0;
        while (onScreen > MOST_OFF_SCREEN && shots < MOST_SHOTS) {
          const shot = await page.screenshot({ clip });
          onScreen = await call("compareShot", shot.toString("base64"));
          shots += 1;
        }
        if (onScreen > MOST_OFF_SCREEN) {
          const text = `${size}, ${source}, ${place}, ${painter}: ${onScreen} of 255`;
          throw new Error(`bench: the browser shows other pixels than were painted: ${text}`);
        }
        await call("call", { place, method: "end" });
        found.push({
          ...{ size, source, place, painter, difference, onScreen, shots },
          ...{ seen: [], p50: [], p95: [], fps: [], cpu: [] },
        });
      }
      say(`${size}: pixels compared`);
      for (let round = 0; round < rounds; round += 1) {
        for (const [i, one] of cases.entries()) {
          const { place } = one;
          const result = found[i];
          await call("begin", one);
          const latencies = await call("call", { place, method: "latencies", count: SINGLE });
          const before = treeCpuMs([server.process().pid ?? 0]);
          const fps = await call("call", { place, method: "race", count: RACED });
          const after = treeCpuMs([server.process().pid ?? 0]);
          await call("call", { place, method: "end" });
          result?.seen.push(...latencies);
          result?.p50.push(median(latencies));
          result?.p95.push(p95(latencies));
          result?.fps.push(fps);
          result?.cpu.push((after - before) / RACED);
          if (i % 6 === 5)
            say(`${size}: round ${round + 1} of ${rounds}, ${i + 1} of ${cases.length}`);
        }
      }
      results.push(...found);
    }
    await browser.close();
    return { renderer, features, results };
  } finally {
    await server.close();
  }
}

/** @param {{ renderer: string, results: readonly Result[] }} measured
 * @param {string} title
 * @returns {import("../lib/report.mjs").Table} */
export function painterTable({ renderer, results }, title) {
  return {
    title,
    columns: [
      ...["size", "source", "where", "painter"],
      ...["ms until seen, p50", "p95", "pictures/s", "CPU of all processes, ms/picture"],
      ...[
        "p50 : 2D",
        "p95 : 2D",
        "CPU : 2D",
        "pixels differ from 2D by at most",
        "screenshots until shown",
      ],
    ],
    rows: results.map((result) => {
      const { size, source, place, painter, difference, shots, seen, fps, cpu } = result;
      const plain = results.find(
        (one) =>
          one.size === size &&
          one.source === source &&
          one.place === place &&
          one.painter === PAINTERS[0],
      );
      return [
        ...[size, source, place, painter],
        ...[median(seen), p95(seen), median(fps), median(cpu)],
        pairRatio(result.p50, plain?.p50 ?? []),
        pairRatio(result.p95, plain?.p95 ?? []),
        pairRatio(cpu, plain?.cpu ?? []),
        String(difference),
        String(shots),
      ];
    }),
    note: `WebGL by ${renderer}. From when the bytes are there to the first animation frame after the painting, in the thread that paints, one picture at a time: decoding is in it. For pictures/s and the processor time the next picture is decoded while an animation frame shows the last; the browser has 60 animation frames a second. Ratios are medians over the rounds, in each of which all painters take turns. Pixels are of 255. More than one screenshot until the picture was in it means that the animation frame came before the picture was on the screen.`,
  };
}
