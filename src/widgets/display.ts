import { getKernel } from "./kernel";
import { widgetRuntime } from "./runtime";
import { showValue } from "./showValue";

/**
 * Shows values, one below the other: in the cell that runs, in the Output that captures, or for a
 * widget's callback in the cell that shows the widget.
 *
 * A value is a widget, a snapshot or another object with a `[Symbol.for("Jupyter.display")]`
 * method, a MIME bundle such as `{"text/html": "<b>hi</b>"}` or `{"image/png": bytes}`, or anything
 * else, which is shown as text.
 *
 * @throws Error when there is no kernel, or what a value's display method throws.
 */
export function display(...values: readonly unknown[]): void {
  const kernel = getKernel();
  for (const value of values) {
    showValue(value, {
      display: (data, options) => kernel.display(data, options),
      report: (error) => widgetRuntime().logError(widgetRuntime().describeError(error)),
    });
  }
}
