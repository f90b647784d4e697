/** The files that the painters' pictures are decoded from. */
import { SIZES } from "../lib/pictures.mjs";
import { chunks, jpegs } from "../lib/sourceFiles.mjs";

/** Chunks of the video, of which the first is a key chunk. */
const CHUNKS = 60;

/** @param {boolean} quick whether one size is enough */
export async function painterSets(quick) {
  const sets = [];
  for (const [width, height] of quick ? SIZES.slice(1, 2) : SIZES.slice(1)) {
    const jpeg = await jpegs(width, height);
    sets.push({ width, height, jpeg, h264: await chunks(width, height, CHUNKS) });
  }
  return sets;
}
