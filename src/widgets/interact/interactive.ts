import { boolean, callable, checkOptions, checkValue, string } from "../../protocol/checks";
import { VBox } from "../controls/boxes";
import { Button } from "../controls/button";
import { DOMWidget } from "../domWidget";
import { Text } from "../generated/coreWidgets";
import type { MimeBundle } from "../kernel";
import { Output } from "../output";
import { presentCell } from "../presentCell";
import { DISPLAY, LAST_EXPRESSION, ON_CLOSE } from "../widgetHooks";
import { createControls, type Control } from "./control";
import type { Controls, ControlValues } from "./controls";
import { InteractiveRun } from "./interactiveRun";

/** Options of {@link interact} and {@link interactive}. */
export interface InteractOptions {
  /** Run the function only when a button is clicked. @defaultValue false */
  readonly manual?: boolean;
  /** The button's text. @defaultValue "Run Interact" */
  readonly manual_name?: string;
  /**
   * Show what the function returns.
   * @defaultValue true for interact() and interact_manual(), false for interactive()
   */
  readonly auto_display?: boolean;
  /**
   * Run while a slider is dragged, or a text is typed, and not only afterwards. This is for the
   * controls that are made here, not for widgets.
   * @defaultValue true
   */
  readonly continuous_update?: boolean;
}

/** Hook of {@link Interactive}: interact() has shown it in the present cell. */
export const SHOWN: unique symbol = Symbol("shown");

/** Controls, one below the other, that call a function with their values; its output is below. */
export class Interactive<C extends Controls = Controls, Result = unknown> extends VBox {
  readonly #run: InteractiveRun;
  readonly #out: Output;
  readonly #following: { dispose(): void } | undefined;
  /** The run of the cell that interact() has shown it in. */
  #shownIn: string | undefined;

  /** See {@link interactive}. */
  constructor(
    fn: (values: ControlValues<C>) => Result,
    controls: C,
    options: InteractOptions = {},
  ) {
    checkValue("fn", fn, callable);
    const given = checkOptions<InteractOptions>(options, {
      manual: boolean,
      manual_name: string(),
      auto_display: boolean,
      continuous_update: boolean,
    });
    const made = createControls(controls, given);
    const button =
      given.manual === true
        ? new Button({ description: given.manual_name ?? "Run Interact" })
        : undefined;
    const out = new Output();
    const shown = made.flatMap(({ widget }) => (widget instanceof DOMWidget ? widget : []));
    super([...shown, ...(button === undefined ? [] : [button]), out], {
      _dom_classes: ["widget-interact"],
    });
    this.#out = out;
    this.#run = new InteractiveRun({
      fn,
      controls: made,
      out,
      showsResult: given.auto_display ?? false,
      onRunning: (isRunning) => {
        if (button !== undefined) button.disabled = isRunning;
      },
    });
    if (button === undefined) {
      this.#following = this.#run.follow();
      void this.update();
    } else {
      button.on_click(() => this.update());
      this.#followTexts(made);
    }
  }

  /** What the function returned last, or what its Promise resolved to; undefined before that. */
  get result(): Awaited<Result> | undefined {
    return this.#run.result as Awaited<Result> | undefined;
  }

  /** The values that the function got last, by name. */
  get kwargs(): Partial<ControlValues<C>> {
    return this.#run.values as Partial<ControlValues<C>>;
  }

  /** Shows what the function prints, displays, returns and throws. */
  get out(): Output {
    return this.#out;
  }

  /**
   * Calls the function with the present values. While an async function runs, it is called once
   * more when it has ended.
   *
   * @returns a Promise that resolves when the function has ended. What it throws is shown below
   *   the controls.
   */
  update(): Promise<void> {
    return this.#run.request();
  }

  /** As the last expression of the cell in which interact() has shown it, it isn't shown again. */
  [LAST_EXPRESSION](): MimeBundle | undefined {
    const isShown = this.#shownIn !== undefined && this.#shownIn === presentCell();
    return isShown ? undefined : this[DISPLAY]();
  }

  /** See SHOWN. */
  [SHOWN](): void {
    this.#shownIn = presentCell();
  }

  override [ON_CLOSE](): void {
    super[ON_CLOSE]();
    this.#following?.dispose();
  }

  /** Return in a text field does what the button does. */
  #followTexts(controls: readonly Control[]): void {
    for (const { widget } of controls) {
      if (!(widget instanceof Text)) continue;
      widget.continuous_update = false;
      widget.observe(() => this.update(), "value");
    }
  }
}
