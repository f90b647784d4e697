/**
 * Draws a short clip and writes it as pictures in PPM, one after another: uncompressed, so that
 * anything reads it. Or as an MP4 file, which needs the package node-av.
 *
 *     node generateClip.mjs clip.ppm
 *     node generateClip.mjs clip.mp4
 */
import { writeFileSync } from "node:fs";

const WIDTH = 640;
const HEIGHT = 360;
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

/** Two seconds. */
function writePictures(path) {
  const header = Buffer.from(`P6\n${WIDTH} ${HEIGHT}\n255\n`);
  const pictures = Array.from({ length: 60 }, (_, frame) => [header, drawFrame(frame / 60)]);
  writeFileSync(path, Buffer.concat(pictures.flat()));
}

/** Six seconds, with a keyframe in each, so that a player finds its way. */
async function writeMp4(path) {
  const av = await import("node-av");
  av.Log.setLevel(av.AV_LOG_ERROR);
  // One by one: a frame uses the memory of its pixels, and does not keep it.
  function* drawFrames() {
    for (let frame = 0; frame < 180; frame++) {
      const pixels = drawFrame(frame / 180);
      yield av.Frame.fromVideoBuffer(pixels, {
        ...{ width: WIDTH, height: HEIGHT, format: av.AV_PIX_FMT_RGB24 },
        ...{ timeBase: { num: 1, den: 30 }, pts: BigInt(frame) },
      });
    }
    yield null;
  }
  const filter = av.FilterAPI.create("format=yuv420p", { framerate: { num: 30, den: 1 } });
  const encoder = av.Encoder.createSync(av.FF_ENCODER_LIBX264, { gopSize: 30, bitrate: "1M" });
  const output = av.Muxer.openSync(path);
  const stream = output.addStream(encoder);
  for (const packet of encoder.packetsSync(filter.framesSync(drawFrames()))) {
    output.writePacketSync(packet, stream);
  }
  output.closeSync();
}

const path = process.argv[2];
if (!path) throw new Error("expected the file to write: node generateClip.mjs clip.ppm");
if (path.endsWith(".mp4")) await writeMp4(path);
else writePictures(path);
