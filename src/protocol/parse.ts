/** Turns messages from the other end, which are `unknown`, into typed ones or throws a {@link ProtocolError}. */
import { describeValue, ProtocolError } from "./errors";
import {
  MODIFIERS,
  withBothNames,
  type Modifier,
  type RfbEvent,
  type Touch,
  type WireEvent,
} from "./events";
import {
  FRAME_MIMETYPES,
  type FrameFeedback,
  type FrameFeedbackMessage,
  type FrameMessage,
  type FrameMimetype,
  type HelloMessage,
} from "./messages";

/** More buttons, modifiers or touches than this cannot come from a real device. */
const MAX_LIST_LENGTH = 64;
/** Longest key name, typed text or input type: more than any key or input method gives at once. */
const MAX_TEXT_LENGTH = 4096;
/** Coordinates and sizes beyond this are no picture: browsers cap an element at 2^25 CSS pixels. */
const MAX_COORDINATE = 2 ** 25;
/** Largest side of a picture in device pixels: what browsers allow a canvas (Chromium and Firefox: 65535 and less). */
const MAX_PHYSICAL_SIZE = 65535;

/** What a session gets from its view. */
export type ParsedViewMessage =
  | { readonly kind: "hello"; readonly message: HelloMessage }
  | { readonly kind: "feedback"; readonly message: FrameFeedbackMessage }
  | { readonly kind: "event"; readonly event: RfbEvent };

/**
 * Parses a message that a view sent to its session. Events may use the older or the newer field names; the result has both.
 *
 * @throws {@link ProtocolError} saying which field is wrong, what was expected and what came.
 */
export function parseViewMessage(content: unknown): ParsedViewMessage {
  const fields = new Fields("message", content);
  const type = fields.text(fields.has("type") ? "type" : "event_type");
  switch (type) {
    case "hello":
      return { kind: "hello", message: { type, version: fields.integer("version", 1, 2 ** 31) } };
    case "frame_feedback":
      return { kind: "feedback", message: { type, ...parseFrameFeedback(content) } };
    default:
      return { kind: "event", event: withBothNames(parseEvent(type, content)) };
  }
}

/**
 * Parses a receipt, from a message or from jupyter_rfb's `_frame_feedback` state.
 *
 * @throws {@link ProtocolError}
 */
export function parseFrameFeedback(value: unknown): FrameFeedback {
  const fields = new Fields("frame feedback", value);
  return {
    index: fields.integer("index", 0, Number.MAX_SAFE_INTEGER),
    timestamp: fields.number("timestamp", 0, Number.MAX_VALUE),
    localtime: fields.number("localtime", 0, Number.MAX_VALUE),
  };
}

/**
 * Parses a message that a session sent to its view. `buffers` must hold the frame's bytes unless `data_b64` does.
 *
 * @throws {@link ProtocolError}
 */
export function parseFrameMessage(content: unknown, bufferCount: number): FrameMessage {
  const fields = new Fields("frame", content);
  fields.oneOf("type", ["framebufferdata"]);
  const mimetype: FrameMimetype = fields.oneOf("mimetype", FRAME_MIMETYPES);
  const dataUrl = fields.has("data_b64") ? fields.longText("data_b64") : null;
  if (dataUrl === null && bufferCount < 1) {
    throw new ProtocolError(
      "frame: expected its bytes as the first buffer or as data_b64, got neither",
    );
  }
  if (dataUrl !== null && !dataUrl.startsWith(`data:${mimetype};base64,`)) {
    throw new ProtocolError(
      `frame.data_b64: expected a data URL of ${mimetype} in base64, got ${describeValue(dataUrl)}`,
    );
  }
  return {
    type: "framebufferdata",
    mimetype,
    data_b64: dataUrl,
    index: fields.integer("index", 1, Number.MAX_SAFE_INTEGER),
    timestamp: fields.number("timestamp", 0, Number.MAX_VALUE),
  };
}

function parseEvent(type: string, content: unknown): WireEvent {
  const fields = new Fields(`${type} event`, content);
  const timestamp = fields.numberOr(fields.has("timestamp") ? "timestamp" : "time_stamp", 0);
  switch (type) {
    case "resize": {
      const width = fields.size("width");
      const height = fields.size("height");
      const ratio = fields.number(fields.has("ratio") ? "ratio" : "pixel_ratio", 0.01, 100);
      // jupyter_rfb before 1.0 sent no physical size.
      const pwidth = fields.has("pwidth") ? fields.physicalSize("pwidth") : physical(width, ratio);
      const pheight = fields.has("pheight")
        ? fields.physicalSize("pheight")
        : physical(height, ratio);
      return { type, timestamp, width, height, pwidth, pheight, ratio };
    }
    case "pointer_down":
    case "pointer_up":
    case "pointer_move":
    case "pointer_enter":
    case "pointer_leave": {
      const touches = fields.touches();
      return {
        type,
        timestamp,
        ...fields.position(),
        button: fields.integer("button", 0, MAX_LIST_LENGTH),
        ntouches: fields.has("ntouches")
          ? fields.integer("ntouches", 0, MAX_LIST_LENGTH)
          : Object.keys(touches).length,
        touches,
      };
    }
    case "double_click":
      return {
        type,
        timestamp,
        ...fields.position(),
        button: fields.integer("button", 0, MAX_LIST_LENGTH),
      };
    case "wheel":
      return {
        type,
        timestamp,
        ...fields.position(),
        dx: fields.coordinate("dx"),
        dy: fields.coordinate("dy"),
      };
    case "key_down":
    case "key_up":
      return { type, timestamp, key: fields.text("key"), modifiers: fields.modifiers() };
    case "char":
      return {
        type,
        timestamp,
        data: fields.has("data") ? fields.longText("data", MAX_TEXT_LENGTH) : "",
        is_composing: fields.flag("is_composing"),
        input_type: fields.has("input_type") ? fields.text("input_type") : "",
      };
    case "close":
    case "focus_in":
    case "focus_out":
    case "show":
    case "hide":
      return { type, timestamp };
    default:
      throw new ProtocolError(
        `message.type: expected hello, frame_feedback or an event type, got ${describeValue(type)}`,
      );
  }
}

