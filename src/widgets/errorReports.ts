import { RepeatLimit, type ShownError } from "../protocol/repeatLimit";
import type { Disposable } from "../protocol/transport";
import { errorText } from "./errorText";
import { widgetRuntime } from "./runtime";
import { SHOW_ERROR } from "./widgetHooks";

/**
 * A widget's errors: the widget shows each at once, and its count once a second while it repeats.
 */
export class ErrorReports implements Disposable {
  readonly #widget: { [SHOW_ERROR](shown: ShownError): void };
  readonly #repeats = new RepeatLimit((seconds, callback) =>
    widgetRuntime().delay(seconds, callback),
  );

  constructor(widget: { [SHOW_ERROR](shown: ShownError): void }) {
    this.#widget = widget;
  }

  /** Takes an error. */
  add(error: unknown, during: string): void {
    const text = `${this.#widget.constructor.name}, ${during}: ${errorText(error)}`;
    this.#repeats.add(text, (shown) => {
      try {
        this.#widget[SHOW_ERROR](shown);
      } catch {
        // Nothing would catch it where a timer shows the new count.
        widgetRuntime().logError(shown.line);
      }
    });
  }

  /** Cancels what would be shown later. */
  dispose(): void {
    this.#repeats.dispose();
  }
}
