/** What the way from the kernel to the page and back can do with the same bytes: without decoding, and with no more than that. */
import { jpegFiles, SIZES } from "../lib/pictures.mjs";
import { median, p95 } from "../lib/statistics.mjs";

/** @param {import("./inJupyter.mjs").Sides} sides
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measureRelay({ ours: session }, { rounds, quick, say }) {
  const seconds = quick ? 1 : 2;
  const kinds = quick ? /** @type {const} */ (["scene"]) : /** @type {const} */ (["flat", "scene"]);
  await session.activate("ours");
  await session.probeWithKernel("relay");
  const data = [];
  for (const kind of kinds) {
    for (const [width, height] of SIZES) {
      say(`the relay's limit: ${kind} ${width}x${height}`);
      const files = jpegFiles(kind, width, height);
      /** @type {Record<string, any[]>} */
      const runs = { relay: [], painted: [] };
      for (let round = 0; round < rounds; round += 1) {
        for (const [name, paint] of /** @type {const} */ ([
          ["relay", false],
          ["painted", true],
        ])) {
          const options = { files, inFlight: 2, seconds, warmup: 0.4, page: { paint } };
          runs[name]?.push(await session.control.call("ours", "relay", options));
        }
      }
      data.push({ kind, width, height, ...runs });
    }
  }
  return {
    data,
    tables: [
      {
        title: "The relay's limit: JPEGs encoded before, two in flight",
        columns: ["picture", "KB", "messages/s", "round trip ms", "p95", "decoded and painted/s"],
        rows: data.map((/** @type {any} */ { kind, width, height, relay, painted }) => {
          const trips = relay.flatMap((/** @type {any} */ run) => run.roundTrips);
          const rates = (/** @type {any[]} */ runs) => median(runs.map((run) => run.perSecond));
          return [
            `${kind} ${width}x${height}`,
            relay[0].bytes / 1000,
            rates(relay),
            median(trips),
            p95(trips),
            rates(painted),
          ];
        }),
      },
    ],
  };
}
