/** Whether anything grows: many frames on each route, as images and as H.264, with viewers that come and go. */
import { measureCellSoak } from "../jupyter/soak.mjs";
import { inJupyter } from "../jupyter/inJupyter.mjs";
import { measureStreamSoak } from "../stream/soak.mjs";

/** @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function run(context) {
  const data = await measureStreamSoak(context);
  await inJupyter(async (sides) => {
    data.push(...(await measureCellSoak(sides, context)));
    return { data: [], tables: [] };
  })(context);
  return {
    data,
    tables: [
      {
        title: "Soak: after warm-up, and at the end",
        columns: ["route, codec", "frames", "of", "after warm-up", "at the end", "change %"],
        rows: data.flatMap(({ name, frames, samples }) => {
          const [first = {}, ...rest] = samples;
          const last = rest.at(-1) ?? {};
          return Object.keys(first).map((figure) => {
            const [before, after] = [first[figure] ?? NaN, last[figure] ?? NaN];
            return [name, String(frames), figure, before, after, (after / before - 1) * 100];
          });
        }),
        note: "Memory in MB after a garbage collection. Handles: timers, sockets, workers and what else keeps the process alive. In each stretch viewers join and leave, or the cell is run again.",
      },
    ],
  };
}
