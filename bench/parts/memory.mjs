/** Memory over many frames: of kernel and page in a notebook, and of a server; as images and as video. */
import { measureMemory, MEMORY_SIZE } from "../jupyter/growth.mjs";
import { JupyterSession } from "../jupyter/session.mjs";
import { memoryPlan, memoryTable } from "../lib/memorySeries.mjs";
import { measureStreamMemory } from "../stream/memory.mjs";

/** @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function run(context) {
  const data = await measureStreamMemory(MEMORY_SIZE, context);
  const session = await JupyterSession.start({ sides: ["ours"] });
  try {
    data.unshift(...(await measureMemory(session, context)));
  } finally {
    await session.close();
  }
  const { total } = memoryPlan(context.quick);
  const title = `Memory of ours over ${total} frames of ${MEMORY_SIZE.join("x")}, MB`;
  return { data, tables: [memoryTable(data, title)] };
}
