/** The synchronised state that sets the properties of the views. */
import { FIT_MODES } from "../protocol/shownFit";
import type { ToolbarMode } from "../protocol/toolbarMode";
import type { ViewProperties } from "../view/index";
import { pageSettings } from "./settings";

/** The state, with its defaults. */
export const STATE_DEFAULTS = {
  css_width: "500px",
  css_height: "300px",
  resizable: true,
  fit: "fill",
  smoothing: true,
  toolbar: "auto",
  cursor: "default",
  title: "",
  has_titlebar: false,
  is_minimizable: false,
  is_closable: false,
} as const;

/** A state key that sets a property of the views. */
export type StateKey = keyof typeof STATE_DEFAULTS;

/** All state keys that set a property of the views. */
export const STATE_KEYS: readonly StateKey[] = Object.keys(STATE_DEFAULTS) as StateKey[];

/** A model, as far as its state is read. */
interface State {
  get(key: string): unknown;
}

/**
 * The properties of a view, from the state. A value of the wrong type is replaced by its default.
 */
export function viewPropertiesOf(state: State): Partial<ViewProperties> {
  const read = <Key extends StateKey>(key: Key) => stateOf(state, key);
  return {
    cssWidth: read("css_width"),
    cssHeight: read("css_height"),
    resizable: read("resizable"),
    fit: FIT_MODES.find((fit) => fit === read("fit")) ?? "fill",
    // The user's setting turns it off for all pictures.
    smoothing: read("smoothing") && pageSettings.current.view.smoothing,
    toolbar: toolbarMode(state.get("toolbar")),
    cursor: read("cursor"),
    title: read("title"),
    hasTitlebar: read("has_titlebar"),
    isMinimizable: read("is_minimizable"),
    isClosable: read("is_closable"),
  };
}

function stateOf<Key extends StateKey>(
  state: State,
  key: Key,
): (typeof STATE_DEFAULTS)[Key] extends boolean ? boolean : string {
  const fallback: unknown = STATE_DEFAULTS[key];
  const value: unknown = state.get(key);
  return (typeof value === typeof fallback ? value : fallback) as never;
}

/** The user's setting holds where the notebook leaves it open. */
function toolbarMode(mode: unknown): ToolbarMode {
  return typeof mode === "boolean" ? mode : pageSettings.current.view.toolbar;
}
