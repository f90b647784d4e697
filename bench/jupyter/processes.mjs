/** Processor time of whole trees of processes, on Linux. */
import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of a tick of /proc/PID/stat: Linux counts 100 a second. */
const TICK_MS = 10;

/** Processor time so far of some processes and all that descend from them, in milliseconds.
 * @param {readonly number[]} roots process ids
 * @returns {number} */
export function treeCpuMs(roots) {
  const processes = readdirSync("/proc").flatMap((entry) => {
    const stat = /^\d+$/.test(entry) ? readStat(entry) : undefined;
    return stat === undefined ? [] : [stat];
  });
  const inside = new Set(roots);
  for (let before = -1; before !== inside.size;) {
    before = inside.size;
    for (const { pid, parent } of processes) if (inside.has(parent)) inside.add(pid);
  }
  return processes
    .filter(({ pid }) => inside.has(pid))
    .reduce((sum, { ticks }) => sum + ticks * TICK_MS, 0);
}

/** @param {string} pid */
function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      ticks: Number(fields[11]) + Number(fields[12]),
    };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}
