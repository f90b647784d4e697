/**
 * The pictures that are sent, as raw RGB files that both sides read: the same bytes for both.
 *
 * Each kind has several variants that are shown in turn, so that each frame differs from the one before it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { at } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { fingerprint, once } from "../../scripts/lib/stamp.mjs";
import { benchPython } from "./environment.mjs";

/** How many variants a kind has. */
export const VARIANTS = 8;

/** The sizes that are measured, [width, height] in pixels. */
export const SIZES = /** @type {const} */ ([
  [640, 480],
  [1280, 720],
  [1920, 1080],
]);

/**
 * flat: what jupyter_rfb's performance notebook sends, a white bar that grows on black.
 * scene: shaded balls over a floor, with a little noise, as a renderer makes it.
 * noise: each pixel at random, the worst case of every encoder.
 * gradient: smooth slopes of colour that shift.
 * chart: thin lines in motion over a grid at rest.
 * scroll: lines of small text that move up.
 * @typedef {"flat" | "scene" | "noise" | "gradient" | "chart" | "scroll"} PictureKind
 */

/** A generator of numbers in 1..2^32-1, the same on each machine (xorshift32).
 * @param {number} seed */
export function randomNumbers(seed) {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** @param {number} width
 * @param {number} height
 * @param {number} variant 0..VARIANTS-1 */
function flat(width, height, variant) {
  const pixels = new Uint8Array(width * height * 3);
  const barHeight = Math.min(20, height);
  const bar = Math.floor((width * (variant + 1)) / VARIANTS) * 3;
  for (let y = 0; y < barHeight; y += 1) pixels.fill(255, y * width * 3, y * width * 3 + bar);
  return pixels;
}

/** @param {number} width
 * @param {number} height
 * @param {number} variant */
function noise(width, height, variant) {
  const pixels = new Uint8Array(width * height * 3);
  const words = new Uint32Array(pixels.buffer, 0, pixels.length >> 2);
  const next = randomNumbers(1000 + variant);
  for (let i = 0; i < words.length; i += 1) words[i] = next();
  return pixels;
}

/** Amplitude of the scene's noise, in gray levels. */
const GRAIN = 2;

/** @param {number} width
 * @param {number} height
 * @param {number} variant */
function scene(width, height, variant) {
  const pixels = new Uint8Array(width * height * 3);
  const next = randomNumbers(1 + variant);
  const turn = (2 * Math.PI * variant) / VARIANTS;
  const balls = Array.from({ length: 9 }, (_, i) => {
    const angle = turn / 3 + (2 * Math.PI * i) / 9;
    return {
      x: 0.5 * width + 0.34 * width * Math.cos(angle),
      y: 0.45 * height + 0.26 * height * Math.sin(angle),
      radius: (0.07 + 0.012 * (i % 4)) * height,
      colour: [90 + 18 * i, 220 - 16 * i, 90 + ((i * 67) % 140)],
    };
  });
  // Towards the light; it moves with the variant.
  const [lx, ly, lz] = [0.5 * Math.cos(turn), -0.6, Math.sqrt(1 - 0.25 - 0.36)];
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    const down = y / height;
    for (let x = 0; x < width; x += 1, at += 3) {
      let red = 60 + 70 * down;
      let green = 80 + 60 * down;
      let blue = 120 + 30 * down;
      if (down > 0.7) {
        // A floor of squares that become smaller with the distance.
        const depth = 1 / (down - 0.62);
        const odd = (Math.floor((x / width - 0.5) * depth * 6 + turn) + Math.floor(depth * 2)) & 1;
        red = green = blue = odd ? 150 : 95;
      }
      for (const ball of balls) {
        const dx = (x - ball.x) / ball.radius;
        const dy = (y - ball.y) / ball.radius;
        const inside = 1 - dx * dx - dy * dy;
        if (inside <= 0) continue;
        const light = Math.max(0, dx * lx + dy * ly + Math.sqrt(inside) * lz);
        const gloss = 120 * light ** 24;
        red = (ball.colour[0] ?? 0) * (0.2 + 0.8 * light) + gloss;
        green = (ball.colour[1] ?? 0) * (0.2 + 0.8 * light) + gloss;
        blue = (ball.colour[2] ?? 0) * (0.2 + 0.8 * light) + gloss;
      }
      const grain = (next() % (2 * GRAIN + 1)) - GRAIN;
      pixels[at] = Math.min(255, Math.max(0, red + grain));
      pixels[at + 1] = Math.min(255, Math.max(0, green + grain));
      pixels[at + 2] = Math.min(255, Math.max(0, blue + grain));
    }
  }
  return pixels;
}

/** @param {number} width
 * @param {number} height
 * @param {number} variant */
