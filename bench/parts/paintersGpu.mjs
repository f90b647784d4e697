/** The same as painters.mjs, with a graphics device. Where the browser has none, nothing is measured. */
import { chromiumFlags, chromiumPath } from "../../scripts/lib/chromium.mjs";
import { measurePainters, painterTable } from "../painters/measure.mjs";
import { painterSets } from "../painters/sets.mjs";

/** Without a screen, Chromium reaches a graphics device on Linux by EGL. */
const GPU_FLAGS = [
  ...["--ignore-gpu-blocklist", "--enable-gpu-rasterization"],
  ...["--use-gl=angle", "--use-angle=gl-egl"],
];

/** @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult | undefined>} */
export async function run({ rounds, quick, say }) {
  const measured = await measurePainters({
    executablePath: chromiumPath(),
    flags: [...chromiumFlags.filter((flag) => flag !== "--disable-gpu"), ...GPU_FLAGS],
    rounds,
    sets: await painterSets(quick),
    isWanted: (renderer, features) =>
      features["gpu_compositing"] === "enabled" && !/swiftshader|llvmpipe/i.test(renderer),
    say,
  });
  const title = "Painting with a graphics device (scene, JPEG quality 80 4:4:4, or H.264)";
  return measured && { tables: [painterTable(measured, title)], data: measured };
}
