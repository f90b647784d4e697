/** The WebSocket route from a pointer move to the picture that answers it, and the floor: what the browser alone takes for it. */
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "@playwright/test";
import { chromiumFlags, chromiumPath } from "../../scripts/lib/chromium.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { JsonProcess } from "../lib/jsonProcess.mjs";
import { pictureFiles, SIZES } from "../lib/pictures.mjs";
import { installReaders } from "../lib/readers.mjs";
import { median, p95, pairRatio } from "../lib/statistics.mjs";
import { installPhotonProbe, photonProbeInWorker, showImages } from "../stream/photonPage.mjs";
import { servePage } from "../stream/servePage.mjs";
import { asProgram, prefixWorkers } from "../stream/workers.mjs";

/** Between two moves, in milliseconds: at random, so that they meet each phase of what is periodic. */
const PAUSE_MS = [120, 200];

/** The moments of a move's way, each with the name of what ends there. */
const STAGES = /** @type {const} */ ([
  ["noticed", "page"],
  ["sent", "worker"],
  ["handled", "to the server"],
  ["began", "until the draw"],
  ["drawn", "draw"],
  ["left", "encode"],
  ["arrived", "to the worker"],
  ["decoded", "decode"],
  ["painted", "paint"],
  ["seen", "until the screen"],
]);

/** Moments in milliseconds since the epoch.
 * @typedef {{ moved: number, seen: number } & Record<string, number>} Photon */

/** Moves the mouse over the picture, one move after the other has been seen.
 * @param {import("@playwright/test").Page} page
 * @param {{ width: number, height: number }} size
 * @param {number} moves
 * @param {JsonProcess} [server] undefined where the worker answers by itself
 * @returns {Promise<(Photon | undefined)[]>} undefined for a move that was never seen */
export async function movesToPhotons(page, { width, height }, moves, server) {
  const photons = [];
  for (let i = 0; i < moves; i += 1) {
    await page.evaluate(
      (isFloor) => /** @type {any} */ (window).photonProbe.arm(isFloor),
      server === undefined,
    );
    // Away from the marker.
    await page.mouse.move(width / 2 + (i % 2) * 9, height / 2 + (i % 3));
    const photon = await page.evaluate(() => /** @type {any} */ (window).photonProbe.photon);
    if (photon === undefined) photons.push(undefined);
    else if (server === undefined) photons.push(photon);
    else {
      const { sent: left, ...stages } = await server.ask({ task: "stages", seq: photon.seq });
      photons.push({ ...photon, ...stages, left });
    }
    const [least = 0, most = 0] = PAUSE_MS;
    await sleep(least + Math.random() * (most - least));
  }
  return photons;
}

/** @param {import("@playwright/test").Browser} browser
 * @param {string} origin
 * @param {JsonProcess} server
 * @param {{ width: number, height: number, moving: boolean }} one
 * @param {number} moves */
async function measure(browser, origin, server, { width, height, moving }, moves) {
  const size = { width, height };
  const files = pictureFiles("scene", width, height);
  const { url } = await server.ask({ task: "serve", files, ...size });
  const page = await browser.newPage({ viewport: size });
  const tell = (/** @type {object} */ message) =>
    page.evaluate((content) => /** @type {any} */ (window).photonProbe.post(content), message);
  try {
    const inWorkers = asProgram(installReaders) + asProgram(photonProbeInWorker);
    await page.addInitScript(prefixWorkers, inWorkers);
    await page.addInitScript(installPhotonProbe);
    await page.goto(origin);
    await page.evaluate(showImages, { url, ...size });
    await page.waitForFunction(() => /** @type {any} */ (window).photonProbe.isShown);
    // Encoders are made, programs compiled, and the pace found.
    await server.ask({ task: "move", moving: true });
    await sleep(1200);
    await server.ask({ task: "move", moving });
    await movesToPhotons(page, size, 2, server);
    const route = await movesToPhotons(page, size, moves, server);
    await server.ask({ task: "move", moving: false });
    await sleep(100);
    await tell({ bench: "record" });
    await movesToPhotons(page, size, 4, server);
    await tell({ bench: "floor", moving });
    await sleep(300);
    return { route, floor: await movesToPhotons(page, size, moves) };
  } finally {
    await page.close();
    await server.ask({ task: "end" });
  }
}

