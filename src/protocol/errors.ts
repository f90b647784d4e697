/**
 * A message of the other end breaks the protocol.
 *
 * The error's text names the field, what was expected and what came, and can be shown to a user. A
 * receiver catches this error, reports it and carries on: a bad message must not stop a peer.
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/**
 * A problem that no line of code explains: a package is missing, a browser can't decode a codec,
 * something takes too long. The message says what happened and what to do.
 */
export class PlainError extends Error {}

/**
 * Whether an error's message says everything, to be reported without the stack: that shows only
 * this library's code, which isn't at fault.
 */
export function isPlainError(error: unknown): error is PlainError | ProtocolError {
  return error instanceof PlainError || error instanceof ProtocolError;
}

/** Any value as text. One may have no text, or throw when it is asked for it. */
export function safeText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `${describeValue(value)} without a text`;
  }
}

/** The message of an Error, or any other thrown value as text. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? safeText(error.message) : safeText(error);
}

/** A thrown value as an Error; one that isn't an Error is its cause. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(safeText(error), { cause: error });
}

/**
 * Describes an untrusted value in a few words, for an error: its type, and its content if that is
 * short.
 */
export function describeValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return describeArray(value);
  switch (typeof value) {
    case "string":
      return value.length > 40 ? `a string of length ${value.length}` : JSON.stringify(value);
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "object":
      if (value instanceof Date) return describeDate(value);
      return describeObject(value);
    default:
      return `a ${typeof value}`;
  }
}

/** An object of a class by its class: "a Map", "an IntSlider", "a Promise". */
function describeObject(object: object): string {
  const prototype = Object.getPrototypeOf(object) as { readonly constructor?: unknown } | null;
  const { constructor } = prototype ?? {};
  const name = typeof constructor === "function" ? constructor.name : "";
  // The names in minified code say nothing.
  if (name === "Object" || !/^[A-Z]\w\w/.test(name)) return "an object";
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}

/** A short list of numbers or texts as it is written. */
function describeArray(array: readonly unknown[]): string {
  const isShort = array.length > 0 && array.length <= 4;
  return isShort && array.every((item) => typeof item === "number" || typeof item === "string")
    ? `[${array.map(describeValue).join(", ")}]`
    : `an array of length ${array.length}`;
}

/** A Date in the local time zone, which is the one that its maker most often had in mind. */
function describeDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? "an invalid Date" : date.toString().replace(/ \(.*/, "");
}
