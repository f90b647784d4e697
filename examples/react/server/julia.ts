import { RemoteFrameBuffer, type RfbEvent } from "jupyter-rfb-ts";

/** Pixels of a frame: as many as one thread draws 30 times a second. */
const MAX_PIXELS = 120_000;
const MAX_STEPS = 80;

/** Colours: three bytes for each eighth of a step until a point escapes. */
const PALETTE = Uint8Array.from({ length: MAX_STEPS * 8 * 3 }, (_, at) => {
  const step = Math.floor(at / 3) / 8;
  return 127.5 + 127.5 * Math.cos(2 * Math.PI * (step * 0.045 + 0.45 + 0.12 * (at % 3)));
});

/** A Julia set. Its parameter is where the pointer is; the wheel zooms. */
export class Julia extends RemoteFrameBuffer {
  readonly #parameter = parameterAt(0.41, 0.5);
  #wanted = parameterAt(0.41, 0.5);
  #zoom = 1;

  constructor() {
    super();
    this.animate(30);
  }

  override get_frame() {
    // The parameter follows the pointer softly.
    this.#parameter.x += (this.#wanted.x - this.#parameter.x) * 0.15;
    this.#parameter.y += (this.#wanted.y - this.#parameter.y) * 0.15;
    const { x: cx, y: cy } = this.#parameter;
    const { pwidth, pheight } = this.view_size;
    const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (pwidth * pheight)));
    const [width, height] = [Math.ceil(pwidth * scale), Math.ceil(pheight * scale)];
    const unit = 2.6 / (height * this.#zoom);
    const data = new Uint8Array(width * height * 3);
    for (let row = 0, at = 0; row < height; row++) {
      for (let column = 0; column < width; column++, at += 3) {
        let x = (column - width / 2) * unit;
        let y = (row - height / 2) * unit;
        let square = x * x + y * y;
        let nearest = square;
        let step = 0;
        for (; step < MAX_STEPS && square < 256; step++) {
          const next = x * x - y * y + cx;
          y = 2 * x * y + cy;
          x = next;
          square = x * x + y * y;
          if (square < nearest) nearest = square;
        }
        // The fraction of a step makes the colours smooth. What never escapes shows how near it
        // comes to the middle.
        const smooth =
          step < MAX_STEPS ? step + 3 - Math.log2(Math.log2(square)) : 14 + 20 * Math.sqrt(nearest);
        const color = Math.min(MAX_STEPS * 8 - 1, Math.max(0, Math.floor(smooth * 8))) * 3;
        data[at] = PALETTE[color] ?? 0;
        data[at + 1] = PALETTE[color + 1] ?? 0;
        data[at + 2] = PALETTE[color + 2] ?? 0;
      }
    }
    return { data, shape: [height, width, 3] as const };
  }

  override handle_event(event: RfbEvent) {
    if (event.event_type === "pointer_move") {
      const { width, height } = this.view_size;
      this.#wanted = parameterAt(event.x / width, event.y / height);
    } else if (event.event_type === "wheel") {
      this.#zoom = Math.min(1e4, Math.max(0.5, this.#zoom * Math.exp(-event.dy / 500)));
    }
  }
}

/** The parameter for a place in the picture: on rings where each set is another, and none is plain. */
function parameterAt(x: number, y: number) {
  const [angle, radius] = [2 * Math.PI * x, 0.72 + 0.12 * y];
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}
