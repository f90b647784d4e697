/** How long one frame occupies the kernel's main thread, from get_frame() to its receipt: comparing, copying, encoding, sending. */
import { createRequire } from "node:module";
import { pictures, SIZES } from "../lib/pictures.mjs";
import { median, p95 } from "../lib/statistics.mjs";
import { at } from "../../scripts/lib/paths.mjs";

/** Milliseconds from one frame to the next: every frame is done with before. */
const SPACING_MS = 40;
/** Side of the box that moves, in pixels. */
const BOX = 200;

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

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
  return () => {
    draws += 1;
    let data = frames[draws % frames.length];
    if (motion !== "whole") data = canvas;
    if (motion === "box") {
      const left = (draws * 7) % (width - BOX);
      for (let y = 0; y < BOX; y += 1) {
        const row = (y + 40) * width * 3;
        canvas.set(frames[0]?.subarray(row, row + width * 3) ?? [], row);
        canvas.fill(200, row + left * 3, row + (left + BOX) * 3);
      }
    }
    return { data, shape: [height, width, 3] };
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
  const { FramebufferSession, DEFAULT_SETTINGS } = require(at("lib/framebuffer/index.js"));
  /** @type {(message: unknown) => void} */
  let receive = () => undefined;
  let sent = 0;
  const session = new FramebufferSession({
    source: { get_frame: source(width, height, motion), handle_event: () => undefined },
    transport: {
      send: (/** @type {any} */ { index, timestamp }) => {
        sent += 1;
        const localtime = Date.now() / 1000;
        setImmediate(() => receive({ type: "frame_feedback", index, timestamp, localtime }));
      },
      onMessage: (/** @type {typeof receive} */ receiver) => {
        receive = receiver;
        return { dispose: () => undefined };
      },
    },
    settings: { ...DEFAULT_SETTINGS, encoder, codec: "jpeg" },
    reportError: (/** @type {unknown} */ error) => {
      throw error;
    },
  });
  session.setVisible(true);
  receive({ type: "hello", version: 1, accepts: ["patches"] });
  while (sent === 0) await sleep(20);
  /** @type {number[]} */
  const times = [];
  for (let frame = -10; frame < count; frame += 1) {
    const before = performance.eventLoopUtilization();
    session.requestDraw();
    await sleep(SPACING_MS);
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
        if (encoder === "jpeg-js" && motion === "whole" && width > 1280) continue;
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
        note: "From get_frame() to the receipt: checking, comparing, copying, handing over to the encoder, sending. One frame at a time.",
      },
    ],
    data,
  };
}
