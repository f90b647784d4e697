/**
 * What encoding a moving 1080p picture takes, codec by codec: H.264 against PyAV with the same settings of the same library, JPEG
 * against Pillow, in turns; VP9, WebP and PNG beside them.
 */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { at } from "../../scripts/lib/paths.mjs";
import { JsonProcess } from "../lib/jsonProcess.mjs";
import { pictureFiles, pictures } from "../lib/pictures.mjs";
import { median, p95, pairRatio } from "../lib/statistics.mjs";

const [WIDTH, HEIGHT] = /** @type {const} */ ([1920, 1080]);
const QUALITY = 80;
const KINDS = /** @type {const} */ (["gradient", "scene"]);

/** What src/framebuffer/encoders/video/videoSettings.ts sets for libx264 at this quality. */
const X264 = {
  preset: "ultrafast",
  tune: "zerolatency",
  crf: "23",
  "forced-idr": "1",
  sc_threshold: "0",
};

/**
 * @typedef {{ data: Uint8Array, width: number, height: number, channels: 3 }} Picture
 * @typedef {{ times: number[], bytes: number }} Turn
 * @typedef {object} Job
 * @property {string} name
 * @property {number} count frames of a turn
 * @property {(frames: readonly Picture[], count: number) => Promise<Turn>} ours
 * @property {((files: readonly string[], count: number) => Promise<Turn>) | undefined} theirs
 */

/** Encodes frames one after the other; the first is not counted.
 * @param {readonly Picture[]} frames
 * @param {number} count
 * @param {(frame: Picture, isFirst: boolean) => Promise<{ data: Uint8Array }>} encode
 * @returns {Promise<Turn>} */
async function encodeAll(frames, count, encode) {
  const times = [];
  let bytes = 0;
  for (let n = 0; n <= count; n += 1) {
    const frame = /** @type {Picture} */ (frames[n % frames.length]);
    const began = performance.now();
    const { data } = await encode(frame, n === 0);
    if (n === 0) continue;
    times.push(performance.now() - began);
    bytes += data.length / count;
  }
  return { times, bytes };
}

/** @param {import("../run.mjs").BenchContext} context */
export async function run({ rounds, quick, python, say }) {
  const require = createRequire(import.meta.url);
  const { acquireImageEncoders, createVideoEncoder } = require(
    at("lib", "framebuffer", "node", "index.js"),
  );
  const encoders = acquireImageEncoders();
  const pillow = new JsonProcess(python, [at("bench", "parts", "pillow_encode.py")]);
  const pyav = new JsonProcess(python, [at("bench", "parts", "pyav_encode.py")]);

  /** @param {"jpeg" | "png" | "webp"} format
   * @param {boolean} lossless
   * @returns {Job["ours"]} */
  const image = (format, lossless) => async (frames, count) => {
    const encoder = await encoders.get(format, lossless, "auto");
    const options = { quality: QUALITY, chroma: "4:2:0" };
    return encodeAll(frames, count, (frame) => encoder.encode(frame, options));
  };
  /** @param {"h264" | "vp9"} codec
   * @returns {Job["ours"]} */
  const video = (codec) => async (frames, count) => {
    const encoder = await createVideoEncoder(codec, "software");
    try {
      return await encodeAll(frames, count, (frame, keyframe) =>
        encoder.encode(frame, { keyframe, quality: QUALITY }),
      );
    } finally {
      encoder.dispose();
    }
  };
  /** @param {string} format
   * @param {object} options
   * @returns {NonNullable<Job["theirs"]>} */
  const byPillow = (format, options) => async (files, count) => {
    /** @type {Turn[]} */
    const turns = [];
    for (const file of files) {
      const task = { file, width: WIDTH, height: HEIGHT, format, options };
      turns.push(await pillow.ask({ ...task, count: Math.ceil(count / files.length) }));
    }
    return {
      times: turns.flatMap(({ times }) => times),
      bytes: turns.reduce((sum, { bytes }) => sum + bytes / turns.length, 0),
    };
  };
  /** @type {NonNullable<Job["theirs"]>} */
  const byPyav = (files, count) =>
    pyav.ask({
      ...{ files, count, width: WIDTH, height: HEIGHT, options: X264 },
      threads: Math.min(4, availableParallelism()),
    });

  const jpegOptions = { quality: QUALITY, subsampling: "4:2:0" };
  /** @type {Job[]} */
  const jobs = [
    { name: "JPEG", count: 24, ours: image("jpeg", false), theirs: byPillow("jpeg", jpegOptions) },
    { name: "H.264", count: 48, ours: video("h264"), theirs: byPyav },
    { name: "VP9", count: 16, ours: video("vp9"), theirs: undefined },
    { name: "WebP", count: 8, ours: image("webp", false), theirs: undefined },
    { name: "PNG", count: 8, ours: image("png", true), theirs: undefined },
  ];
  const data = [];
  try {
    for (const kind of KINDS) {
      const files = pictureFiles(kind, WIDTH, HEIGHT);
      const frames = pictures(kind, WIDTH, HEIGHT).map((pixels) => {
        const shared = new Uint8Array(new SharedArrayBuffer(pixels.length));
        shared.set(pixels);
        return { data: shared, width: WIDTH, height: HEIGHT, channels: /** @type {const} */ (3) };
      });
      for (const job of jobs) {
        say(`${kind}: ${job.name}`);
        const count = quick ? 8 : job.count;
        /** @type {Turn[]} */
        const ours = [];
        /** @type {Turn[]} */
        const theirs = [];
        for (let round = 0; round < rounds; round += 1) {
          if (job.theirs) theirs.push(await job.theirs(files, count));
          ours.push(await job.ours(frames, count));
        }
        data.push({ kind, job: job.name, ours, theirs });
      }
    }
  } finally {
    pillow.end();
    pyav.end();
    encoders.dispose();
  }
  /** @param {readonly Turn[]} turns */
  const medians = (turns) => turns.map(({ times }) => median(times));
  return {
    data,
    tables: [
      {
        title: `Codecs, ${WIDTH} x ${HEIGHT} RGB in motion, quality ${QUALITY}`,
        columns: [
          "picture: codec",
          "ms",
          "p95",
          "Pillow / PyAV ms",
          "p95",
          "ratio",
          "KB",
          "their KB",
        ],
        rows: data.map(({ kind, job, ours, theirs }) => [
          `${kind}: ${job}`,
          median(medians(ours)),
          p95(ours.flatMap(({ times }) => times)),
          median(medians(theirs)),
          p95(theirs.flatMap(({ times }) => times)),
          pairRatio(medians(ours), medians(theirs)),
          median(ours.map(({ bytes }) => bytes / 1000)),
          median(theirs.map(({ bytes }) => bytes / 1000)),
        ]),
        note: "One frame after the other, each until its bytes are there, with the conversion of the pixels. JPEG beside Pillow, H.264 beside PyAV with libx264 at the same settings (ultrafast, zerolatency, crf 23). Eight pictures in turn, which differ more than those of a smooth motion: few bytes are saved between them.",
      },
    ],
  };
}
