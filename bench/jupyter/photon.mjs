/** Input to photon: a real pointer move until the picture shows the marker that the kernel drew for it. */
import { pictureFiles, SIZES } from "../lib/pictures.mjs";
import { median, p95, pairRatio } from "../lib/statistics.mjs";
import { EQUAL_TRAITS, inTurn, pair } from "./endToEnd.mjs";
import { SIDES, sleep } from "./session.mjs";

/** Between two moves, in milliseconds: at random, so that they meet each phase of what is periodic; short enough that no
 * lossless picture comes between. */
const PAUSE_MS = [120, 200];

/** Moves the mouse over the picture at the front, one move after the other has been seen.
 * @param {import("./session.mjs").JupyterSession} session
 * @param {number} moves
 * @returns {Promise<number[]>} milliseconds of each; NaN where none was seen within 5 s */
export async function movesToPhotons(session, moves) {
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
    await page.evaluate(() => /** @type {any} */ (window).benchProbe.arm());
    const [moveX = 0, moveY = 0] = at(i);
    await page.mouse.move(moveX, moveY);
    const latency = await page.evaluate(() => /** @type {any} */ (window).benchProbe.photon);
    latencies.push(latency ?? NaN);
    const [least = 0, most = 0] = PAUSE_MS;
    await sleep(least + Math.random() * (most - least));
  }
  return latencies;
}

/** @param {import("./session.mjs").JupyterSession} session
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measurePhotons(session, { rounds, quick, say }) {
  const moves = quick ? 6 : 12;
  const data = [];
  for (const [width, height] of SIZES) {
    const pictures = { files: pictureFiles("scene", width, height), width, height };
    for (const side of SIDES) {
      await session.show(side, { pictures, width, height, traits: EQUAL_TRAITS });
    }
    for (const moving of [false, true]) {
      say(`input to photon: scene ${width}x${height}, ${moving ? "in motion" : "idle"}`);
      /** @type {Record<string, number[][]>} */
      const runs = { ours: [], theirs: [] };
      for (let round = 0; round < rounds; round += 1) {
        for (const side of inTurn(round)) {
          await session.activate(side);
          await session.control.call(side, "marker", { moving });
          await sleep(300);
          const latencies = await movesToPhotons(session, moves);
          runs[side]?.push(latencies);
          await session.control.call(side, "settle");
        }
      }
      data.push({ width, height, moving, ...runs });
    }
  }
  return {
    data,
    tables: [
      {
        title: "Input to photon, scene, ms: ours / jupyter_rfb",
        columns: ["picture", "p50", "ratio", "p95", "ratio", "never seen"],
        rows: data.map((/** @type {any} */ { width, height, moving, ours, theirs }) => {
          const seen = (/** @type {number[][]} */ all) => all.flat().filter(Number.isFinite);
          const lost = (/** @type {number[][]} */ all) => all.flat().length - seen(all).length;
          const perRound = (
            /** @type {number[][]} */ all,
            /** @type {(v: number[]) => number} */ of,
          ) => all.map((values) => of(values.filter(Number.isFinite)));
          return [
            `${width}x${height} ${moving ? "in motion" : "idle"}`,
            pair(seen(ours), seen(theirs)),
            pairRatio(perRound(ours, median), perRound(theirs, median)),
            `${p95(seen(ours)).toFixed(0)} / ${p95(seen(theirs)).toFixed(0)}`,
            pairRatio(perRound(ours, p95), perRound(theirs, p95)),
            `${lost(ours)} / ${lost(theirs)}`,
          ];
        }),
        note: "Idle: one move at a time. In motion: the kernel draws all the time as well. The <img> of jupyter_rfb counts as seen when it is loaded and decoded, which is before the browser paints it.",
      },
    ],
  };
}
