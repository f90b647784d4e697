import { ProtocolError } from "../protocol/errors";
import { widgetRuntime } from "./runtime";

/** An error whose message says all, for errors of which no code is the cause: without a stack. */
export class PlainError extends Error {}

/**
 * Describes a thrown value for the user. For a bad message from a view the message is enough: the
 * user's code isn't at fault, so a stack would only mislead.
 */
export function errorText(error: unknown): string {
  const isPlain = error instanceof ProtocolError || error instanceof PlainError;
  return isPlain ? error.message : widgetRuntime().describeError(error);
}
