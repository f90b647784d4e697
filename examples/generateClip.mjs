/**
 * Draws a clip of six seconds and writes it as an MP4 file: video_player.ipynb plays it. Needs the
 * package node-av.
 *
 *     node generateClip.mjs clip.mp4
 */
import * as av from "node-av";

const WIDTH = 640;
const HEIGHT = 360;
const BALLS = 7;
const FPS = 30;
const FRAMES = 180;

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

/** The frames one by one: each uses the memory of its pixels, and doesn't keep it. */
function* drawFrames() {
  for (let frame = 0; frame < FRAMES; frame++) {
    const pixels = drawFrame(frame / FRAMES);
    yield av.Frame.fromVideoBuffer(pixels, {
      ...{ width: WIDTH, height: HEIGHT, format: av.AV_PIX_FMT_RGB24 },
      ...{ timeBase: { num: 1, den: FPS }, pts: BigInt(frame) },
    });
  }
  yield null;
}

const path = process.argv[2];
if (!path) throw new Error("expected the file to write: node generateClip.mjs clip.mp4");
av.Log.setLevel(av.AV_LOG_ERROR);
const filter = av.FilterAPI.create("format=yuv420p", { framerate: { num: FPS, den: 1 } });
// A keyframe in each second, so that a player finds its way.
const encoder = av.Encoder.createSync(av.FF_ENCODER_LIBX264, { gopSize: FPS, bitrate: "1M" });
const output = av.Muxer.openSync(path);
const stream = output.addStream(encoder);
for (const packet of encoder.packetsSync(filter.framesSync(drawFrames()))) {
  output.writePacketSync(packet, stream);
}
output.closeSync();
