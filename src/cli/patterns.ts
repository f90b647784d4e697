/**
 * Test pictures for a stream. The pattern, the frame's number and its size determine every pixel.
 */

/** The names of the patterns. */
export const PATTERNS = [
  "test_card",
  "gradient",
  "bouncing_box",
  "counter",
  "checkerboard",
  "solid",
] as const;

/** One of {@link PATTERNS}. */
export type Pattern = (typeof PATTERNS)[number];

/** A drawn frame, for `publish()`. */
export interface PatternFrame {
  /** RGB, row after row. */
  readonly data: Uint8Array;
  readonly shape: readonly [height: number, width: number, channels: 3];
}

type Color = readonly [red: number, green: number, blue: number];

/** The memory of an RGB picture, and its size in pixels. */
interface Canvas {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const WHITE: Color = [235, 235, 235];
const DARK: Color = [24, 28, 40];

/** The test card's bars, from left to right. */
const BARS: readonly Color[] = [
  [230, 230, 230],
  [220, 200, 30],
  [40, 190, 200],
  [40, 170, 60],
  [190, 60, 180],
  [200, 40, 40],
  [40, 60, 200],
  [20, 20, 20],
];

/** The test card's steps of gray, from left to right. */
const GRAY_STEPS = [0, 32, 64, 96, 128, 160, 192, 224, 255] as const;

/**
 * The test card's corners. Their colours differ, so that a mirrored or turned picture is noticed.
 */
const CORNERS = {
  topLeft: [255, 0, 0],
  topRight: [0, 200, 0],
  bottomLeft: [0, 0, 255],
  bottomRight: [255, 200, 0],
} as const satisfies Readonly<Record<string, Color>>;

const BOX: Color = [250, 170, 20];
const BOX_GROUND: Color = [20, 40, 110];
const COUNTER_INK: Color = [120, 240, 160];
const SQUARES: readonly [Color, Color] = [
  [225, 225, 215],
  [60, 70, 90],
];

/** The solid pattern's colours, in their order. */
const SOLIDS: readonly Color[] = [
  [200, 50, 50],
  [50, 160, 70],
  [50, 80, 200],
  [210, 180, 50],
  [150, 70, 170],
];

/**
 * Frames for which a colour of {@link SOLIDS} and the position of the test card's mark stay: a
 * second at 30 frames a second, so that nothing flickers.
 */
const STEP_FRAMES = 30;

/** Positions of the test card's mark. */
const MARK_POSITIONS = 16;

const draw: Readonly<Record<Pattern, (canvas: Canvas, frame: number) => void>> = {
  test_card: drawTestCard,
  gradient: drawGradient,
  bouncing_box: drawBouncingBox,
  counter: drawCounter,
  checkerboard: drawCheckerboard,
  solid: (canvas, frame) => {
    const at = Math.floor(frame / STEP_FRAMES) % SOLIDS.length;
    fill(canvas, SOLIDS[at] ?? WHITE);
  },
};

/**
 * Draws a frame.
 *
 * @param frame - its number, an integer from 0
 * @param width - in pixels, 1 or more
 * @param height - in pixels, 1 or more
 * @param into - memory to draw into; used if it has `width * height * 3` bytes. @defaultValue new
 * memory
 */
export function drawPattern(
  pattern: Pattern,
  frame: number,
  width: number,
  height: number,
  into?: Uint8Array,
): PatternFrame {
  const length = width * height * 3;
  const data = into?.length === length ? into : new Uint8Array(length);
  draw[pattern]({ data, width, height }, frame);
  return { data, shape: [height, width, 3] };
}

/**
 * Eight bars, steps of gray below them, and a coloured square in each corner. Between bars and
 * steps a mark moves once in {@link STEP_FRAMES} frames, to show that the stream runs. Nothing else
 * moves.
 */
function drawTestCard(canvas: Canvas, frame: number): void {
  const { width, height } = canvas;
  const split = Math.floor(height * 0.75);
  columns(canvas, 0, split, BARS);
  const strip = Math.floor(height / 20);
  rectangle(canvas, 0, split - strip, width, strip, DARK);
  const mark = Math.floor(width / MARK_POSITIONS);
  const place = Math.floor(frame / STEP_FRAMES) % MARK_POSITIONS;
  rectangle(canvas, place * mark, split - strip, mark, strip, BOX);
  columns(
    canvas,
    split,
    height,
    GRAY_STEPS.map((gray) => [gray, gray, gray] as const),
  );
  const side = Math.max(1, Math.floor(Math.min(width, height) / 8));
  rectangle(canvas, 0, 0, side, side, CORNERS.topLeft);
  rectangle(canvas, width - side, 0, side, side, CORNERS.topRight);
  rectangle(canvas, 0, height - side, side, side, CORNERS.bottomLeft);
  rectangle(canvas, width - side, height - side, side, side, CORNERS.bottomRight);
}

/** Red increases to the right, blue to the left, green downwards. The picture moves to the left. */
function drawGradient({ data, width, height }: Canvas, frame: number): void {
  const stride = width * 3;
  const row = new Uint8Array(stride);
  for (let x = 0; x < width; x++) {
    const red = mirrored(Math.floor((x * 256) / width) + 2 * frame);
    row[x * 3] = red;
    row[x * 3 + 2] = 255 - red;
  }
  let green = -1;
  for (let y = 0; y < height; y++) {
    const wanted = Math.floor((y * 256) / height);
    const to = y * stride;
    if (wanted === green) {
      data.copyWithin(to, to - stride, to);
      continue;
    }
    green = wanted;
    for (let at = 1; at < stride; at += 3) row[at] = green;
    data.set(row, to);
  }
}

/** A box that bounces off the picture's edges. Its horizontal and vertical speeds differ. */
function drawBouncingBox(canvas: Canvas, frame: number): void {
  const { width, height } = canvas;
  const side = Math.max(1, Math.floor(Math.min(width, height) / 4));
  fill(canvas, BOX_GROUND);
  const x = bounced(frame * Math.max(1, Math.round(width / 160)), width - side);
  const y = bounced(frame * Math.max(1, Math.round(height / 120)), height - side);
  rectangle(canvas, x, y, side, side, BOX);
}

/** The frame's number, in seven-segment digits. */
function drawCounter(canvas: Canvas, frame: number): void {
  const { width, height } = canvas;
  fill(canvas, DARK);
  const digits = String(frame);
  // A digit is 4 x 7 units, with one unit between digits and a margin of two units.
  const unit = Math.floor(Math.min(width / (digits.length * 5 + 3), height / 11));
  if (unit < 1) return;
  let left = Math.floor((width - (digits.length * 5 - 1) * unit) / 2);
  const top = Math.floor((height - 7 * unit) / 2);
  for (const digit of digits) {
    drawDigit(canvas, left, top, unit, Number(digit));
    left += 5 * unit;
  }
}

/** A digit's segments, in units from its top-left corner: x, y, width, height. */
const SEGMENTS = {
  top: [0, 0, 4, 1],
  upperLeft: [0, 0, 1, 4],
  upperRight: [3, 0, 1, 4],
  middle: [0, 3, 4, 1],
  lowerLeft: [0, 3, 1, 4],
  lowerRight: [3, 3, 1, 4],
  bottom: [0, 6, 4, 1],
} as const;

/** The digits that each segment belongs to. */
const DIGITS_WITH_SEGMENT: Readonly<Record<keyof typeof SEGMENTS, string>> = {
  top: "02356789",
  upperLeft: "045689",
  upperRight: "01234789",
  middle: "2345689",
  lowerLeft: "0268",
  lowerRight: "013456789",
  bottom: "0235689",
};

function drawDigit(canvas: Canvas, left: number, top: number, unit: number, digit: number): void {
  for (const [name, digits] of Object.entries(DIGITS_WITH_SEGMENT)) {
    if (!digits.includes(String(digit))) continue;
    const [x, y, width, height] = SEGMENTS[name as keyof typeof SEGMENTS];
    rectangle(canvas, left + x * unit, top + y * unit, width * unit, height * unit, COUNTER_INK);
  }
}

/** Squares, twelve along the shorter side. They move to the left by one pixel a frame. */
function drawCheckerboard({ data, width, height }: Canvas, frame: number): void {
  const side = Math.max(1, Math.ceil(Math.min(width, height) / 12));
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    const to = y * stride;
    const band = Math.floor(y / side);
    if (y >= 2 * side) {
      // The rows repeat after two bands.
      data.copyWithin(to, to - 2 * side * stride, to - 2 * side * stride + stride);
    } else if (y % side !== 0) {
      data.copyWithin(to, to - stride, to);
    } else {
      for (let x = 0; x < width; x++) {
        const isSecond = (Math.floor((x + frame) / side) + band) % 2 === 1;
        data.set(SQUARES[isSecond ? 1 : 0], to + x * 3);
      }
    }
  }
}

