import { RemoteFrameBuffer } from "jupyter-rfb-ts";

const [WIDTH, HEIGHT] = [320, 180];

/** Water over tiles. The pointer makes waves. */
export class Pond extends RemoteFrameBuffer {
  /** The height of the water at each pixel, and before that. */
  #now = new Float32Array(WIDTH * HEIGHT);
  #before = new Float32Array(WIDTH * HEIGHT);

  constructor() {
    super();
    this.animate(30);
  }

  get_frame() {
    this.#step();
    this.#step();
    const water = this.#now;
    const data = new Uint8ClampedArray(WIDTH * HEIGHT * 3);
    for (let y = 1; y < HEIGHT - 1; y += 1) {
      for (let x = 1; x < WIDTH - 1; x += 1) {
        const at = y * WIDTH + x;
        const [dx, dy] = [water[at + 1] - water[at - 1], water[at + WIDTH] - water[at - WIDTH]];
        // The slope bends the light from the tiles, and reflects the sky.
        const tile = ((x + dx * 30) % 20 < 1.5 || (y + dy * 30) % 20 < 1.5 ? 25 : 0) - y / 6;
        const sky = (dx + dy) * 90;
        data.set([20 + tile + sky, 110 + tile + sky, 145 + tile + sky], at * 3);
      }
    }
    return { data, shape: [HEIGHT, WIDTH, 3] };
  }

  handle_event(event) {
    if (event.event_type !== "pointer_move") return;
    const { width, height } = this.view_size;
    const [cx, cy] = [(event.x / width) * WIDTH, (event.y / height) * HEIGHT];
    for (let y = Math.max(1, Math.floor(cy - 5)); y < Math.min(HEIGHT - 1, cy + 5); y += 1) {
      for (let x = Math.max(1, Math.floor(cx - 5)); x < Math.min(WIDTH - 1, cx + 5); x += 1) {
        this.#now[y * WIDTH + x] += 0.5 * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 8);
      }
    }
  }

  /** The waves go on, and lose a little. */
  #step() {
    const [now, next] = [this.#now, this.#before];
    for (let at = WIDTH; at < now.length - WIDTH; at += 1) {
      const around = now[at - 1] + now[at + 1] + now[at - WIDTH] + now[at + WIDTH];
      next[at] = (around / 2 - next[at]) * 0.985;
    }
    [this.#now, this.#before] = [next, now];
  }
}
