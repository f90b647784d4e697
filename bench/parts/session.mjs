/** How long one frame occupies the kernel's main thread, from get_frame() to its receipt, without the kernel's messages. */
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { pictures, SIZES } from "../lib/pictures.mjs";
import { median, p95 } from "../lib/statistics.mjs";
import { at } from "../../scripts/lib/paths.mjs";

/** Milliseconds from one frame to the next, at least: so that each finds cold caches, as it does beside a renderer. */
const SPACING_MS = 40;
/** Side of the box that moves, in pixels. */
const BOX = 200;

/** @typedef {"whole" | "box" | "equal"} Motion */

/**
 * @param {number} width
 * @param {number} height
 * @param {Motion} motion
 */
function source(width, height, motion) {
  const frames = pictures("scene", width, height);
  const canvas = Uint8Array.from(frames[0] ?? []);
  let draws = 0;
  const moveBox = () => {
    const left = (draws * 7) % (width - BOX);
    for (let y = 0; y < BOX; y += 1) {
      const row = (y + 40) * width * 3;
      canvas.set(frames[0]?.subarray(row, row + width * 3) ?? [], row);
      canvas.fill(200, row + left * 3, row + (left + BOX) * 3);
    }
  };
  return {
    /** Makes the next frame, which is not measured. */
    prepare: () => {
      draws += 1;
      if (motion === "box") moveBox();
    },
    get_frame: () => ({
      data: motion === "whole" ? frames[draws % frames.length] : canvas,
      shape: [height, width, 3],
    }),
  };
}

/**
 * @param {string} encoder
 * @param {number} width
 * @param {number} height
 * @param {Motion} motion
 * @param {number} count frames that are measured
 * @returns {Promise<number[]>} milliseconds of the main thread for each frame
 */
async function measure(encoder, width, height, motion, count) {
  const require = createRequire(import.meta.url);
  /** @type {any} */
  const { FramebufferSession, DEFAULT_SETTINGS, nodeRuntime } = require(
    at("lib/framebuffer/node/index.js"),
  );
  /** @type {(message: unknown) => void} */
  let receive = () => undefined;
  let received = 0;
  const { prepare, get_frame } = source(width, height, motion);
  const session = new FramebufferSession({
    source: { get_frame, handle_event: () => undefined },
    transport: {
      send: (/** @type {any} */ { index, timestamp, mimetype }) => {
        const localtime = Date.now() / 1000;
        setImmediate(() => {
          receive({ type: "frame_feedback", index, timestamp, localtime });
          if (mimetype === "image/jpeg") received += 1;
        });
      },
      onMessage: (/** @type {typeof receive} */ receiver) => {
        receive = receiver;
        return { dispose: () => undefined };
      },
    },
    runtime: nodeRuntime,
    settings: { ...DEFAULT_SETTINGS, encoder, codec: "jpeg" },
    reportError: (/** @type {unknown} */ error) => {
      throw error;
    },
  });
  session.setVisible(true);
  receive({ type: "hello", version: 1, accepts: ["patches"] });
  while (received === 0) await sleep(20);
  /** @type {number[]} */
  const times = [];
  for (let frame = -10; frame < count; frame += 1) {
    prepare();
    const wanted = motion === "equal" ? received : received + 1;
    const before = performance.eventLoopUtilization();
    session.requestDraw();
    do await sleep(SPACING_MS);
    while (received < wanted);
    if (frame >= 0) times.push(performance.eventLoopUtilization(before).active);
  }
  session.dispose();
  return times;
}

/** @param {import("../run.mjs").BenchContext} context */
export async function run({ rounds, quick, say }) {
  const count = quick ? 20 : 20 * rounds;
  const rows = [];
  const data = [];
  for (const encoder of ["jpeg-turbo", "sharp", "jpeg-js"]) {
    for (const [width, height] of SIZES) {
      for (const motion of /** @type {const} */ (["whole", "box", "equal"])) {
        say(`main thread: ${encoder} ${width}x${height} ${motion}`);
        const times = await measure(encoder, width, height, motion, count);
        data.push({ encoder, width, height, motion, times });
        rows.push([encoder, `${width}x${height}`, motion, median(times), p95(times)]);
      }
    }
  }
  return {
    tables: [
      {
        title: "The kernel's main thread for one frame, ms, scene",
        columns: ["encoder", "picture", "what changes", "median", "p95"],
        rows,
        note: "From get_frame() to the receipt, one frame at a time: checking, comparing, copying, handing over to the encoder, taking the file. Not the message that carries it.",
      },
    ],
    data,
  };
}
