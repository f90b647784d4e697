/**
 * Draws a short clip and writes it as pictures in PPM, one after another: uncompressed, so that anything reads it.
 *
 *     node generateClip.mjs clip.ppm
 */
import { writeFileSync } from "node:fs";

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES = 60;
const BALLS = 7;

/** Shaded balls that go round over a gradient. The last frame leads to the first. */
function drawFrame(time) {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  const turn = time * 2 * Math.PI;
  const balls = Array.from({ length: BALLS }, (_, ball) => {
    const angle = turn + (ball * 2 * Math.PI) / BALLS;
    const radius = 28 + 12 * Math.sin(turn * 2 + ball);
    const x = WIDTH / 2 + 210 * Math.cos(angle);
    const y = HEIGHT / 2 + 110 * Math.sin(angle * 2);
    const color = [0, 2, 4].map((phase) => 150 + 90 * Math.cos(ball + phase));
    return { x, y, radius, color };
  });
  for (let row = 0, at = 0; row < HEIGHT; row++) {
    for (let column = 0; column < WIDTH; column++, at += 3) {
      pixels[at] = 30 + (60 * row) / HEIGHT;
      pixels[at + 1] = 40 + (50 * column) / WIDTH;
      pixels[at + 2] = 110 - (50 * row) / HEIGHT;
    }
  }
  for (const { x, y, radius, color } of balls) {
    for (let row = Math.ceil(y - radius); row <= y + radius; row++) {
      for (let column = Math.ceil(x - radius); column <= x + radius; column++) {
        const [dx, dy] = [(column - x) / radius, (row - y) / radius];
        const depth = 1 - dx * dx - dy * dy;
        if (depth < 0) continue;
        const light = 0.3 + 0.7 * Math.max(0, 0.6 * Math.sqrt(depth) - 0.5 * dx - 0.6 * dy);
        for (const [channel, value] of color.entries()) {
          pixels[(row * WIDTH + column) * 3 + channel] = value * light;
        }
      }
    }
  }
  return pixels;
}

const path = process.argv[2];
if (!path) throw new Error("expected the file to write: node generateClip.mjs clip.ppm");
const pictures = Array.from({ length: FRAMES }, (_, frame) => [
  Buffer.from(`P6\n${WIDTH} ${HEIGHT}\n255\n`),
  drawFrame(frame / FRAMES),
]);
writeFileSync(path, Buffer.concat(pictures.flat()));
