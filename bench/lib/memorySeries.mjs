/** What the memory benchmark measures on both routes, and its table. */
import { median } from "./statistics.mjs";

/**
 * Memory in bytes by name, after so many frames.
 * @typedef {{ frames: number } & Record<string, number>} MemorySample
 * @typedef {{ route: string, codec: string, encoder: string, samples: MemorySample[] }} MemorySeries
 */

/** Images and video: their encoders keep different things. */
export const MEMORY_CODECS = /** @type {const} */ (["jpeg", "h264"]);

/** How many frames, in how many steps, and how many before the first sample.
 * @param {boolean} quick */
export function memoryPlan(quick) {
  const total = quick ? 1500 : 20_000;
  return { total, steps: quick ? 3 : 10, warmup: Math.min(5000, total / 2) };
}

/** @param {readonly MemorySeries[]} series
 * @param {string} title
 * @returns {import("./report.mjs").Table} */
export function memoryTable(series, title) {
  return {
    title,
    columns: ["of", "encoder", "after warm-up", "median of the last third", "change %"],
    rows: series.flatMap(({ route, codec, encoder, samples: [first, ...rest] }) =>
      Object.keys(first ?? {})
        .filter((name) => name !== "frames")
        .map((name) => {
          const before = first?.[name] ?? NaN;
          const last = rest.slice(-Math.ceil(rest.length / 3));
          const after = median(last.map((sample) => sample[name] ?? NaN));
          return [
            `${route}, ${codec}: ${name}`,
            encoder,
            before / 1e6,
            after / 1e6,
            (after / before - 1) * 100,
          ];
        }),
    ),
  };
}
