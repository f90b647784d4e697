/** Rings that spread from where the pointer is. The same class could extend RemoteFrameBuffer and be shown in a notebook. */
export class Waves {
  #size = { width: 320, height: 180 };
  #center = { x: 0.5, y: 0.5 };

  get_frame() {
    const { width, height } = this.#size;
    const data = new Uint8Array(width * height * 3);
    const [cx, cy] = [this.#center.x * width, this.#center.y * height];
    let at = 0;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const wave = Math.cos(Math.hypot(x - cx, y - cy) / 6);
        data[at++] = 120 + 100 * wave;
        data[at++] = 90 + 60 * wave;
        data[at++] = 160 - 60 * wave;
      }
    }
    return { data, shape: [height, width, 3] };
  }

  handle_event(event) {
    if (event.event_type === "resize") {
      // A picture of at most 640 pixels is enough for smooth rings.
      const scale = Math.min(1, 640 / event.pwidth);
      this.#size = {
        width: Math.max(1, Math.round(event.pwidth * scale)),
        height: Math.max(1, Math.round(event.pheight * scale)),
      };
      this.view = { width: event.width, height: event.height };
    } else if (event.event_type === "pointer_move" && this.view) {
      this.#center = { x: event.x / this.view.width, y: event.y / this.view.height };
    }
  }
}
