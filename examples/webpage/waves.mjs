import { RemoteFrameBuffer } from "jupyter-rfb-ts";

/** Rings that spread from where the pointer is. A notebook can show the same class. */
export class Waves extends RemoteFrameBuffer {
  #center = { x: 0.5, y: 0.5 };

  constructor() {
    super();
    this.animate(30);
  }

  get_frame() {
    // At most 640 pixels wide: enough for smooth rings.
    const { pwidth, pheight } = this.view_size;
    const width = Math.min(640, pwidth);
    const height = Math.max(1, Math.round((width * pheight) / pwidth));
    const data = new Uint8ClampedArray(width * height * 3);
    const [cx, cy] = [this.#center.x * width, this.#center.y * height];
    const seconds = performance.now() / 1000;
    let at = 0;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const distance = Math.hypot(x - cx, y - cy);
        const wave = Math.cos(distance / 7 - seconds * 5) * 60;
        const glow = 255 * Math.exp(-distance / 30);
        data[at++] = 40 + wave / 2 + glow;
        data[at++] = 90 + wave + glow;
        data[at++] = 180 + wave + glow;
      }
    }
    return { data, shape: [height, width, 3] };
  }

  handle_event(event) {
    const { width, height } = this.view_size;
    if (event.event_type === "pointer_move") {
      this.#center = { x: event.x / width, y: event.y / height };
    }
    if (event.event_type === "pointer_down") console.log("pressed at", event.x, event.y);
  }
}
