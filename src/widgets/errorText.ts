import { ProtocolError } from "../protocol/errors";
import { widgetRuntime } from "./runtime";

/**
 * Describes a thrown value for the user. For a bad message from a view the message is enough: the
 * user's code isn't at fault, so a stack would only mislead.
 */
export function errorText(error: unknown): string {
  return error instanceof ProtocolError ? error.message : widgetRuntime().describeError(error);
}
