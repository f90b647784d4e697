/** Makes a part of a measurement that needs JupyterLab. */
import { rmSync } from "node:fs";
import { at } from "../../scripts/lib/paths.mjs";
import { JupyterSession } from "./session.mjs";

/** @typedef {import("../run.mjs").BenchContext} BenchContext */
/** @typedef {import("../lib/report.mjs").PartResult} PartResult */
/** Where each side runs: both in one JupyterLab, or, for a comparison with another checkout, each in its own.
 * @typedef {Readonly<Record<import("./session.mjs").Side, JupyterSession>>} Sides */

/** A part's run(): with JupyterLab, Chromium, a notebook of ours and one of what it is compared with.
 * @param {(sides: Sides, context: BenchContext) => Promise<PartResult>} measure
 * @returns {(context: BenchContext) => Promise<PartResult>} */
export function inJupyter(measure) {
  return async (context) => {
    const { against } = context;
    rmSync(at("bench", ".work", "jupyter"), { recursive: true, force: true });
    /** @type {JupyterSession[]} */
    const sessions = [];
    const start = async (/** @type {Parameters<typeof JupyterSession.start>[0]} */ options) => {
      const session = await JupyterSession.start(options);
      sessions.push(session);
      return session;
    };
    try {
      if (against === undefined) {
        const session = await start({});
        return await measure({ ours: session, theirs: session }, context);
      }
      const ours = await start({ sides: ["ours"] });
      const theirs = await start({ sides: ["theirs"], against });
      return await measure({ ours, theirs }, context);
    } finally {
      for (const session of sessions) await session.close();
    }
  };
}
