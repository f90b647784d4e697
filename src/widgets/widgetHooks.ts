import type { Later } from "./changedTraits";

/**
 * Symbols that name a widget's internal methods, so that a user's subclass may use any name for its
 * own fields.
 */

/**
 * Name of the method that returns how to show a value: a MIME bundle, or a Promise of one, or
 * undefined if the method has shown the value itself.
 */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/**
 * Name of the method that shows a value as a cell's last expression, where that differs from
 * DISPLAY: the value may have shown itself already.
 */
export const LAST_EXPRESSION: unique symbol = Symbol.for("jupyter-rfb-ts.lastExpression");

/** Media type under which a bundle shows a widget, by its model id. */
export const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/** Opens the comm, if it isn't open, and says what keeps it open. */
export const OPEN: unique symbol = Symbol("open");
/** Closes the comm, since nothing shows the widget. It opens again when that is next shown. */
export const LEAVE: unique symbol = Symbol("leave");
/**
 * "new" before the comm opens, and again if no frontend accepted it; then "open"; "left" after
 * ON_LEAVE; "closed" is final.
 */
export const STATUS: unique symbol = Symbol("status");
/** See STATUS. */
export type WidgetStatus = "new" | "open" | "left" | "closed";
/** The cell that shows the widget. */
export const SHOWN_IN: unique symbol = Symbol("shownIn");
/** Hook: the comm is about to open. What it throws cancels the opening. */
export const BEFORE_OPEN: unique symbol = Symbol("beforeOpen");
/** Hook: the widget is about to be used, so that its class's fields have their values. */
export const TAKE_FIELDS: unique symbol = Symbol("takeFields");
/**
 * Hook: a field gets its first value. Returns whether the widget has taken it, so that no property
 * is defined. Widgets without this method don't notice fields until TAKE_FIELDS.
 */
export const ON_FIELD: unique symbol = Symbol("onField");
/** Hook: returns what to add to the error about an unknown option. A widget may lack it. */
export const OPTION_HINT: unique symbol = Symbol("optionHint");
/** Adds traits to this widget only: new ones, or in place of those of its class. */
export const ADD_TRAITS: unique symbol = Symbol("addTraits");
/** Reads a trait. */
export const GET_TRAIT: unique symbol = Symbol("getTrait");
/** Sets a trait on behalf of the user: validates, synchronises, notifies. */
export const SET_TRAIT: unique symbol = Symbol("setTrait");
/** Returns the whole synchronised state as frontends get it. */
export const WIRE_STATE: unique symbol = Symbol("wireState");
/** The values of all traits that were read or set. */
export const STATE_VALUES: unique symbol = Symbol("stateValues");
/**
 * Hook: the comm has opened. Called again when it opens once more: after ON_LEAVE, or because no
 * frontend accepted the comm.
 */
export const ON_OPEN: unique symbol = Symbol("onOpen");
/** Hook: nothing shows the widget any more, so its comm was closed. It may open again. */
export const ON_LEAVE: unique symbol = Symbol("onLeave");
/**
 * Hook: the widget is closed. Its handlers can still be called; its comm is gone. Called once,
 * whether or not the comm was ever open.
 */
export const ON_CLOSE: unique symbol = Symbol("onClose");
/**
 * Hook: a frontend asked for the state and was answered. The frontend is new, or its page was
 * reloaded.
 */
export const ON_STATE_REQUEST: unique symbol = Symbol("onStateRequest");
/** Hook: a trait changed. Called before the observers. */
export const ON_CHANGE: unique symbol = Symbol("onChange");
/**
 * Reports what a handler threw, or what was wrong with a message. Repeated equal errors are shown
 * as one line with a count.
 */
export const REPORT: unique symbol = Symbol("report");
/** Hook: shows an error to the user, or its new count. */
export const SHOW_ERROR: unique symbol = Symbol("showError");
/** Replaces a line of an Output's standard error, or appends it. */
export const REPLACE_LINE: unique symbol = Symbol("replaceLine");
/** Calls a function as Output.capture() does, or just calls it where no kernel can redirect. */
export const RUN_HERE: unique symbol = Symbol("runHere");
/** Clears an Output that waits for something else to show, since nothing comes. */
export const CLEAR_NOW: unique symbol = Symbol("clearNow");

/** Marks widgets, so that traits can recognise them without importing Widget. */
export const REFERENCE: unique symbol = Symbol("reference");

/** How SET_TRAIT synchronises. */
export interface SetTraitOptions {
  /**
   * Send the trait once at the end of the current job, or still later, however often it is set
   * until then.
   * @defaultValue false
   */
  readonly later?: Later | false;
}

/** Whether a value is a widget. A state refers to it by its model id. */
export function isReference(value: unknown): value is ModelReference {
  return typeof value === "object" && value !== null && REFERENCE in value;
}

/**
 * What keeps a widget open: the current cell, until it runs again; the user, until the widget is
 * closed; or a parent, an open widget whose state refers to it.
 */
export type Keeper = "cell" | "user" | "parent";

/** A widget, reduced to what a state that refers to it needs. */
export interface ModelReference {
  readonly [REFERENCE]: true;
  readonly model_id: string;
  readonly [STATUS]: WidgetStatus;
  [OPEN](keeper: Keeper): void;
  [TAKE_FIELDS](): void;
  close(): void;
}

/** An object whose traits can be read and set by name. */
export interface TraitHolder {
  [GET_TRAIT](name: string): unknown;
  [SET_TRAIT](name: string, value: unknown): void;
}
