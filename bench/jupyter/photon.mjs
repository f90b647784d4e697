/** Input to photon: a real pointer move until an animation frame shows the marker that the kernel drew for it. */
import { setTimeout as sleep } from "node:timers/promises";
import { pictureFiles, SIZES } from "../lib/pictures.mjs";
import { median, p95, pairRatio } from "../lib/statistics.mjs";
import { EQUAL_TRAITS, equalEncoding, inTurn, pair } from "./endToEnd.mjs";
import { SIDES } from "./session.mjs";

/** Between two moves, in milliseconds: at random, so that they meet each phase of what is periodic; short enough that no
 * lossless picture comes between. */
const PAUSE_MS = [120, 200];

/** @typedef {import("../lib/pictures.mjs").PictureKind} PictureKind */

/** What is measured at each size: the picture, and whether the kernel draws all the time.
 * @type {readonly (readonly [PictureKind, boolean])[]} */
const CASES = [
  ["scene", false],
  ["scene", true],
  ["noise", true],
  ["flat", true],
  ["chart", true],
  ["scroll", true],
];

/** Moves the mouse over the picture at the front, one move after the other has been seen.
 * @param {{ page: import("@playwright/test").Page }} session
 * @param {number} moves
 * @param {boolean} [isFloor] whether the page answers by itself, see floorPage.mjs
 * @returns {Promise<number[]>} milliseconds of each until an animation frame showed it; NaN where none did within 5 s */
export async function movesToPhotons(session, moves, isFloor = false) {
  const { page } = session;
  const { x, y, width, height } = await page.evaluate(() =>
    /** @type {any} */ (window).benchProbe.watch(),
  );
  // Away from the marker; the first move only enters the picture.
  const at = (/** @type {number} */ i) => [x + width / 2 + (i % 2) * 9, y + height / 2 + (i % 3)];
  const [startX = 0, startY = 0] = at(1);
  await page.mouse.move(startX, startY);
  await sleep(250);
  const latencies = [];
  for (let i = 0; i < moves; i += 1) {
    await page.evaluate((ownAnswer) => {
      const { benchFloor, benchProbe } = /** @type {any} */ (window);
      benchProbe.arm(ownAnswer ? () => benchFloor.move() : undefined);
    }, isFloor);
    const [moveX = 0, moveY = 0] = at(i);
    await page.mouse.move(moveX, moveY);
    const photon = await page.evaluate(() => /** @type {any} */ (window).benchProbe.photon);
    latencies.push(photon?.seen ?? NaN);
    const [least = 0, most = 0] = PAUSE_MS;
    await sleep(least + Math.random() * (most - least));
  }
  return latencies;
}

/** What the page alone takes: the frames that the kernel sent before, given to the view by the page itself.
 * @param {import("./session.mjs").JupyterSession} session
 * @param {boolean} moving
 * @param {number} moves */
async function floor(session, moving, moves) {
  const call = (/** @type {string} */ name, /** @type {unknown} */ argument) =>
    session.page.evaluate(
      ([method, value]) =>
        /** @type {any} */ (window).benchFloor[/** @type {string} */ (method)](value),
      [name, argument],
    );
  await session.activate("ours");
  await session.control.call("ours", "traits", { traits: { detect_changes: false } });
  await session.control.call("ours", "marker", { moving: false });
  await call("record", undefined);
  await movesToPhotons(session, 4);
  await call("endRecording", undefined);
  await session.control.call("ours", "settle");
  await session.control.call("ours", "traits", { traits: { detect_changes: true } });
  await call("begin", moving);
  try {
    return await movesToPhotons(session, moves, true);
  } finally {
    await call("end", undefined);
  }
}

/** @param {import("./inJupyter.mjs").Sides} sides
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measurePhotons(sides, { rounds, quick, against, say }) {
  const moves = quick ? 6 : 12;
  const data = [];
  for (const [width, height] of SIZES) {
    for (const [kind, moving] of quick ? CASES.slice(0, 2) : CASES) {
      const pictures = { files: pictureFiles(kind, width, height), width, height };
      for (const side of SIDES) {
        await sides[side].show(side, { pictures, width, height, traits: EQUAL_TRAITS });
      }
      say(`input to photon: ${kind} ${width}x${height}, ${moving ? "in motion" : "idle"}`);
      /** @type {Record<string, number[][]>} */
      const runs = { ours: [], theirs: [], floor: [] };
      for (let round = 0; round < rounds; round += 1) {
        for (const side of inTurn(round)) {
          const session = sides[side];
          await session.activate(side);
          await session.control.call(side, "marker", { moving });
          await sleep(300);
          const latencies = await movesToPhotons(session, moves);
          runs[side]?.push(latencies);
          await session.control.call(side, "settle");
        }
        // Other pictures go in parts, which can't be given in any order.
        if (kind === "scene") runs["floor"]?.push(await floor(sides.ours, moving, moves));
      }
      data.push({ kind, width, height, moving, ...runs });
    }
  }
  return { data, tables: [photonTable(data, against)] };
}

/** @param {readonly any[]} data
 * @param {string | undefined} against see BenchContext
 * @returns {import("../lib/report.mjs").Table} */
function photonTable(data, against) {
  const seen = (/** @type {number[][]} */ all) => all.flat().filter(Number.isFinite);
  const lost = (/** @type {number[][]} */ all) => all.flat().length - seen(all).length;
  const perRound = (/** @type {number[][]} */ all, /** @type {(v: number[]) => number} */ of) =>
    all.map((values) => of(values.filter(Number.isFinite)));
  const image =
    against === undefined ? "; the <img> of jupyter_rfb counts when it is loaded and decoded" : "";
  return {
    title: `Input to photon, ms: ours / ${against ?? "jupyter_rfb"}`,
    columns: ["picture", "p50", "ratio", "p95", "ratio", "floor p50", "floor / ours", "never seen"],
    rows: data.map(({ kind, width, height, moving, ours, theirs, floor: alone }) => [
      `${kind} ${width}x${height} ${moving ? "in motion" : "idle"}`,
      pair(seen(ours), seen(theirs)),
      pairRatio(perRound(ours, median), perRound(theirs, median)),
      `${p95(seen(ours)).toFixed(0)} / ${p95(seen(theirs)).toFixed(0)}`,
      pairRatio(perRound(ours, p95), perRound(theirs, p95)),
      median(seen(alone)),
      pairRatio(perRound(alone, median), perRound(ours, median)),
      `${lost(ours)} / ${lost(theirs)}`,
    ]),
    note: `${equalEncoding(against)} From the event's own time to the first animation frame that can show the answer${image}. Idle: one move at a time. In motion: the kernel draws all the time as well. Floor: the same view shows pictures that were encoded before, without kernel and network.`,
  };
}
