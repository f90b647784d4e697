/** An unchanged picture, a box that moves in it, full motion, and a chart of thin lines: what is sent, and what it costs. */
import { pictureFiles } from "../lib/pictures.mjs";
import { median, pairRatio } from "../lib/statistics.mjs";
import { EQUAL_TRAITS, equalEncoding, each, figures, pair } from "./endToEnd.mjs";
import { ThrottlingProxy } from "../lib/throttle.mjs";

const [WIDTH, HEIGHT] = [1920, 1080];

/** As jupyter_rfb encodes. */
const WHOLE = { ...EQUAL_TRAITS, detect_changes: false };

/** What is compared.
 * @param {string | undefined} against see BenchContext
 * @returns {readonly { name: string, side: import("./session.mjs").Side, traits: object }[]} */
const casesOf = (against) => [
  { name: "ours, detect_changes", side: "ours", traits: EQUAL_TRAITS },
  { name: "ours, whole frames", side: "ours", traits: WHOLE },
  against === undefined
    ? { name: "jupyter_rfb", side: "theirs", traits: {} }
    : { name: `${against}, detect_changes`, side: "theirs", traits: EQUAL_TRAITS },
];

/** Modes of the draw loop, see ours.cjs. */
const MODES = /** @type {const} */ ([
  ["same", "unchanged"],
  ["box", "200x200 box moves"],
  ["cycle", "full motion"],
]);

/** The link on which the chart is measured, in addition to this machine alone. */
const SLOW_LINK = { mbitPerSecond: 20, roundTripMs: 50 };

/** A chart of thin lines in 720p: its cells in one image, compared with whole frames.
 * @param {import("./session.mjs").JupyterSession} session
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<{ data: any[], table: import("../lib/report.mjs").Table }>} */
async function measureChart(session, { rounds, quick, say }) {
  const [width, height] = [1280, 720];
  const pictures = { files: pictureFiles("chart", width, height), width, height };
  const seconds = quick ? 1.5 : 3;
  const proxy = new ThrottlingProxy(session.port);
  const port = await proxy.listen();
  const data = [
    { name: "local", runs: /** @type {Record<string, any[]>} */ ({ cells: [], whole: [] }) },
    { name: "20 Mbit/s, 50 ms", runs: { cells: [], whole: [] } },
  ];
  try {
    for (const [index, { name, runs }] of data.entries()) {
      await session.openPage(index === 0 ? session.port : port, ["ours"]);
      if (index > 0) proxy.throttle(SLOW_LINK);
      for (let round = 0; round < rounds; round += 1) {
        say(`chart: ${name}, round ${round + 1}`);
        for (const [kind, traits] of Object.entries({ cells: EQUAL_TRAITS, whole: WHOLE })) {
          await session.show("ours", { pictures, width, height, traits });
          // The warm-up also lets the session measure the link.
          const result = await session.watchedLoop("ours", { seconds, warmup: 2 });
          runs[kind]?.push(figures(result));
        }
      }
    }
  } finally {
    proxy.close();
  }
  return {
    data,
    table: {
      title: `A chart of thin lines in ${width}x${height}: changed cells / whole frames`,
      columns: [
        ...["link", "seen/s", "ratio", "kernel CPU ms/draw", "ratio", "KB/draw", "ratio"],
        "CPU of all ms/seen",
      ],
      rows: data.map(({ name, runs: { cells = [], whole = [] } }) => {
        const both = (/** @type {string} */ figure, scale = 1) =>
          pair(each(cells, figure), each(whole, figure), scale);
        const ratio = (/** @type {string} */ figure) =>
          pairRatio(each(cells, figure), each(whole, figure));
        return [
          ...[name, both("seenPerSecond"), ratio("seenPerSecond")],
          ...[both("cpuMsPerDraw"), ratio("cpuMsPerDraw")],
          ...[both("bytesPerDraw", 0.001), ratio("bytesPerDraw")],
          both("cpuMsPerSeen"),
        ];
      }),
      note: "About half of the cells of 16 x 16 pixels change. Both of ours, with detect_changes and without, by jpeg-turbo, 4:4:4. Where cells are sent, some frames in addition show parts that rest without loss; for each draw, these are counted too.",
    },
  };
}

/** @param {import("./inJupyter.mjs").Sides} sides
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measureChanges(sides, context) {
  const { rounds, quick, against, say } = context;
  const seconds = quick ? 1 : 2;
  const pictures = { files: pictureFiles("scene", WIDTH, HEIGHT), width: WIDTH, height: HEIGHT };
  const cases = casesOf(against);
  const data = cases.flatMap(({ name }) =>
    MODES.map(([mode, label]) => ({ name, label, mode, runs: /** @type {any[]} */ ([]) })),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, side, traits } of cases) {
      say(`changes: ${name}, round ${round + 1}`);
      await sides[side].show(side, { pictures, width: WIDTH, height: HEIGHT, traits });
      for (const row of data.filter((one) => one.name === name)) {
        const result = await sides[side].watchedLoop(side, {
          seconds,
          // Of a picture that rests, the lossless still isn't counted.
          warmup: 1.5,
          mode: row.mode,
        });
        row.runs.push(figures(result));
      }
    }
  }
  const chart = await measureChart(sides.ours, context);
  return {
    data: { changes: data, chart: chart.data },
    tables: [
      {
        title: `Changes in ${WIDTH}x${HEIGHT}, scene`,
        columns: [
          ...["", "", "seen/s", "draws/s", "ms/draw", "kernel CPU ms/draw", "KB/draw"],
          "round trip ms",
        ],
        rows: data.map(({ name, label, runs }) => [
          name,
          label,
          median(each(runs, "seenPerSecond")),
          median(each(runs, "drawsPerSecond")),
          1000 / median(each(runs, "drawsPerSecond")),
          median(each(runs, "cpuMsPerDraw")),
          median(each(runs, "bytesPerDraw")) / 1000,
          median(each(runs, "roundTrip")),
        ]),
        note: `${equalEncoding(against)} Where nothing is sent, no receipt holds ours back; it then draws 60 times a second and no more.`,
      },
      chart.table,
    ],
  };
}
