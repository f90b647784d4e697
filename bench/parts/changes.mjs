/**
 * What it costs to find what changed in a frame, and how much of the picture is then sent: as a few rectangles, and as the one
 * rectangle around them. Beside it, how long Node takes to find two frames equal, which is as fast as memory can be read.
 */
import { createRequire } from "node:module";
import { at } from "../../scripts/lib/paths.mjs";
import { SIZES } from "../lib/pictures.mjs";
import { p95, median, pairRatio } from "../lib/statistics.mjs";

/** @typedef {import("../../src/framebuffer/changes/rects.js").Rect} Rect */
/** @typedef {import("../../src/framebuffer/source/frame.js").RawFrame} RawFrame */

const require = createRequire(import.meta.url);
/** @type {typeof import("../../src/framebuffer/changes/changes.js")} */
const { compareFrames } = require(at("lib", "framebuffer", "changes", "changes.js"));
/** @type {typeof import("../../src/framebuffer/node/runtime.js")} */
const { nodeRuntime } = require(at("lib", "framebuffer", "node", "runtime.js"));
/** @type {typeof import("../../src/framebuffer/changes/rects.js")} */
const { areaOf, totalArea, unite } = require(at("lib", "framebuffer", "changes", "rects.js"));

/** Comparisons of one kind in a row: enough that a single interruption does not matter. */
const CALLS = 20;

/** Numbers from 0 to below 1 that are the same in each run. */
function randomNumbers(seed = 1) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @param {RawFrame} frame
 * @param {Rect} rect */
function change({ data, width, channels }, rect) {
  for (let row = rect.y; row < rect.y + rect.height; row++) {
    const begin = (row * width + rect.x) * channels;
    for (let byte = begin; byte < begin + rect.width * channels; byte++) {
      data[byte] = ((data[byte] ?? 0) + 1) & 255;
    }
  }
}

/** @type {Record<string, (frame: RawFrame) => void>} What happens from one frame to the next. */
const happenings = {
  nothing: () => {},
  "a 200x200 box": (frame) => change(frame, { x: 411, y: 307, width: 200, height: 200 }),
  "boxes at opposite corners": (frame) => {
    change(frame, { x: 13, y: 21, width: 100, height: 100 });
    change(frame, { x: frame.width - 121, y: frame.height - 117, width: 100, height: 100 });
  },
  "a text cursor and a clock": (frame) => {
    change(frame, { x: 317, y: 411, width: 2, height: 18 });
    change(frame, { x: frame.width - 90, y: 8, width: 16, height: 14 });
  },
  "a curve that grows": (frame) => {
    const random = randomNumbers(3);
    let y = frame.height / 2;
    for (let x = 0; x < frame.width / 8; x++) {
      y = Math.min(frame.height - 3, Math.max(0, y + (random() - 0.5) * 12));
      change(frame, { x: (frame.width >> 1) + x, y: Math.floor(y), width: 1, height: 3 });
    }
  },
  "a diagonal line": (frame) => {
    const steps = Math.min(frame.width, frame.height);
    for (let at = 0; at < steps; at++) change(frame, { x: at, y: at, width: 1, height: 1 });
  },
  "a column of pixels": (frame) => change(frame, { x: 700, y: 0, width: 1, height: frame.height }),
  "a noisy row": (frame) => change(frame, { x: 0, y: 333, width: frame.width, height: 1 }),
  "half of it": (frame) =>
    change(frame, { x: 0, y: 0, width: frame.width >> 1, height: frame.height }),
  "2000 single pixels": (frame) => {
    const random = randomNumbers(5);
    for (let dot = 0; dot < 2000; dot++) {
      const x = Math.floor(random() * frame.width);
      change(frame, { x, y: Math.floor(random() * frame.height), width: 1, height: 1 });
    }
  },
  "every 96th pixel of a row": (frame) => {
    for (let y = 0; y < frame.height; y++) {
      for (let x = (y * 7) % 16; x < frame.width; x += 96)
        change(frame, { x, y, width: 1, height: 1 });
    }
  },
  "noise over everything": ({ data }) => {
    const random = randomNumbers(7);
    for (let byte = 0; byte < data.length; byte++) data[byte] = random() * 256;
  },
};

/** @param {number} width
 * @param {number} height
 * @param {3 | 4} channels
 * @returns {RawFrame} */
function background(width, height, channels) {
  const random = randomNumbers(11);
  const data = new Uint8Array(width * height * channels);
  for (let byte = 0; byte < data.length; byte++) data[byte] = random() * 256;
  return { data, width, height, channels };
}

/** Milliseconds of each of some calls.
 * @param {() => unknown} call */
function time(call) {
  return Array.from({ length: CALLS }, () => {
    const began = performance.now();
    call();
    return performance.now() - began;
  });
}

/** @param {{ rounds: number, quick: boolean }} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function run({ rounds, quick }) {
  /** @type {(string | number)[][]} */
  const rows = [];
  for (const [width, height] of quick ? [SIZES[2]] : SIZES.slice(1)) {
    for (const channels of /** @type {const} */ ([3, 4])) {
      const before = background(width, height, channels);
      // As an encoder's worker shares it, and so that nothing is equal because it is the same memory.
      const kept = { ...before, data: new Uint8Array(new SharedArrayBuffer(before.data.length)) };
      kept.data.set(before.data);
      const same = Buffer.from(new Uint8Array(before.data).buffer);
      const other = Buffer.from(before.data.buffer);
      for (const [what, happen] of Object.entries(happenings)) {
        const after = { ...before, data: new Uint8Array(before.data) };
        happen(after);
        const changes = compareFrames(kept, after, nodeRuntime);
        time(() => compareFrames(kept, after, nodeRuntime));
        /** @type {number[]} */
        const found = [];
        /** @type {number[]} */
        const memory = [];
        for (let round = 0; round < rounds; round++) {
          memory.push(...time(() => same.equals(other)));
          found.push(...time(() => compareFrames(kept, after, nodeRuntime)));
        }
        const size = width * height;
        const rects =
          changes === "equal"
            ? []
            : changes === "everything"
              ? [{ x: 0, y: 0, width, height }]
              : changes;
        const around = rects
          .slice(1)
          .reduce(unite, rects[0] ?? { x: 0, y: 0, width: 0, height: 0 });
        rows.push([
          `${width}x${height} ${channels === 3 ? "RGB" : "RGBA"}`,
          what,
          median(found),
          p95(found),
          pairRatio(found, memory),
          changes === "everything" ? "everything" : String(rects.length),
          (100 * totalArea(rects)) / size,
          (100 * areaOf(around)) / size,
        ]);
      }
    }
  }
  return {
    tables: [
      {
        title: "Finding what changed",
        columns: [
          "picture",
          "what changed",
          "ms p50",
          "ms p95",
          "x of Buffer.equals",
          "rectangles",
          "sent %",
          "sent as one rectangle %",
        ],
        rows,
        note: "Buffer.equals of two equal frames reads both once: nothing finds them equal faster. Of frames that change everywhere a sample is enough. A frame that is sent whole counts as 100 %.",
      },
    ],
    data: rows,
  };
}
