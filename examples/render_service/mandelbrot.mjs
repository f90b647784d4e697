import { PanZoom, RemoteFrameBuffer } from "jupyter-rfb-ts";

/** Steps after which a point counts as one of the set. */
const LIMIT = 100;
/** The longest row, in pixels. */
const MAX_WIDTH = 480;

/** The Mandelbrot set, in colors of its own. Drag it, and zoom with the wheel. */
export class Mandelbrot extends RemoteFrameBuffer {
  /** The set is within 3 x 2 units; its origin is at (2.2, 1). */
  #view = new PanZoom({ content: { width: 3, height: 2 }, maxZoom: 1e12 });
  #palette = palette(Math.random() * 2 * Math.PI);

  get_frame() {
    const { x, y, zoom } = this.#view;
    const { width: viewWidth, height: viewHeight } = this.view_size;
    const width = Math.max(1, Math.min(MAX_WIDTH, Math.round(viewWidth)));
    const height = Math.max(1, Math.round((width * viewHeight) / viewWidth));
    const unitsPerPixel = viewWidth / width / zoom;
    const data = new Uint8ClampedArray(width * height * 3);
    let at = 0;
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const steps = escapeSteps(x + column * unitsPerPixel - 2.2, y + row * unitsPerPixel - 1);
        data.set(this.#palette[steps], at);
        at += 3;
      }
    }
    return { data, shape: [height, width, 3] };
  }

  handle_event(event) {
    if (this.#view.handle_event(event)) this.request_draw();
  }
}

/** How soon z = z² + c leaves the circle of radius 2; LIMIT if it stays. */
function escapeSteps(cx, cy) {
  let [x, y] = [0, 0];
  for (let step = 0; step < LIMIT; step += 1) {
    const [xx, yy] = [x * x, y * y];
    if (xx + yy > 4) return step;
    y = 2 * x * y + cy;
    x = xx - yy + cx;
  }
  return LIMIT;
}

/** A color for each number of steps; black for the set. */
function palette(hue) {
  const color = (steps) => [0, 2, 4].map((part) => 128 + 127 * Math.cos(hue + part + steps / 6));
  return [...Array.from({ length: LIMIT }, (_, steps) => color(steps)), [0, 0, 0]];
}
