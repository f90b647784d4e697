/**
 * Ours and jupyter_rfb in the same JupyterLab and Chromium.
 *
 * `--only` takes some of: endToEnd, photon, relay, changes, growth, slowLink, memory.
 */
import { StepError } from "../../scripts/lib/run.mjs";
import { measureChanges } from "../jupyter/changes.mjs";
import { measureEndToEnd } from "../jupyter/endToEnd.mjs";
import { measureGrowth, measureMemory } from "../jupyter/growth.mjs";
import { measurePhotons } from "../jupyter/photon.mjs";
import { measureRelay } from "../jupyter/relayLimit.mjs";
import { JupyterSession } from "../jupyter/session.mjs";
import { measureSlowLink } from "../jupyter/slowLink.mjs";

const measurements = {
  endToEnd: measureEndToEnd,
  photon: measurePhotons,
  relay: measureRelay,
  changes: measureChanges,
  growth: measureGrowth,
  slowLink: measureSlowLink,
  memory: measureMemory,
};

/** @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function run(context) {
  const wanted = context.only?.split(",") ?? Object.keys(measurements);
  const unknown = wanted.find((name) => !(name in measurements));
  if (unknown !== undefined) {
    const names = Object.keys(measurements).join(", ");
    throw new StepError(`--only: expected some of ${names}, got ${unknown}`, 2);
  }
  const session = await JupyterSession.start();
  /** @type {Record<string, unknown>} */
  const data = {};
  const tables = [];
  try {
    for (const [name, measure] of Object.entries(measurements)) {
      if (!wanted.includes(name)) continue;
      const result = await measure(session, context);
      data[name] = result.data;
      tables.push(...result.tables);
    }
  } finally {
    await session.close();
  }
  return { data, tables };
}
