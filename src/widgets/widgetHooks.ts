import { type REFERENCE } from "./traits";

/** The name of the method that gives a value's MIME bundle, or a promise of one, or undefined where it has shown itself. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

// What follows is for subclasses in this library. The names are symbols, so that a user's subclass is free to call its own
// fields anything that is not in the documented API.

/** Opens the comm now, if it is not open. */
export const OPEN: unique symbol = Symbol("open");
/** "new" before the comm is opened, and again where no frontend took it on; then "open", and "closed" for ever. */
export const STATUS: unique symbol = Symbol("status");
/** Reads a trait. */
export const GET_TRAIT: unique symbol = Symbol("getTrait");
/** Sets a trait, as its owner: validates, synchronises, notifies. */
export const SET_TRAIT: unique symbol = Symbol("setTrait");
/** The whole synchronised state, as the frontends get it. */
export const WIRE_STATE: unique symbol = Symbol("wireState");
/** Hook: the comm was opened. Called once, but for a comm that no frontend took on, which is opened again. */
export const ON_OPEN: unique symbol = Symbol("onOpen");
/** Hook: the widget is closed. Handlers are still there, the comm is not. Called once, if the widget was open or not. */
export const ON_CLOSE: unique symbol = Symbol("onClose");
/** Hook: a frontend asked for the state and was answered: it is new, or was reloaded. */
export const ON_STATE_REQUEST: unique symbol = Symbol("onStateRequest");
/** Hook: a trait changed; called before the observers. */
export const ON_CHANGE: unique symbol = Symbol("onChange");
/** Hook: shows what a handler threw, or what was wrong with a message. */
export const REPORT: unique symbol = Symbol("report");

/** A widget, as far as a state that refers to it needs to know. */
export interface ModelReference {
  readonly [REFERENCE]: true;
  readonly model_id: string;
  readonly [STATUS]: "new" | "open" | "closed";
  [OPEN](): void;
}

/** An object whose traits can be read and set by name. */
export interface TraitHolder {
  [GET_TRAIT](name: string): unknown;
  [SET_TRAIT](name: string, value: unknown): void;
}
