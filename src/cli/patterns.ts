/** Pictures to try a stream with: each pixel follows from the pattern, the frame's number and its size. Pure. */

/** The patterns. */
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

/** A drawn frame, as `publish()` takes it. */
export interface PatternFrame {
  /** RGB of each pixel, row after row. */
  readonly data: Uint8Array;
  readonly shape: readonly [height: number, width: number, channels: 3];
}

type Color = readonly [red: number, green: number, blue: number];

/** What a pattern draws on. */
interface Sheet {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const WHITE: Color = [235, 235, 235];
const DARK: Color = [24, 28, 40];

/** The colours of the test card's upper part, from left to right. */
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

/** The test card's corners, each of its own colour, so that a picture that is mirrored or turned is seen to be. */
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

/** The solid pattern's colours, which follow each other. */
const SOLIDS: readonly Color[] = [
  [200, 50, 50],
  [50, 160, 70],
  [50, 80, 200],
  [210, 180, 50],
  [150, 70, 170],
];

/** Frames for which a colour of {@link SOLIDS}, or the test card's mark, stays: a second at 30 a second, far from flicker. */
const STEP_FRAMES = 30;

/** Places of the test card's mark. */
const MARK_PLACES = 16;

const draw: Readonly<Record<Pattern, (sheet: Sheet, frame: number) => void>> = {
  test_card: drawTestCard,
  gradient: drawGradient,
  bouncing_box: drawBouncingBox,
  counter: drawCounter,
  checkerboard: drawCheckerboard,
  solid: (sheet, frame) => {
    const at = Math.floor(frame / STEP_FRAMES) % SOLIDS.length;
    fill(sheet, SOLIDS[at] ?? WHITE);
  },
};

/**
 * Draws a frame.
 *
 * @param frame - its number, an integer from 0
 * @param width - in pixels, 1 or more
 * @param height - in pixels, 1 or more
 * @param into - memory of `width * height * 3` bytes to draw into. @defaultValue new memory
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
 * Eight bars, below them steps of gray, and a coloured square in each corner. Between bars and steps a mark goes on by one place once in
 * a second at 30 frames a second, which shows that the picture lives; in between nothing moves.
 */
function drawTestCard(sheet: Sheet, frame: number): void {
  const { width, height } = sheet;
  const split = Math.floor(height * 0.75);
  steps(sheet, 0, split, BARS);
  const strip = Math.floor(height / 20);
  rectangle(sheet, 0, split - strip, width, strip, DARK);
  const mark = Math.floor(width / MARK_PLACES);
  const place = Math.floor(frame / STEP_FRAMES) % MARK_PLACES;
  rectangle(sheet, place * mark, split - strip, mark, strip, BOX);
  steps(
    sheet,
    split,
    height,
    GRAY_STEPS.map((gray) => [gray, gray, gray] as const),
  );
  const side = Math.max(1, Math.floor(Math.min(width, height) / 8));
  rectangle(sheet, 0, 0, side, side, CORNERS.topLeft);
  rectangle(sheet, width - side, 0, side, side, CORNERS.topRight);
  rectangle(sheet, 0, height - side, side, side, CORNERS.bottomLeft);
  rectangle(sheet, width - side, height - side, side, side, CORNERS.bottomRight);
}

/** Red grows to the right and blue against it, green grows downwards; all of it wanders to the left. */
function drawGradient({ data, width, height }: Sheet, frame: number): void {
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

/** A box that crosses the picture and turns back at its edges, at other speeds across than down. */
function drawBouncingBox(sheet: Sheet, frame: number): void {
  const { width, height } = sheet;
  const side = Math.max(1, Math.floor(Math.min(width, height) / 4));
  fill(sheet, BOX_GROUND);
  const x = bounced(frame * Math.max(1, Math.round(width / 160)), width - side);
  const y = bounced(frame * Math.max(1, Math.round(height / 120)), height - side);
  rectangle(sheet, x, y, side, side, BOX);
}

/** The frame's number, in digits of seven bars. */
function drawCounter(sheet: Sheet, frame: number): void {
  const { width, height } = sheet;
  fill(sheet, DARK);
  const digits = String(frame);
  // A digit is 4 x 7 units, with one unit between two and two units around.
  const unit = Math.floor(Math.min(width / (digits.length * 5 + 3), height / 11));
  if (unit < 1) return;
  let left = Math.floor((width - (digits.length * 5 - 1) * unit) / 2);
  const top = Math.floor((height - 7 * unit) / 2);
  for (const digit of digits) {
    drawDigit(sheet, left, top, unit, Number(digit));
    left += 5 * unit;
  }
}

/** A digit's bars in units from its top-left corner: x, y, width, height. */
const DIGIT_BARS = {
  top: [0, 0, 4, 1],
  upperLeft: [0, 0, 1, 4],
  upperRight: [3, 0, 1, 4],
  middle: [0, 3, 4, 1],
  lowerLeft: [0, 3, 1, 4],
  lowerRight: [3, 3, 1, 4],
  bottom: [0, 6, 4, 1],
} as const;

/** The digits that have each bar. */
const DIGITS_WITH_BAR: Readonly<Record<keyof typeof DIGIT_BARS, string>> = {
  top: "02356789",
  upperLeft: "045689",
  upperRight: "01234789",
  middle: "2345689",
  lowerLeft: "0268",
  lowerRight: "013456789",
  bottom: "0235689",
};

function drawDigit(sheet: Sheet, left: number, top: number, unit: number, digit: number): void {
  for (const [name, digits] of Object.entries(DIGITS_WITH_BAR)) {
    if (!digits.includes(String(digit))) continue;
    const [x, y, width, height] = DIGIT_BARS[name as keyof typeof DIGIT_BARS];
    rectangle(sheet, left + x * unit, top + y * unit, width * unit, height * unit, COUNTER_INK);
  }
}

/** Squares, twelve on the shorter side, that move one pixel to the left with each frame. */
function drawCheckerboard({ data, width, height }: Sheet, frame: number): void {
  const side = Math.max(1, Math.ceil(Math.min(width, height) / 12));
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    const to = y * stride;
    const band = Math.floor(y / side);
    if (y >= 2 * side) {
      // Two bands later all is the same.
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

/** Colours from left to right, each as wide as the others, from one row up to another. */
function steps(sheet: Sheet, from: number, to: number, colors: readonly Color[]): void {
  const edge = (at: number): number => Math.floor((at * sheet.width) / colors.length);
  colors.forEach((color, at) => {
    rectangle(sheet, edge(at), from, edge(at + 1) - edge(at), to - from, color);
  });
}

function fill(sheet: Sheet, color: Color): void {
  rectangle(sheet, 0, 0, sheet.width, sheet.height, color);
}

/** Fills a rectangle that lies in the picture. */
function rectangle(
  { data, width: sheetWidth }: Sheet,
  left: number,
  top: number,
  width: number,
  height: number,
  [red, green, blue]: Color,
): void {
  if (width < 1 || height < 1) return;
  const stride = sheetWidth * 3;
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

/** Up from 0 to 255 and down again, for ever. */
function mirrored(value: number): number {
  return bounced(value, 255);
}

/** Where something is that began at 0 and turned back at `most` and at 0. */
function bounced(way: number, most: number): number {
  if (most < 1) return 0;
  const at = way % (2 * most);
  return at <= most ? at : 2 * most - at;
}
