/** What paints a picture on a canvas soonest and cheapest: a 2D context, a desynchronized one, or WebGL2. Without a graphics device. */
import { chromiumFlags, chromiumPath } from "../../scripts/lib/chromium.mjs";
import { measurePainters, painterTable } from "../painters/measure.mjs";
import { painterSets } from "../painters/sets.mjs";

/** @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult | undefined>} */
export async function run({ rounds, quick, say }) {
  const measured = await measurePainters({
    executablePath: chromiumPath(),
    flags: chromiumFlags,
    rounds,
    sets: await painterSets(quick),
    isWanted: () => true,
    say,
  });
  const title = "Painting without a graphics device (scene, JPEG quality 80 4:4:4, or H.264)";
  return measured && { tables: [painterTable(measured, title)], data: measured };
}
