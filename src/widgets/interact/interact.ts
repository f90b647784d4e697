/** Functions with controls, after those of ipywidgets for Python. */
import { boolean, callable, checkOptions, checkValue } from "../../protocol/checks";
import { display } from "../display";
import { Output } from "../output";
import type { Widget } from "../widget";
import { createControls } from "./control";
import type { Controls, ControlValues } from "./controls";
import { Interactive, SHOWN, type InteractOptions } from "./interactive";
import { InteractiveRun } from "./interactiveRun";

/**
 * Makes controls for a function, and calls it whenever one of them changes. Controls and output are
 * a widget to show: as a cell's last expression, with `display()`, or inside of another widget.
 *
 * @param fn - Gets the values by name, in one object. While an async function runs, changes are
 *   collected.
 * @param controls - What the controls are, by name: see {@link Abbreviation}.
 * @throws TypeError or RangeError for something that stands for no control.
 */
export function interactive<const C extends Controls, Result>(
  fn: (values: ControlValues<C>) => Result,
  controls: C,
  options?: InteractOptions,
): Interactive<C, Result> {
  return new Interactive(fn, controls, options);
}

/**
 * Makes controls for a function, shows them, and calls the function whenever one of them changes.
 * What it prints, displays, returns and throws is shown below the controls.
 *
 * @param fn - Gets the values by name, in one object. While an async function runs, changes are
 *   collected.
 * @param controls - What the controls are, by name: see {@link Abbreviation}.
 * @returns the widget that is shown.
 * @throws TypeError or RangeError for something that stands for no control; Error when there is no
 *   kernel.
 */
export function interact<const C extends Controls, Result>(
  fn: (values: ControlValues<C>) => Result,
  controls: C,
  options: InteractOptions = {},
): Interactive<C, Result> {
  const shown = new Interactive(fn, controls, { auto_display: true, ...options });
  display(shown);
  shown[SHOWN]();
  return shown;
}

/** As {@link interact}, with a button that calls the function. */
export function interact_manual<const C extends Controls, Result>(
  fn: (values: ControlValues<C>) => Result,
  controls: C,
  options: InteractOptions = {},
): Interactive<C, Result> {
  return interact(fn, controls, { manual: true, ...options });
}

/** Widgets with values, by name. */
export type ValueWidgets = Readonly<Record<string, Widget & { readonly value: unknown }>>;

/** Options of {@link interactive_output}. */
export interface InteractiveOutputOptions {
  /** Show what the function returns. @defaultValue false */
  readonly auto_display?: boolean;
}

/**
 * Calls a function whenever the value of a widget changes, for widgets that you arrange yourself.
 *
 * @param fn - Gets the values by name, in one object.
 * @returns an Output that shows what the function prints, displays and throws.
 */
export function interactive_output<const C extends ValueWidgets>(
  fn: (values: ControlValues<C>) => unknown,
  widgets: C,
  options: InteractiveOutputOptions = {},
): Output {
  checkValue("fn", fn, callable);
  const { auto_display = false } = checkOptions<InteractiveOutputOptions>(options, {
    auto_display: boolean,
  });
  const out = new Output();
  const controls = createControls(widgets, { keepsDescriptions: true });
  const run = new InteractiveRun({ fn, controls, out, showsResult: auto_display });
  run.follow();
  void run.request();
  return out;
}
