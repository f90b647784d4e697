import { isPlainError } from "../protocol/errors";
import { widgetRuntime } from "./runtime";

/**
 * Describes a thrown value for the user. For a bad message from a view, or a missing package, the
 * message is enough: the user's code isn't at fault, so a stack would only mislead.
 */
export function errorText(error: unknown): string {
  return isPlainError(error) ? error.message : widgetRuntime().describeError(error);
}
