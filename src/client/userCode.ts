/** Guards between the view and what its user gave it. */
import { errorMessage } from "../protocol/errors";

/** Calls the user's code. Logs what it throws to the console, so that the view continues. */
export function guarded(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    console.error(error);
  }
}

/** Reports a problem to the user's `onError`, or else logs it. */
export function tell(
  message: string,
  onError: ((error: Error) => void) | undefined,
  log: (text: string) => void,
): void {
  if (onError === undefined) log(`jupyter-rfb-ts: ${message}`);
  else guarded(() => onError(new Error(message)));
}

/** Runs an action that fails if the canvas is in use, and explains that failure. */
export function explainingUse<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    // Not by its class, which is another one for a canvas in an iframe.
    if ((error as Partial<Error> | undefined)?.name !== "InvalidStateError") throw error;
    throw new Error(
      `Cannot use the canvas: it has a context, or has or had a view (${errorMessage(error)}); a canvas serves one view, make another`,
    );
  }
}
