/** A link of 2 Mbit/s and 100 ms that loses packets, on both routes, compared with jupyter_rfb. */
import { measureBadLinkInJupyter } from "../jupyter/badLink.mjs";
import { inJupyter } from "../jupyter/inJupyter.mjs";
import { measureBadLinkOfStream } from "../stream/badLink.mjs";

/** @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function run(context) {
  const stream = await measureBadLinkOfStream(context);
  const notebook = await inJupyter(measureBadLinkInJupyter)(context);
  return {
    data: { notebook: notebook.data, stream: stream.data },
    tables: [...notebook.tables, ...stream.tables],
  };
}
