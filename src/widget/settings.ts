/** The user's settings. JupyterLab stores them (schema/plugin.json). */
import type { ToolbarMode } from "../protocol/toolbarMode";
import type { Disposable } from "../protocol/transport";
import { DEFAULT_VIEW_PROPERTIES, type ViewProperties } from "../view/index";

/** The properties of a view that the user sets, not the notebook. */
export type ViewSettings = Pick<
  ViewProperties,
  "throttle" | "smoothing" | "touchKeyboard" | "passedKeys" | "toolbar"
>;

/**
 * The longest interval between events, in milliseconds, at which a picture is still usable. Also in
 * schema/plugin.json.
 */
const MAX_THROTTLE_MS = 1000;

/** Shortcuts that JupyterLab gets though a picture has the focus. Also in schema/plugin.json. */
const DEFAULT_PASSED_KEYS: readonly string[] = ["Accel S", "Accel Shift S", "Accel Shift C"];

/** What the setting `toolbar` means. Also in schema/plugin.json. */
const TOOLBAR_SETTINGS: Readonly<Partial<Record<string, ToolbarMode>>> = {
  auto: "auto",
  always: true,
  never: false,
};

/** The user's settings. */
export interface PageSettings {
  readonly view: ViewSettings;
  /** Whether notebooks keep pictures. */
  readonly keepPicture: boolean;
}

/**
 * Reads settings that a user may have edited by hand. An invalid value is replaced by its default.
 */
export function parseSettings(composite: Readonly<Record<string, unknown>>): PageSettings {
  const { throttle, smoothing, touchKeyboard, passedKeys, keepPicture, toolbar } = composite;
  const isThrottle = typeof throttle === "number" && throttle >= 0 && throttle <= MAX_THROTTLE_MS;
  const view = {
    throttle: isThrottle ? throttle : DEFAULT_VIEW_PROPERTIES.throttle,
    smoothing: typeof smoothing === "boolean" ? smoothing : DEFAULT_VIEW_PROPERTIES.smoothing,
    touchKeyboard:
      typeof touchKeyboard === "boolean" ? touchKeyboard : DEFAULT_VIEW_PROPERTIES.touchKeyboard,
    passedKeys: isTexts(passedKeys) ? passedKeys : DEFAULT_PASSED_KEYS,
    toolbar: TOOLBAR_SETTINGS[String(toolbar)] ?? "auto",
  };
  return { view, keepPicture: keepPicture !== false };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** Holds the current settings and notifies listeners of changes. */
export class SettingsStore {
  readonly #listeners = new Set<(settings: PageSettings) => void>();
  #current: PageSettings = parseSettings({});

  /** The current settings. */
  get current(): PageSettings {
    return this.#current;
  }

  /** Changes the settings. */
  set(settings: PageSettings): void {
    this.#current = settings;
    for (const listener of [...this.#listeners]) listener(settings);
  }

  /** Calls a listener on each change, until the returned object is disposed. */
  onChange(listener: (settings: PageSettings) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }
}

/** The settings of this page. */
export const pageSettings: SettingsStore = new SettingsStore();