/** The physical size that goes with a logical one. */
function physical(logical: number, ratio: number): number {
  return Math.min(MAX_PHYSICAL_SIZE, Math.max(1, Math.round(logical * ratio)));
}

/** Reads the fields of one untrusted object; each method names the field in its error. */
class Fields {
  readonly #what: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(what: string, value: unknown) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new ProtocolError(`${what}: expected an object, got ${describeValue(value)}`);
    }
    this.#what = what;
    this.#values = value as Readonly<Record<string, unknown>>;
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return Object.hasOwn(this.#values, name) && (this.#values[name] ?? null) !== null;
  }

  number(name: string, least: number, most: number): number {
    const value = this.#value(name);
    if (typeof value !== "number" || !Number.isFinite(value) || value < least || value > most) {
      throw this.#error(name, `a number from ${least} to ${most}`, value);
    }
    return value;
  }

  numberOr(name: string, fallback: number): number {
    return this.has(name) ? this.number(name, -Number.MAX_VALUE, Number.MAX_VALUE) : fallback;
  }

  integer(name: string, least: number, most: number): number {
    const value = this.number(name, least, most);
    if (!Number.isInteger(value)) {
      throw this.#error(name, `an integer from ${least} to ${most}`, value);
    }
    return value;
  }

  size(name: string): number {
    const value = this.number(name, 0, MAX_COORDINATE);
    if (value === 0) throw this.#error(name, "a size above 0", value);
    return value;
  }

  physicalSize(name: string): number {
    // jupyter_rfb's snapshot computes heights that are no integers.
    return Math.max(1, Math.round(this.number(name, 0.5, MAX_PHYSICAL_SIZE)));
  }

  coordinate(name: string): number {
    return this.number(name, -MAX_COORDINATE, MAX_COORDINATE);
  }

  flag(name: string): boolean {
    if (!this.has(name)) return false;
    const value = this.#value(name);
    if (typeof value !== "boolean") throw this.#error(name, "true or false", value);
    return value;
  }

  text(name: string): string {
    const value = this.longText(name, MAX_TEXT_LENGTH);
    if (value === "") throw this.#error(name, "a text that is not empty", value);
    return value;
  }

  longText(name: string, most = Number.MAX_SAFE_INTEGER): string {
    const value = this.#value(name);
    if (typeof value !== "string" || value.length > most) {
      throw this.#error(name, `a text of at most ${most} characters`, value);
    }
    return value;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.#value(name);
    const choice = choices.find((one) => one === value);
    if (choice === undefined) throw this.#error(name, choices.join(" or "), value);
    return choice;
  }

  modifiers(): Modifier[] {
    const values = this.#list("modifiers");
    for (const value of values) {
      if (!MODIFIERS.includes(value as Modifier)) {
        throw this.#error("modifiers", `only ${MODIFIERS.join(", ")}`, value);
      }
    }
    return values as Modifier[];
  }

  position(): { x: number; y: number; buttons: number[]; modifiers: Modifier[] } {
    return {
      x: this.coordinate("x"),
      y: this.coordinate("y"),
      buttons: this.#buttons(),
      modifiers: this.modifiers(),
    };
  }

  touches(): Record<number, Touch> {
    if (!this.has("touches")) return {};
    const touches: Record<number, Touch> = {};
    const entries = new Fields(`${this.#what}.touches`, this.#value("touches")).#entries();
    if (entries.length > MAX_LIST_LENGTH) {
      throw this.#error("touches", `at most ${MAX_LIST_LENGTH} touches`, this.#value("touches"));
    }
    for (const [id, value] of entries) {
      if (!/^-?\d{1,15}$/.test(id)) throw this.#error("touches", "integer keys", id);
      const touch = new Fields(`${this.#what}.touches[${id}]`, value);
      touches[Number(id)] = {
        x: touch.coordinate("x"),
        y: touch.coordinate("y"),
        pressure: touch.number("pressure", 0, 1),
      };
    }
    return touches;
  }

  #buttons(): number[] {
    // jupyter_rfb's wheel and double_click once came without buttons.
    const values = this.has("buttons") ? this.#list("buttons") : [];
    for (const value of values) {
      if (
        !Number.isInteger(value) ||
        (value as number) < 1 ||
        (value as number) > MAX_LIST_LENGTH
      ) {
        throw this.#error("buttons", `integers from 1 to ${MAX_LIST_LENGTH}`, value);
      }
    }
    return values as number[];
  }

  #list(name: string): unknown[] {
    const value = this.#value(name);
    if (!Array.isArray(value) || value.length > MAX_LIST_LENGTH) {
      throw this.#error(name, `a list of at most ${MAX_LIST_LENGTH} entries`, value);
    }
    return value as unknown[];
  }

  #entries(): [string, unknown][] {
    return Object.entries(this.#values);
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  #error(name: string, expected: string, value: unknown): ProtocolError {
    return new ProtocolError(
      `${this.#what}.${name}: expected ${expected}, got ${describeValue(value)}`,
    );
  }
}
