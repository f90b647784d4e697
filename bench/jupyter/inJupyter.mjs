/** Makes a part of a measurement that needs JupyterLab. */
import { JupyterSession } from "./session.mjs";

/** @typedef {import("../run.mjs").BenchContext} BenchContext */
/** @typedef {import("../lib/report.mjs").PartResult} PartResult */

/** A part's run(): with one JupyterLab, one Chromium, a notebook of ours and one of what it is compared with.
 * @param {(session: JupyterSession, context: BenchContext) => Promise<PartResult>} measure
 * @returns {(context: BenchContext) => Promise<PartResult>} */
export function inJupyter(measure) {
  return async (context) => {
    const session = await JupyterSession.start({ against: context.against });
    try {
      return await measure(session, context);
    } finally {
      await session.close();
    }
  };
}
