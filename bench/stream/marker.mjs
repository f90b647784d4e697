/** The number of a frame, drawn into its corner as bits: large blocks, which no codec can blur away. */

/** Bits, one block each. */
export const BITS = 16;
/** The side of a block in pixels: that of a macroblock. */
export const BLOCK = 16;

/** Draws a number into an RGB picture.
 * @param {Uint8Array} pixels
 * @param {number} width in pixels
 * @param {number} n */
export function drawMarker(pixels, width, n) {
  for (let bit = 0; bit < BITS; bit += 1) {
    const value = (n >> bit) & 1 ? 255 : 0;
    for (let y = 0; y < BLOCK; y += 1) {
      const from = (y * width + bit * BLOCK) * 3;
      pixels.fill(value, from, from + BLOCK * 3);
    }
  }
}

/**
 * Runs in the page: looks at the picture at each animation frame, and notes when which number was seen first. Everything it needs is
 * inside, since its text is sent to the browser.
 * @param {number} bits
 * @param {number} block
 */
export function installMarkerProbe(bits, block) {
  /** @type {any} */
  const global = window;
  const canvas = Object.assign(document.createElement("canvas"), { width: bits, height: 1 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("Cannot measure: no 2D canvas");
  context.imageSmoothingEnabled = false;
  /** @type {[n: number, at: number][]} */
  let seen = [];
  let last = -1;
  const look = () => {
    requestAnimationFrame(look);
    const picture = document.querySelector("canvas");
    if (picture === null || picture.width < bits * block) return;
    context.drawImage(picture, 0, 0, bits * block, block, 0, 0, bits, 1);
    const { data } = context.getImageData(0, 0, bits, 1);
    let n = 0;
    for (let bit = 0; bit < bits; bit += 1) if ((data[bit * 4] ?? 0) > 127) n |= 1 << bit;
    if (n === last) return;
    last = n;
    seen.push([n, performance.timeOrigin + performance.now()]);
  };
  requestAnimationFrame(look);
  global.markerProbe = {
    take() {
      const taken = seen;
      seen = [];
      return taken;
    },
  };
}