/** @typedef {Awaited<ReturnType<typeof measure>>} Measured */
/** @typedef {{ width: number, height: number, moving: boolean, runs: Measured[] }} Case */

/** @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function run({ rounds, quick, say }) {
  const server = new JsonProcess(process.execPath, [at("bench", "stream", "photonSource.mjs")]);
  const pages = await servePage();
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags });
  /** @type {Case[]} */
  const data = [];
  try {
    for (const [width, height] of SIZES) {
      for (const moving of [false, true]) {
        say(`input to photon: ${width} x ${height}, ${moving ? "in motion" : "idle"}`);
        const one = { width, height, moving };
        const runs = [];
        for (let round = 0; round < rounds; round += 1) {
          runs.push(await measure(browser, pages.origin, server, one, quick ? 6 : 12));
        }
        data.push({ ...one, runs });
      }
    }
  } finally {
    await browser.close();
    pages.close();
    server.end();
  }
  return { data, tables: [photonTable(data), stagesTable(data)] };
}

/** @param {Case} one */
const nameOf = ({ width, height, moving }) => `${width}x${height} ${moving ? "in motion" : "idle"}`;

/** @param {readonly (Photon | undefined)[]} photons
 * @returns {Photon[]} */
const seenOf = (photons) => photons.filter((photon) => photon !== undefined);

/** @param {readonly (Photon | undefined)[]} photons */
const latencies = (photons) => seenOf(photons).map(({ moved, seen }) => seen - moved);

/** @param {readonly Case[]} data
 * @returns {import("../lib/report.mjs").Table} */
export function photonTable(data) {
  return {
    title: "WebSocket route, input to photon, ms",
    columns: [
      "scene, images",
      "p50",
      "p95",
      "floor p50",
      "floor p95",
      "floor / ours",
      "never seen",
    ],
    rows: data.map((one) => {
      const route = one.runs.flatMap((run) => run.route);
      const floor = one.runs.flatMap((run) => run.floor);
      const perRound = (/** @type {"route" | "floor"} */ which) =>
        one.runs.map((run) => median(latencies(run[which])));
      return [
        nameOf(one),
        median(latencies(route)),
        p95(latencies(route)),
        median(latencies(floor)),
        p95(latencies(floor)),
        pairRatio(perRound("floor"), perRound("route")),
        String(route.length - seenOf(route).length),
      ];
    }),
    note: "By jpeg-turbo, 4:2:0. From the event's own time to the first animation frame of the client's worker that can show the answer. Idle: one move at a time. In motion: the server draws all the time as well. Floor: the same client shows pictures that were encoded before, which its worker gives to itself at the move.",
  };
}

/** @param {readonly Case[]} data
 * @returns {import("../lib/report.mjs").Table} */
export function stagesTable(data) {
  return {
    title: "Stages of it, ms p50",
    columns: ["scene, images", ...STAGES.map(([, name]) => name)],
    rows: data.map((one) => {
      const photons = seenOf(one.runs.flatMap((run) => run.route));
      const moments = ["moved", ...STAGES.map(([moment]) => moment)];
      const stages = STAGES.map(([moment], i) =>
        median(
          photons
            .map((photon) => (photon[moment] ?? NaN) - (photon[moments[i] ?? ""] ?? NaN))
            .filter(Number.isFinite),
        ),
      );
      return [nameOf(one), ...stages];
    }),
    note: "Page: until the page gets the event. Worker: until the worker gives it to the socket. Until the draw: until a frame may be drawn; in motion, until the frame before is confirmed. Encode: with copying and comparing. Until the screen: until the next animation frame.",
  };
}
