/** The soak of the notebook's route: a cell that is run again and again, and frames in between. */
import { pictureFiles } from "../lib/pictures.mjs";
import { WARM_UP } from "../stream/soak.mjs";

/** Small, so that many frames pass. */
const [WIDTH, HEIGHT] = [240, 100];
/** Stretches before each of which the cell is run again. */
const STRETCHES = 10;

/** @param {import("./inJupyter.mjs").Sides} sides
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../stream/soak.mjs").SoakResult[]>} */
export async function measureCellSoak({ ours: session }, { quick, say }) {
  const frames = quick ? 2000 : 50_000;
  const pictures = { files: pictureFiles("scene", WIDTH, HEIGHT), width: WIDTH, height: HEIGHT };
  const devtools = await session.page.context().newCDPSession(session.page);
  const data = [];
  for (const codec of ["jpeg", "h264"]) {
    /** @type {Record<string, number>[]} */
    const samples = [];
    for (let step = 1 - WARM_UP; step <= STRETCHES; step += 1) {
      say(`soak: notebook, ${codec}, ${step} of ${STRETCHES}`);
      const size = { width: WIDTH, height: HEIGHT };
      await session.show("ours", {
        pictures,
        ...size,
        traits: { codec },
        views: 1 + Math.abs(step % 2),
      });
      await session.loop("ours", { frames: frames / STRETCHES, warmup: 0 });
      if (step < 0) continue;
      await devtools.send("HeapProfiler.collectGarbage");
      const { usedSize } = await devtools.send("Runtime.getHeapUsage");
      const { rss, heapUsed, handles } = await session.control.call("ours", "memory");
      samples.push({
        "kernel MB": rss / 1e6,
        "kernel heap MB": heapUsed / 1e6,
        "page heap MB": usedSize / 1e6,
        handles,
      });
    }
    data.push({ name: `notebook, ${codec}`, frames, samples });
  }
  await devtools.detach();
  return data;
}
