import { isRecord } from "../bufferPaths";
import { Button as CoreButton } from "../generated/coreWidgets";
import { createGuard } from "../guard";
import type { MessageCallback } from "../widget";
import { defineRules } from "../widgetClass";

/** A button. */
export class Button extends CoreButton {
  readonly #callbacks = new Map<(button: this) => unknown, MessageCallback>();

  /**
   * Calls a callback at each click, with the button. What it throws is reported.
   *
   * @param remove - true stops calling it. Default: false.
   * @throws Error when the button is closed.
   */
  on_click(callback: (button: this) => unknown, remove = false): void {
    const known = this.#callbacks.get(callback);
    if (remove) {
      if (known !== undefined) this.on_msg(known, true);
      this.#callbacks.delete(callback);
    } else if (known === undefined) {
      const onMessage: MessageCallback = (content) =>
        isRecord(content) && content["event"] === "click" ? this.#call(callback) : undefined;
      this.on_msg(onMessage);
      this.#callbacks.set(callback, onMessage);
    }
  }

  #call(callback: (button: this) => unknown): void {
    createGuard(this)("a callback of on_click", () => callback(this));
  }

  /** Acts as if the button had been clicked. */
  click(): void {
    for (const callback of [...this.#callbacks.keys()]) callback(this);
  }
}

defineRules(Button, {
  // The names of icons are often copied with the prefix that the view adds itself.
  icon: { keep: (icon) => String(icon).replaceAll("fa-", "") },
});
