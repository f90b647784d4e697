/** The pictures of pictures.mjs as files that a page decodes. */
import { createRequire } from "node:module";
import sharp from "sharp";
import { at } from "../../scripts/lib/paths.mjs";
import { pictures, VARIANTS } from "./pictures.mjs";

const QUALITY = 80;

/** @typedef {{ bytes: Buffer[], codec: string }} Files */

/** @param {number} width
 * @param {number} height
 * @returns {Promise<Files>} */
export async function jpegs(width, height) {
  const raw = { width, height, channels: /** @type {const} */ (3) };
  const bytes = await Promise.all(
    pictures("scene", width, height).map((picture) =>
      sharp(picture, { raw }).jpeg({ quality: QUALITY, chromaSubsampling: "4:4:4" }).toBuffer(),
    ),
  );
  return { bytes, codec: "" };
}

/** @param {number} width
 * @param {number} height
 * @param {number} count of which the first is a key chunk
 * @returns {Promise<Files | undefined>} undefined where node-av is missing */
export async function chunks(width, height, count) {
  const require = createRequire(import.meta.url);
  /** @type {any} */
  const { createVideoEncoder } = require(at("lib/framebuffer/encoders/video/videoEncoders.js"));
  let encoder;
  try {
    encoder = await createVideoEncoder("h264", "software");
  } catch {
    return undefined;
  }
  const frames = pictures("scene", width, height);
  const bytes = [];
  let codec = "";
  for (let i = 0; i < count; i += 1) {
    // There and back again, so that each picture resembles the one before it.
    const turn = i % (2 * VARIANTS - 2);
    const data = frames[turn < VARIANTS ? turn : 2 * VARIANTS - 2 - turn] ?? new Uint8Array();
    const options = { keyframe: i === 0, quality: QUALITY };
    const chunk = await encoder.encode({ data, width, height, channels: 3 }, options);
    bytes.push(Buffer.from(chunk.data));
    if (i === 0) codec = chunk.codec;
  }
  encoder.dispose();
  return { bytes, codec };
}