function gradient(width, height, variant) {
  const pixels = new Uint8Array(width * height * 3);
  const shift = variant / VARIANTS;
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 3) {
      pixels[at] = 255 * Math.abs(((2 * (x / width + shift)) % 2) - 1);
      pixels[at + 1] = (255 * y) / height;
      pixels[at + 2] = 255 * (1 - (x + y) / (width + height));
    }
  }
  return pixels;
}

const WHITE = 255;
const INK = 40;

/** @param {number} width
 * @param {number} height
 * @param {number} variant */
function chart(width, height, variant) {
  const pixels = new Uint8Array(width * height * 3).fill(WHITE);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (x % 80 === 40 || y % 60 === 30)
        pixels.fill(225, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  for (let series = 0; series < 6; series += 1) {
    const colour = [(series * 97) % 200, (series * 53 + 60) % 200, (series * 151 + 30) % 220];
    const middle = ((series + 1) / 7) * height;
    /** @param {number} x */
    const at = (x) => {
      const t = x / width + (variant * 0.6) / VARIANTS;
      return (
        middle + height * (0.06 * Math.sin(t * 23 + series) + 0.04 * Math.sin(t * 71 - series))
      );
    };
    for (let x = 0; x < width; x += 1) {
      const [low, high] = [at(x - 0.5), at(x + 0.5)].sort((a, b) => a - b);
      const [top, bottom] = [(low ?? 0) - 0.8, (high ?? 0) + 0.8];
      for (let y = Math.max(0, Math.floor(top)); y <= Math.min(height - 1, bottom); y += 1) {
        const cover = Math.max(0, Math.min(y + 1, bottom) - Math.max(y, top));
        colour.forEach((value, channel) => {
          const index = (y * width + x) * 3 + channel;
          pixels[index] = (pixels[index] ?? 0) * (1 - cover) + value * cover;
        });
      }
    }
  }
  return pixels;
}

/** The cell of a letter, in pixels, and how far the text moves from one variant to the next. */
const [LETTER_WIDTH, LINE_HEIGHT, SCROLL] = [8, 16, 6];

/** @param {number} width
 * @param {number} height
 * @param {number} variant */
function scroll(width, height, variant) {
  const pixels = new Uint8Array(width * height * 3).fill(WHITE);
  for (let y = 0; y < height; y += 1) {
    const inText = y + variant * SCROLL;
    const line = Math.floor(inText / LINE_HEIGHT);
    const row = (inText % LINE_HEIGHT) - 3;
    if (row < 0 || row >= 10) continue;
    for (let x = 0; x < width; x += 1) {
      const letter = Math.floor(x / LETTER_WIDTH);
      const column = (x % LETTER_WIDTH) - 1;
      // Words of various lengths, and lines too.
      const hash = Math.imul(line * 131 + letter, 0x9e3779b1) >>> 0;
      const isGap = hash % 6 === 0 || letter > 30 + (Math.imul(line, 0x85ebca6b) >>> 24);
      if (isGap || column < 0 || column >= 5) continue;
      const stroke = (hash >>> (((row >> 1) * 5 + column) % 27)) & 1;
      if (stroke === 1) pixels.fill(INK, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return pixels;
}

const makers = { flat, scene, noise, gradient, chart, scroll };

/** Makes the files of a kind, unless they are there.
 * @param {PictureKind} kind
 * @param {number} width
 * @param {number} height
 * @returns {string[]} the raw RGB files of its variants, rows from the top */
export function pictureFiles(kind, width, height) {
  const stem = `bench/.work/pictures/${kind}-${width}x${height}`;
  const files = Array.from({ length: VARIANTS }, (_, variant) => at(`${stem}-${variant}.rgb`));
  once(`${stem}.stamp`, fingerprint(["bench/lib/pictures.mjs"]), () => {
    files.forEach((file, variant) => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, makers[kind](width, height, variant));
    });
  });
  return files;
}

/** The variants of a kind.
 * @param {PictureKind} kind
 * @param {number} width
 * @param {number} height
 * @returns {Uint8Array[]} RGB, rows from the top */
export function pictures(kind, width, height) {
  return pictureFiles(kind, width, height).map((file) => new Uint8Array(readFileSync(file)));
}

/** The variants of a kind as JPEG: quality 80, 4:4:4, encoded once by libjpeg-turbo.
 * @param {PictureKind} kind
 * @param {number} width
 * @param {number} height
 * @returns {string[]} files */
export function jpegFiles(kind, width, height) {
  const raw = pictureFiles(kind, width, height);
  const print = fingerprint(["bench/lib/pictures.mjs", "bench/jupyter/encode.py"]);
  once(`bench/.work/pictures/${kind}-${width}x${height}.jpeg.stamp`, print, () => {
    run(benchPython, [at("bench/jupyter/encode.py"), String(width), String(height), ...raw]);
  });
  return raw.map((file) => file.replace(/\.rgb$/, ".jpg"));
}
