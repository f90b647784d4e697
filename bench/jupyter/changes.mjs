/** An unchanged picture, a box that moves in it, and full motion: what is sent, and what it costs. */
import { pictureFiles } from "../lib/pictures.mjs";
import { median } from "../lib/statistics.mjs";
import { EQUAL_TRAITS, each, figures } from "./endToEnd.mjs";

const [WIDTH, HEIGHT] = [1920, 1080];

/** As jupyter_rfb encodes. */
const WHOLE = { ...EQUAL_TRAITS, detect_changes: false };

/** @type {readonly { name: string, side: import("./session.mjs").Side, traits: object }[]} */
const CASES = [
  { name: "ours, detect_changes", side: "ours", traits: EQUAL_TRAITS },
  { name: "ours, whole frames", side: "ours", traits: WHOLE },
  { name: "jupyter_rfb", side: "theirs", traits: {} },
];

/** Modes of the draw loop, see ours.cjs. */
const MODES = /** @type {const} */ ([
  ["same", "unchanged"],
  ["box", "200x200 box moves"],
  ["cycle", "full motion"],
]);

/** @param {import("./inJupyter.mjs").Sides} sides
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measureChanges(sides, { rounds, quick, say }) {
  const seconds = quick ? 1 : 2;
  const pictures = { files: pictureFiles("scene", WIDTH, HEIGHT), width: WIDTH, height: HEIGHT };
  const data = CASES.flatMap(({ name }) =>
    MODES.map(([mode, label]) => ({ name, label, mode, runs: /** @type {any[]} */ ([]) })),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, side, traits } of CASES) {
      say(`changes: ${name}, round ${round + 1}`);
      await sides[side].show(side, { pictures, width: WIDTH, height: HEIGHT, traits });
      for (const row of data.filter((one) => one.name === name)) {
        const result = await sides[side].loop(side, { seconds, warmup: 0.5, mode: row.mode });
        row.runs.push(figures(result));
      }
    }
  }
  return {
    data,
    tables: [
      {
        title: `Changes in ${WIDTH}x${HEIGHT}, scene`,
        columns: ["", "", "draws/s", "ms/draw", "kernel CPU ms/draw", "KB/draw", "round trip ms"],
        rows: data.map(({ name, label, runs }) => [
          name,
          label,
          median(each(runs, "drawsPerSecond")),
          1000 / median(each(runs, "drawsPerSecond")),
          median(each(runs, "cpuMsPerDraw")),
          median(each(runs, "bytesPerDraw")) / 1000,
          median(each(runs, "roundTrip")),
        ]),
        note: "Where nothing is sent, no receipt holds ours back; it then draws 60 times a second and no more.",
      },
    ],
  };
}
