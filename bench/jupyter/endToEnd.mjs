/** Frames per second, round trip, kernel CPU and bytes of both sides, shown 1:1 in one JupyterLab, one after the other. */
import { pictureFiles, SIZES } from "../lib/pictures.mjs";
import { median, p95, pairRatio } from "../lib/statistics.mjs";
import { SIDES } from "./session.mjs";

/** What makes ours encode a frame as jupyter_rfb does. Parts that didn't change are still left out. */
export const EQUAL_TRAITS = { codec: "jpeg", chroma: "4:4:4" };

/** How both sides encode with these traits, for the note of a table.
 * @param {string | undefined} against see BenchContext */
export const equalEncoding = (against) =>
  against === undefined
    ? "Ours by jpeg-turbo, jupyter_rfb by simplejpeg, both 4:4:4."
    : `Ours and ${against} by jpeg-turbo, both 4:4:4.`;

/** What `npm install jupyter-rfb-ts` alone gives. */
const PLAIN_TRAITS = { encoder: "sharp", chroma: "4:2:0", detect_changes: true };

/** With an encoder that people install in addition, and the other side's chroma. */
const BEST_TRAITS = { encoder: "auto", chroma: "4:4:4", detect_changes: true };

/** The pictures, in the order of the table. "flat, whole": as jupyter_rfb sends it, though most of it does not change. */
const KINDS = /** @type {const} */ ([
  { name: "scene, plain install", picture: "scene", traits: PLAIN_TRAITS },
  { name: "scene", picture: "scene", traits: BEST_TRAITS },
  { name: "flat", picture: "flat", traits: BEST_TRAITS },
  { name: "flat, whole", picture: "flat", traits: { ...BEST_TRAITS, detect_changes: false } },
  { name: "chart", picture: "chart", traits: BEST_TRAITS },
  { name: "scroll", picture: "scroll", traits: BEST_TRAITS },
  { name: "noise", picture: "noise", traits: BEST_TRAITS },
]);

/** Figures of one run of a draw loop.
 * @param {any} result see ours.cjs */
export function figures(result) {
  const total = (/** @type {string} */ name) =>
    result.widgets.reduce((/** @type {number} */ sum, /** @type {any} */ w) => sum + w[name], 0);
  const [frames, draws, bytes] = [total("frames"), total("draws"), total("bytes")];
  /** @type {number[]} */
  const roundTrips = result.widgets.flatMap((/** @type {any} */ w) => w.roundTrips);
  return {
    fps: frames / result.seconds,
    drawsPerSecond: draws / result.seconds,
    roundTrip: median(roundTrips),
    roundTripP95: p95(roundTrips),
    cpuMs: result.cpuMs / Math.max(1, frames),
    cpuMsPerDraw: result.cpuMs / Math.max(1, draws),
    cpuShare: result.cpuMs / (result.seconds * 1000),
    bytes: frames === 0 ? 0 : bytes / frames,
    bytesPerDraw: bytes / Math.max(1, draws),
    seenPerSecond: result.seen === undefined ? NaN : result.seen.frames / result.seen.seconds,
    cpuMsPerSeen: result.seen === undefined ? NaN : result.seen.cpuMs / result.seen.frames,
    encoder: String(result.stats?.encoder ?? ""),
  };
}

/** The sides, in the other order in every second round.
 * @param {number} round */
export const inTurn = (round) => (round % 2 === 0 ? SIDES : [...SIDES].reverse());

/** The values of one figure.
 * @param {readonly any[]} runs
 * @param {string} name
 * @returns {number[]} */
export const each = (runs, name) => runs.map((run) => run[name]);

/** @param {import("./inJupyter.mjs").Sides} sides
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measureEndToEnd(sides, { rounds, quick, against, say }) {
  const seconds = quick ? 1.5 : 2;
  const kinds = KINDS.filter(({ name }) => !quick || name === "scene");
  const isOurs = (/** @type {string} */ side) => side === "ours" || against !== undefined;
  const data = [];
  for (const [width, height] of SIZES) {
    const first = { files: pictureFiles("scene", width, height), width, height };
    for (const side of SIDES) {
      await sides[side].show(side, { pictures: first, width, height, traits: EQUAL_TRAITS });
    }
    for (const { name: kind, picture, traits } of kinds) {
      say(`end to end: ${kind} ${width}x${height}`);
      const pictures = { files: pictureFiles(picture, width, height), width, height };
      /** @type {Record<string, any[]>} */
      const runs = { ours: [], theirs: [] };
      for (const side of SIDES) {
        const { control } = sides[side];
        if (isOurs(side)) await control.call(side, "traits", { traits });
        await control.call(side, "pictures", { pictures });
      }
      for (let round = 0; round < rounds; round += 1) {
        for (const side of inTurn(round)) {
          const result = await sides[side].watchedLoop(side, { seconds, warmup: 0.7 });
          runs[side]?.push(figures(result));
        }
      }
      data.push({ kind, width, height, traits, ...runs });
    }
  }
  return { data, tables: [endToEndTable(data, against)] };
}

/** @param {readonly any[]} data
 * @param {string | undefined} against see BenchContext
 * @returns {import("../lib/report.mjs").Table} */
function endToEndTable(data, against) {
  const encoding =
    against === undefined
      ? "jupyter_rfb encodes by simplejpeg, 4:4:4."
      : `${against} encodes as ours does.`;
  return {
    title: `End to end: ours / ${against ?? "jupyter_rfb"}`,
    columns: [
      ...["picture", "our JPEG", "seen/s", "ratio", "receipts/s", "ratio", "round trip ms", "p95"],
      ...["CPU of all ms/seen", "ratio", "kernel CPU ms/frame", "ratio", "KB/frame"],
    ],
    rows: data.map(({ kind, width, height, traits, ours, theirs }) => {
      /** @param {string} name
       * @param {number} [scale] */
      const both = (name, scale = 1) => pair(each(ours, name), each(theirs, name), scale);
      return [
        `${kind} ${width}x${height}`,
        `${ours[0]?.encoder} ${traits.chroma}`,
        both("seenPerSecond"),
        pairRatio(each(ours, "seenPerSecond"), each(theirs, "seenPerSecond")),
        both("fps"),
        pairRatio(each(ours, "fps"), each(theirs, "fps")),
        both("roundTrip"),
        both("roundTripP95"),
        both("cpuMsPerSeen"),
        pairRatio(each(ours, "cpuMsPerSeen"), each(theirs, "cpuMsPerSeen")),
        both("cpuMs"),
        pairRatio(each(ours, "cpuMs"), each(theirs, "cpuMs")),
        both("bytes", 0.001),
      ];
    }),
    note: `Seen: animation frames of the page that had a new picture to show. Receipts: frames that the view confirmed. ${encoding} CPU of all: of server, kernels and browser together.`,
  };
}

/** Medians of both sides in one cell.
 * @param {readonly number[]} ours
 * @param {readonly number[]} theirs
 * @param {number} [scale] */
export function pair(ours, theirs, scale = 1) {
  const text = (/** @type {readonly number[]} */ values) => {
    const value = median(values) * scale;
    return Number.isFinite(value) ? value.toFixed(Math.abs(value) < 10 ? 1 : 0) : "–";
  };
  return `${text(ours)} / ${text(theirs)}`;
}
