/**
 * Our image encoders against Pillow's (libjpeg-turbo, zlib, libwebp), on the same pictures, in turns: time until the file is
 * there, bytes, and how long the kernel's thread is busy with one frame.
 */
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { at } from "../../scripts/lib/paths.mjs";
import { JsonProcess } from "../lib/jsonProcess.mjs";
import { pictureFiles, pictures, SIZES } from "../lib/pictures.mjs";
import { median, p95, pairRatio } from "../lib/statistics.mjs";

/** Encodes in one turn, after one that is not counted. */
const PER_TURN = 5;

/** How many encodes are under way at once at most in the second table. */
const AT_ONCE = 2;

const CHROMAS = /** @type {const} */ (["4:2:0", "4:4:4"]);
const KINDS = /** @type {const} */ (["flat", "scene", "noise"]);

/**
 * @typedef {object} Job what is compared
 * @property {string} name
 * @property {"jpeg" | "png" | "webp"} format
 * @property {boolean} lossless
 * @property {"auto" | "jpeg-turbo" | "sharp" | "jpeg-js"} choice
 * @property {"4:2:0" | "4:4:4"} chroma
 * @property {Record<string, unknown>} pillow options of Pillow's save()
 */

/** @returns {Job[]} */
function jobs() {
  const jpeg = CHROMAS.flatMap((chroma) =>
    /** @type {const} */ (["jpeg-turbo", "sharp", "jpeg-js"])
      // It knows no other sampling.
      .filter((choice) => choice !== "jpeg-js" || chroma === "4:4:4")
      .map((choice) => ({
        name: `JPEG ${chroma}, ${choice}`,
        format: /** @type {const} */ ("jpeg"),
        lossless: false,
        choice,
        chroma,
        pillow: { quality: 80, subsampling: chroma },
      })),
  );
  const shared = { choice: /** @type {const} */ ("auto"), chroma: CHROMAS[0] };
  return [
    ...jpeg,
    { ...shared, name: "PNG", format: "png", lossless: true, pillow: { compress_level: 1 } },
    {
      ...shared,
      name: "WebP",
      format: "webp",
      lossless: false,
      pillow: { quality: 80, method: 0 },
    },
    {
      ...shared,
      name: "WebP lossless",
      format: "webp",
      lossless: true,
      pillow: { lossless: true, quality: 0, method: 0 },
    },
  ];
}

/**
 * @typedef {{ data: Uint8Array, width: number, height: number, channels: 1 | 3 | 4 }} RawFrame
 * @typedef {object} FrameEncoder as much of ours as is used
 * @property {string} name
 * @property {(frame: RawFrame, options: { quality: number, chroma: string }) => Promise<{ data: Uint8Array }>} encode
 */

/** @param {FrameEncoder} encoder
 * @param {RawFrame} frame
 * @param {Job} job
 * @param {number} count */
async function encodeOurs(encoder, frame, { chroma }, count) {
  const times = [];
  const busy = [];
  let bytes = 0;
  for (let i = 0; i <= count; i += 1) {
    // The thread's busy time of one frame: handing it over, and taking the file. All else waits.
    const before = performance.eventLoopUtilization();
    const began = performance.now();
    const { data } = await encoder.encode(frame, { quality: 80, chroma });
    const ended = performance.now();
    const { active } = performance.eventLoopUtilization(before);
    bytes = data.length;
    if (i === 0) continue;
    times.push(ended - began);
    busy.push(active);
  }
  return { times, busy, bytes };
}

/** Time per frame with some under way at once, in ms.
 * @param {FrameEncoder} encoder
 * @param {RawFrame} frame
 * @param {Job} job */
async function perFrameAtOnce(encoder, frame, { chroma }) {
  let left = PER_TURN * 2;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await encoder.encode(frame, { quality: 80, chroma });
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return (performance.now() - began) / (PER_TURN * 2);
}

/** Encoders against Pillow.
 * @param {import("../run.mjs").BenchContext} context */
export async function run({ rounds, quick, python, say }) {
  const require = createRequire(import.meta.url);
  const { acquireImageEncoders } = require(at("lib", "framebuffer", "node", "index.js"));
  const encoders = acquireImageEncoders();
  const pillow = new JsonProcess(python, [at("bench", "parts", "pillow_encode.py")]);
  const tables = [];
  const data = [];
  try {
    for (const [width, height] of quick ? [SIZES[2]] : SIZES) {
      const rows = [];
      for (const kind of quick ? [KINDS[1]] : KINDS) {
        say(`${kind} ${width} x ${height}`);
        const file = pictureFiles(kind, width, height)[1];
        const pixels = new Uint8Array(new SharedArrayBuffer(width * height * 3));
        pixels.set(pictures(kind, width, height)[1] ?? []);
        /** @type {RawFrame} */
        const frame = { data: pixels, width, height, channels: 3 };
        for (const job of jobs()) {
          const encoder = await encoders.get(job.format, job.lossless, job.choice);
          const result = await measure({ encoder, frame, job, pillow, file, rounds });
          data.push({ kind, width, height, job: job.name, encoder: encoder.name, ...result });
          rows.push([
            `${kind}: ${job.name}`,
            median(result.ours),
            p95(result.each),
            median(result.theirs),
            pairRatio(result.ours, result.theirs),
            median(result.atOnce),
            median(result.busy),
            p95(result.busy),
            result.bytes / 1000,
            result.theirBytes / 1000,
          ]);
        }
      }
      tables.push({
        title: `Image encoders, ${width} x ${height} RGB, quality 80`,
        columns: [
          "picture: encoder",
          "ms",
          "p95",
          "Pillow ms",
          "ratio",
          `ms per frame, ${AT_ONCE} at once`,
          "main thread ms",
          "p95",
          "KB",
          "Pillow KB",
        ],
        rows,
        note: "ms: from the call until the file is there, on another thread; the ratio is the median of pairs of turns, each turn's figure a median too.",
      });
    }
  } finally {
    pillow.end();
    encoders.dispose();
  }
  return { tables, data };
}

/** @param {{ encoder: FrameEncoder, frame: RawFrame, job: Job, pillow: JsonProcess, file: string | undefined, rounds: number }} options */
async function measure({ encoder, frame, job, pillow, file, rounds }) {
  const { width, height } = frame;
  // Some take a second.
  const isSlow = job.choice === "jpeg-js" || job.format !== "jpeg";
  const count = isSlow ? 2 : PER_TURN;
  const result = {
    ours: /** @type {number[]} */ ([]),
    each: /** @type {number[]} */ ([]),
    theirs: /** @type {number[]} */ ([]),
    busy: /** @type {number[]} */ ([]),
    atOnce: /** @type {number[]} */ ([]),
    bytes: 0,
    theirBytes: 0,
  };
  for (let round = 0; round < rounds; round += 1) {
    const task = { file, width, height, format: job.format, options: job.pillow, count };
    const theirs = await pillow.ask(task);
    const ours = await encodeOurs(encoder, frame, job, count);
    result.ours.push(median(ours.times));
    result.each.push(...ours.times);
    result.theirs.push(median(theirs.times));
    result.busy.push(...ours.busy);
    if (!isSlow) result.atOnce.push(await perFrameAtOnce(encoder, frame, job));
    result.bytes = ours.bytes;
    result.theirBytes = theirs.bytes;
  }
  return result;
}
