/**
 * What to write instead, for the errors of TypeScript that a frame buffer's author meets most
 * often. TypeScript can only say which types don't fit.
 */
import { similarName } from "../../protocol/similarName";

/** Looks at what TypeScript says about a cell. */
interface Hint {
  readonly error: RegExp;
  /** The hint; undefined if the error is about something else. */
  readonly help: (match: RegExpExecArray, cell: Cell) => string | undefined;
}

/** A cell that doesn't compile. */
export interface Cell {
  /** All that TypeScript says, a line for each error. */
  readonly errors: string;
  /** Whether a class of an earlier cell is a frame buffer. */
  readonly isFrameBuffer: (name: string) => boolean;
}

const FRAME = "{ data, shape: [height, width, 3] }";

const FLAT = `a frame is bytes with a shape. Write: return { data: Uint8Array.from(PIXELS), shape: [height, width, 3] };`;

/** What makes a frame of numbers that aren't bytes. */
const RANGED =
  "pixels are bytes, unless a range says which values are black and white. Write: return { data, shape: [height, width], range: [RANGE] };";

/** By the type that get_frame() returns, or that its Promise resolves to. */
const RETURNED: readonly (readonly [type: RegExp, help: string])[] = [
  [/^void$/, `get_frame() returns nothing. End it with: return ${FRAME};`],
  [/\bdata: Float(?:32|64)Array\b/, RANGED.replace("RANGE", "0, 1")],
  [/\bdata: Uint16Array\b/, RANGED.replace("RANGE", "0, 65535")],
  [
    /\bdata: Promise</,
    "data is a Promise. Declare get_frame() as async and write: data: await ...",
  ],
  [
    /\bgetContext\b|^\w*Canvas\w*$/,
    "return the canvas's pixels. Write: return frameFromCanvas(canvas); and import it from jupyter-rfb-ts",
  ],
  [/\bdata: \(/, "data is a function. Call it"],
  [/^number\[\]\[\]\[\]$/, FLAT.replace("PIXELS", "pixels.flat(2)")],
  [/^number\[\]\[\]$/, FLAT.replace("PIXELS", "pixels.flat()")],
  [/^number\[\]$/, FLAT.replace("PIXELS", "pixels")],
  [
    /^(?:Buffer|Uint8(?:Clamped)?Array)\b/,
    `pixels need a shape. Write: return { data: pixels, shape: [height, width, 3] }; an encoded picture, such as a PNG, has to be decoded first`,
  ],
];

/** DOM's names for what events have. */
const EVENT_FIELDS: Readonly<Record<string, string>> = {
  clientX: "event.x",
  clientY: "event.y",
  offsetX: "event.x",
  offsetY: "event.y",
  pageX: "event.x",
  pageY: "event.y",
  screenX: "event.x",
  screenY: "event.y",
  deltaX: "event.dx",
  deltaY: "event.dy",
  altKey: 'event.modifiers.includes("Alt")',
  ctrlKey: 'event.modifiers.includes("Control")',
  metaKey: 'event.modifiers.includes("Meta")',
  shiftKey: 'event.modifiers.includes("Shift")',
};

/** DOM's names for events, where they differ in more than an underscore. */
const EVENT_TYPES: Readonly<Record<string, string>> = {
  click: "pointer_down",
  mousedown: "pointer_down",
  mouse_down: "pointer_down",
  mouseup: "pointer_up",
  mouse_up: "pointer_up",
  mousemove: "pointer_move",
  mouse_move: "pointer_move",
  move: "pointer_move",
  dblclick: "double_click",
  keypress: "char",
  scroll: "wheel",
  focus: "focus_in",
  blur: "focus_out",
};

/** Other libraries' names for the methods of a frame buffer. */
const METHODS: Readonly<Record<string, string>> = {
  save: "await w.save_picture(path)",
  savefig: "await w.save_picture(path)",
  save_image: "await w.save_picture(path)",
  write_image: "await w.save_picture(path)",
  to_image: "await w.save_picture(path)",
  screenshot: "w.snapshot()",
  record: "await w.record_video(path, seconds)",
  get_fps: "w.get_stats().fps",
  fps: "w.get_stats().fps",
  draw: "w.request_draw()",
  redraw: "w.request_draw()",
  render: "w.request_draw()",
  update: "w.request_draw()",
  refresh: "w.request_draw()",
  start: "w.animate(fps)",
  stop: "w.animate(0)",
  show: "w as the cell's last expression, or display(w)",
  display: "w as the cell's last expression, or display(w)",
};

const HINTS: readonly Hint[] = [
  {
    error:
      /Property 'get_frame' in type .*\n.*Type '\(\) => (?:Promise<)?(.+?)>?' is not assignable to/,
    help: ([, returned = ""]) =>
      RETURNED.find(([type]) => type.test(returned))?.[1] ??
      `get_frame() returns ${FRAME}, whose data are bytes 0..255, or { data, width, height } as from a canvas`,
  },
  {
    error: /Property '(\w+)' does not exist on type '(?:Pointer|DoubleClick|Wheel|Key)Event'/,
    help: ([, name = ""]) => fromTable(EVENT_FIELDS, name),
  },
  {
    error: /'((?:"\w+" \| )+"\w+")' and '"(\w+)"' have no overlap/,
    help: ([, types = "", wrong = ""]) => eventType(wrong, types),
  },
  {
    error: /Type '"(\w+)"' is not comparable to type '((?:"\w+" \| )+"\w+")'/,
    help: ([, wrong = "", types = ""]) => eventType(wrong, types),
  },
  {
    error: /Property '(\w+)' does not exist on type '(\w+)'\.$/m,
    help: ([, name = "", owner = ""], { isFrameBuffer }) =>
      isFrameBuffer(owner) ? fromTable(METHODS, name) : undefined,
  },
  {
    error: /'(width|height)' does not exist in type 'RemoteFrameBufferOptions'/,
    help: ([, name = ""]) => `write css_${name}, such as css_${name}: "600px"`,
  },
];

/** What to write instead of a cell's mistakes, a line for each; none where nothing is known. */
export function compileHints(cell: Cell): readonly string[] {
  const found = HINTS.flatMap(({ error, help }) => {
    const match = error.exec(cell.errors);
    return (match && help(match, cell)) ?? [];
  });
  return [...new Set(found)];
}

/** What to compare `event_type` with, if these are the types of events. */
function eventType(wrong: string, types: string): string | undefined {
  if (!types.includes('"pointer_down"')) return undefined;
  const known = [...types.matchAll(/\w+/g)].map(([name]) => name);
  const right = own(EVENT_TYPES, wrong) ?? similarName(wrong, known);
  return right === undefined ? undefined : `there is no event "${wrong}"; write "${right}"`;
}

function fromTable(table: Readonly<Record<string, string>>, name: string): string | undefined {
  const right = own(table, name);
  return right === undefined ? undefined : `there is no ${name}; write ${right}`;
}

function own(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
