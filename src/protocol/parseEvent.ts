/** Parses the user's events. */
import { integer, number, positive, boolean, type Check } from "./checks";
import { MODIFIERS, type Modifier, type Touch, type WireEvent } from "./events";
import { ANNOUNCED_NAME, Fields, MAX_LIST_LENGTH, NON_EMPTY_TEXT, TEXT } from "./fields";
import { MAX_PHYSICAL_SIZE } from "./frameFields";
import { PIXEL_RATIO } from "./frameMetadata";

/** Coordinate or size in CSS pixels: browsers cap an element there. */
const MAX_COORDINATE = 2 ** 25;

/**
 * A coordinate in CSS pixels or in pixels of the frame; negative to the left of the picture and
 * above it.
 */
export const COORDINATE: Check<number> = number(-MAX_COORDINATE, MAX_COORDINATE);

const SIZE = positive(MAX_COORDINATE);
/** jupyter_rfb's snapshot computes heights that aren't integers. */
const PHYSICAL_SIZE = number(0.5, MAX_PHYSICAL_SIZE);
const TIME = number();
const BUTTON = integer(0, MAX_LIST_LENGTH);
const PRESSED_BUTTON = integer(1, MAX_LIST_LENGTH);
const TOUCH_COUNT = integer(0, MAX_LIST_LENGTH);
const PRESSURE = number(0, 1);

/**
 * Parses an event of a type that the message's `type` or `event_type` names. Fields may have their
 * older or newer names.
 *
 * @returns undefined for a type that only a newer view knows, to be ignored.
 * @throws ProtocolError
 */
export function parseEvent(type: string, content: unknown): WireEvent | undefined {
  const fields = new Fields(`${type} event`, content);
  const timestamp = fields.readOr(fields.has("timestamp") ? "timestamp" : "time_stamp", TIME, 0);
  switch (type) {
    case "resize": {
      const width = fields.read("width", SIZE);
      const height = fields.read("height", SIZE);
      const ratio = fields.read(fields.has("ratio") ? "ratio" : "pixel_ratio", PIXEL_RATIO);
      // jupyter_rfb before 1.0 sent no physical size.
      const pwidth = wholePixels(fields.readOr("pwidth", PHYSICAL_SIZE, width * ratio));
      const pheight = wholePixels(fields.readOr("pheight", PHYSICAL_SIZE, height * ratio));
      return { type, timestamp, width, height, pwidth, pheight, ratio };
    }
    case "pointer_down":
    case "pointer_up":
    case "pointer_move":
    case "pointer_enter":
    case "pointer_leave": {
      const touches = readTouches(fields);
      const button = fields.read("button", BUTTON);
      const ntouches = fields.readOr("ntouches", TOUCH_COUNT, Object.keys(touches).length);
      return { type, timestamp, ...readPosition(fields), button, ntouches, touches };
    }
    case "double_click":
      return { type, timestamp, ...readPosition(fields), button: fields.read("button", BUTTON) };
    case "wheel": {
      const dx = fields.read("dx", COORDINATE);
      const dy = fields.read("dy", COORDINATE);
      return { type, timestamp, ...readPosition(fields), dx, dy };
    }
    case "key_down":
    case "key_up": {
      const key = fields.read("key", NON_EMPTY_TEXT);
      const code = fields.optional("code", TEXT);
      return { type, timestamp, key, ...code, modifiers: readModifiers(fields) };
    }
    case "char":
      return {
        type,
        timestamp,
        data: fields.readOr("data", TEXT, ""),
        is_composing: fields.readOr("is_composing", boolean, false),
        input_type: fields.readOr("input_type", NON_EMPTY_TEXT, ""),
        repeat: fields.readOr("repeat", boolean, false),
      };
    case "close":
    case "focus_in":
    case "focus_out":
    case "show":
    case "hide":
      return { type, timestamp };
    default:
      return undefined;
  }
}

function wholePixels(size: number): number {
  return Math.min(MAX_PHYSICAL_SIZE, Math.max(1, Math.round(size)));
}

/** Ignores modifiers that only a newer view knows: the event matters without them too. */
function readModifiers(fields: Fields): Modifier[] {
  const names = fields.list("modifiers", ANNOUNCED_NAME);
  return names.filter((name): name is Modifier => MODIFIERS.includes(name as Modifier));
}

function readPosition(fields: Fields): {
  x: number;
  y: number;
  buttons: number[];
  modifiers: Modifier[];
} {
  return {
    x: fields.read("x", COORDINATE),
    y: fields.read("y", COORDINATE),
    // Early versions of jupyter_rfb sent no buttons with wheel and double_click.
    buttons: fields.has("buttons") ? fields.list("buttons", PRESSED_BUTTON) : [],
    modifiers: readModifiers(fields),
  };
}

function readTouches(fields: Fields): Record<number, Touch> {
  const touches: Record<number, Touch> = {};
  if (!fields.has("touches")) return touches;
  const list = fields.child("touches");
  const ids = list.names();
  if (ids.length > MAX_LIST_LENGTH) {
    throw fields.error("touches", { expected: `at most ${MAX_LIST_LENGTH} touches` }, ids);
  }
  for (const id of ids) {
    if (!/^-?\d{1,15}$/.test(id)) throw fields.error("touches", { expected: "integer keys" }, id);
    const touch = list.child(id);
    touches[Number(id)] = {
      x: touch.read("x", COORDINATE),
      y: touch.read("y", COORDINATE),
      pressure: touch.read("pressure", PRESSURE),
    };
  }
  return touches;
}