/** Fills the rows from `from` to below `to` with columns of equal width, one for each colour. */
function columns(canvas: Canvas, from: number, to: number, colors: readonly Color[]): void {
  const edge = (at: number): number => Math.floor((at * canvas.width) / colors.length);
  colors.forEach((color, at) => {
    rectangle(canvas, edge(at), from, edge(at + 1) - edge(at), to - from, color);
  });
}

function fill(canvas: Canvas, color: Color): void {
  rectangle(canvas, 0, 0, canvas.width, canvas.height, color);
}

/** Fills a rectangle, which must lie in the picture. */
function rectangle(
  { data, width: canvasWidth }: Canvas,
  left: number,
  top: number,
  width: number,
  height: number,
  [red, green, blue]: Color,
): void {
  if (width < 1 || height < 1) return;
  const stride = canvasWidth * 3;
  const first = top * stride + left * 3;
  const length = width * 3;
  for (let at = first; at < first + length; at += 3) {
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
  }
  for (let row = 1; row < height; row++) {
    data.copyWithin(first + row * stride, first, first + length);
  }
}

/** A value that rises from 0 to 255 and falls again. */
function mirrored(value: number): number {
  return bounced(value, 255);
}

/**
 * The position after some distance of something that starts at 0 and turns back at `max` and at 0.
 */
function bounced(distance: number, max: number): number {
  if (max < 1) return 0;
  const at = distance % (2 * max);
  return at <= max ? at : 2 * max - at;
}
