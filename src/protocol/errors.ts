/**
 * A message from the other end that is not what the protocol allows.
 *
 * The message names the field, what was expected and what came, so that it can be shown as it is. Whoever receives a message
 * catches this class, reports it and carries on: a bad message never takes a peer down.
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** What an error says; of a thrown value that isn't an Error, the value as text. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Describes an untrusted value in a few words, for an error message: its type, and its content where that is short. */
export function describeValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  switch (typeof value) {
    case "string":
      return value.length > 40 ? `a string of length ${value.length}` : JSON.stringify(value);
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "object":
      return ArrayBuffer.isView(value) ? `a ${value.constructor.name}` : "an object";
    default:
      return `a ${typeof value}`;
  }
}
