import { isPromiseLike } from "../protocol/promiseLike";
import { errorText } from "./errorText";
import { widgetRuntime } from "./runtime";
import { REPORT } from "./widgetHooks";

/**
 * Calls a handler. Reports what it throws, or what its Promise rejects with, so that nothing after
 * it is disturbed.
 */
export type Guard = (during: string, handler: () => unknown) => void;

/**
 * Creates a guard that reports to a widget, or to the runtime's log if the widget's report throws
 * as well.
 */
export function createGuard(widget: { [REPORT](error: unknown, during: string): void }): Guard {
  const report = (error: unknown, during: string): void => {
    try {
      widget[REPORT](error, during);
    } catch (reportError) {
      const texts = [error, reportError].map(errorText).join("; then, in reporting it: ");
      widgetRuntime().logError(`${widget.constructor.name}, ${during}: ${texts}`);
    }
  };
  return (during, handler) => {
    try {
      const result = handler();
      if (isPromiseLike(result)) {
        Promise.resolve(result).catch((error: unknown) => report(error, during));
      }
    } catch (error) {
      report(error, during);
    }
  };
}
