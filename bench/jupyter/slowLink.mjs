/** A link of 20 Mbit/s with 50 ms of round trip: JPEG, adaptive quality and video of ours, and jupyter_rfb. */
import { setTimeout as sleep } from "node:timers/promises";
import { pictureFiles } from "../lib/pictures.mjs";
import { median, p95 } from "../lib/statistics.mjs";
import { each, figures } from "./endToEnd.mjs";
import { movesToPhotons } from "./photon.mjs";
import { ThrottlingProxy } from "../lib/throttle.mjs";

const LINK = { mbitPerSecond: 20, roundTripMs: 50 };
const [WIDTH, HEIGHT] = [1280, 720];

/** More than the link carries: plain JPEG has no limit either. */
const TARGET = { target_fps: 60 };

/** What is compared. @type {readonly { name: string, side: import("./session.mjs").Side, traits: object }[]} */
const CASES = [
  { name: "ours, JPEG", side: "ours", traits: { codec: "jpeg", adaptive: false } },
  {
    name: "ours, adaptive JPEG",
    side: "ours",
    traits: { codec: "jpeg", adaptive: true, ...TARGET },
  },
  {
    name: "ours, adaptive JPEG, target_fps 30",
    side: "ours",
    traits: { codec: "jpeg", adaptive: true, target_fps: 30 },
  },
  { name: "ours, H.264", side: "ours", traits: { codec: "h264", adaptive: false, ...TARGET } },
  { name: "ours, auto", side: "ours", traits: { codec: "auto", adaptive: false, ...TARGET } },
  {
    name: "ours, auto and adaptive",
    side: "ours",
    traits: { codec: "auto", adaptive: true, ...TARGET },
  },
  { name: "jupyter_rfb", side: "theirs", traits: {} },
];

/** @param {import("./inJupyter.mjs").Sides} sides
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measureSlowLink({ ours: session }, { rounds, quick, say }) {
  const seconds = quick ? 2 : 3;
  // Time for the adaptation to find its level.
  const warmup = quick ? 2 : 4;
  const moves = quick ? 4 : 8;
  const proxy = new ThrottlingProxy(session.port);
  const port = await proxy.listen();
  /** @type {any[]} */
  const data = CASES.map(({ name }) => ({ name, runs: [], photons: [], missing: [] }));
  try {
    const pictures = { files: pictureFiles("scene", WIDTH, HEIGHT), width: WIDTH, height: HEIGHT };
    /** The side whose notebook is open. @type {import("./session.mjs").Side | undefined} */
    let open;
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { name, side, traits }] of CASES.entries()) {
        if (side !== open) {
          proxy.release();
          await session.openPage(port, [side]);
          proxy.throttle(LINK);
          open = side;
        }
        const row = data[index];
        if (row.missing.length > 0) continue;
        say(`slow link: ${name}`);
        const options = { pictures, width: WIDTH, height: HEIGHT, traits };
        const { missing } = await session.show(side, options);
        row.missing = missing;
        if (missing.length > 0 && missing.length === Object.keys(traits).length) continue;
        const result = await session.watchedLoop(side, { seconds, warmup });
        const { quality = NaN, scale = NaN } = result.stats;
        row.runs.push({ ...figures(result), quality, scale });
        await session.control.call(side, "marker", { moving: true });
        await sleep(warmup * 500);
        row.photons.push(await movesToPhotons(session, moves));
        await session.control.call(side, "settle");
      }
    }
  } finally {
    proxy.close();
  }
  return {
    data,
    tables: [
      {
        title: `Slow link (${LINK.mbitPerSecond} Mbit/s, ${LINK.roundTripMs} ms), scene ${WIDTH}x${HEIGHT}`,
        columns: [
          ...["", "seen/s", "receipts/s", "KB/frame", "quality", "scale", "round trip ms"],
          ...["input to photon p50 ms", "p95"],
        ],
        rows: data.map(({ name, runs, photons, missing }) => {
          const seen = photons.flat().filter(Number.isFinite);
          return [
            missing.length > 0 ? `${name} (no ${missing.join(", ")})` : name,
            median(each(runs, "seenPerSecond")),
            median(each(runs, "fps")),
            median(each(runs, "bytes")) / 1000,
            median(each(runs, "quality")),
            median(each(runs, "scale")),
            median(each(runs, "roundTrip")),
            median(seen),
            p95(seen),
          ];
        }),
        note:
          "Ours by jpeg-turbo, 4:2:0; jupyter_rfb by simplejpeg, 4:4:4. Ours aims at 60 frames a second where nothing else is said: " +
          "adaptive takes fewer bytes for each. " +
          "Quality and scale: of the last frame in motion; jupyter_rfb does not tell them (quality 80, full size). " +
          "Input to photon in motion: the kernel draws all the time.",
      },
    ],
  };
}
