/** Reads untrusted objects field by field. */
import { describeValue, ProtocolError } from "./errors";
import { MODIFIERS, type Modifier, type Touch } from "./events";
import { VIEW_ABILITIES, type PatchRect, type ViewAbility } from "./messages";

/** More buttons, modifiers or touches than this cannot come from a real device. */
export const MAX_LIST_LENGTH = 64;
/** Longest key name, typed text or input type: more than any key or input method gives at once. */
export const MAX_TEXT_LENGTH = 4096;
/** Coordinates and sizes beyond this are no picture: browsers cap an element at 2^25 CSS pixels. */
const MAX_COORDINATE = 2 ** 25;
/** Largest side of a picture in device pixels: what browsers allow a canvas (Chromium and Firefox: 65535 and less). */
export const MAX_PHYSICAL_SIZE = 65535;
/** More patches than this in one frame cost more than the whole picture: each is an image file with its own header and decode. */
const MAX_PATCHES = 64;
/** Longest name of something that a view can show. */
const MAX_ABILITY_LENGTH = 64;

/** Reads the fields of one untrusted object; each method names the field in its error. */
export class Fields {
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
    const value = this.value(name);
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
    const value = this.value(name);
    if (typeof value !== "boolean") throw this.#error(name, "true or false", value);
    return value;
  }

  text(name: string): string {
    const value = this.longText(name, MAX_TEXT_LENGTH);
    if (value === "") throw this.#error(name, "a text that is not empty", value);
    return value;
  }

  longText(name: string, most = Number.MAX_SAFE_INTEGER): string {
    const value = this.value(name);
    if (typeof value !== "string" || value.length > most) {
      throw this.#error(name, `a text of at most ${most} characters`, value);
    }
    return value;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.value(name);
    const choice = choices.find((one) => one === value);
    if (choice === undefined) throw this.#error(name, choices.join(" or "), value);
    return choice;
  }

  matching(name: string, pattern: RegExp): string {
    const value = this.text(name);
    if (!pattern.test(value)) throw this.#error(name, `a text like ${pattern.source}`, value);
    return value;
  }

  /** The size that a picture is to be shown in. */
  pictureSize(): { width: number; height: number } {
    return {
      width: this.integer("width", 1, MAX_PHYSICAL_SIZE),
      height: this.integer("height", 1, MAX_PHYSICAL_SIZE),
    };
  }

  patches(): PatchRect[] {
    const value = this.value("patches");
    if (!Array.isArray(value) || value.length < 1 || value.length > MAX_PATCHES) {
      throw this.#error("patches", `a list of 1 to ${MAX_PATCHES} patches`, value);
    }
    return (value as unknown[]).map((one, at) => this.#patch(`patches[${at}]`, one));
  }

  /** As many byte lengths. */
  byteLengths(name: string, count: number): number[] {
    const values = this.#list(name);
    const isLength = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
    if (values.length !== count || !values.every(isLength)) {
      throw this.#error(name, `${count} byte lengths`, values);
    }
    return values as number[];
  }

  #patch(name: string, value: unknown): PatchRect {
    const numbers: unknown[] = Array.isArray(value) ? value : [];
    const [x, y, width, height] = numbers.map((one) => (Number.isInteger(one) ? Number(one) : -1));
    const isSpan = (start = -1, length = -1): boolean =>
      start >= 0 && length >= 1 && start + length <= MAX_PHYSICAL_SIZE;
    if (numbers.length !== 4 || !isSpan(x, width) || !isSpan(y, height)) {
      const expected = `[x, y, width, height] in whole pixels, not empty and inside ${MAX_PHYSICAL_SIZE}`;
      throw this.#error(name, expected, value);
    }
    return numbers as [number, number, number, number];
  }

  /** What a view can show. An older one does not say it; a newer one may name what we do not know. */
  accepts(): ViewAbility[] {
    if (!this.has("accepts")) return [];
    const values = this.#list("accepts");
    for (const value of values) {
      if (typeof value !== "string" || value.length > MAX_ABILITY_LENGTH) {
        throw this.#error("accepts", `texts of at most ${MAX_ABILITY_LENGTH} characters`, value);
      }
    }
    return VIEW_ABILITIES.filter((ability) => values.includes(ability));
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
    const entries = new Fields(`${this.#what}.touches`, this.value("touches")).#entries();
    if (entries.length > MAX_LIST_LENGTH) {
      throw this.#error("touches", `at most ${MAX_LIST_LENGTH} touches`, this.value("touches"));
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
    const value = this.value(name);
    if (!Array.isArray(value) || value.length > MAX_LIST_LENGTH) {
      throw this.#error(name, `a list of at most ${MAX_LIST_LENGTH} entries`, value);
    }
    return value as unknown[];
  }

  #entries(): [string, unknown][] {
    return Object.entries(this.#values);
  }

  /** A field that is not checked yet; undefined where it is missing. */
  value(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  #error(name: string, expected: string, value: unknown): ProtocolError {
    return new ProtocolError(
      `${this.#what}.${name}: expected ${expected}, got ${describeValue(value)}`,
    );
  }
}
