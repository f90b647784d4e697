/** The user's settings for all views, which JupyterLab keeps (schema/plugin.json). */
import type { Disposable } from "../protocol/transport";
import { DEFAULT_VIEW_PROPERTIES, type ViewProperties } from "../view/index";

/** The properties of a view that are the user's choice, not the notebook's. */
export type ViewSettings = Pick<ViewProperties, "throttle" | "smoothing">;

/** Slowest rate that still lets a person steer, in milliseconds. The same as in the schema. */
const MAX_THROTTLE_MS = 1000;

/** Reads settings, which a person may have edited by hand: what is not usable is the default. */
export function parseSettings(composite: Readonly<Record<string, unknown>>): ViewSettings {
  const { throttle, smoothing } = composite;
  const isThrottle = typeof throttle === "number" && throttle >= 0 && throttle <= MAX_THROTTLE_MS;
  return {
    throttle: isThrottle ? throttle : DEFAULT_VIEW_PROPERTIES.throttle,
    smoothing: typeof smoothing === "boolean" ? smoothing : DEFAULT_VIEW_PROPERTIES.smoothing,
  };
}

/** The settings as they are now, and who wants to hear of changes. */
export class SettingsStore {
  readonly #listeners = new Set<(settings: ViewSettings) => void>();
  #current: ViewSettings = parseSettings({});

  /** The settings now. */
  get current(): ViewSettings {
    return this.#current;
  }

  /** Changes the settings of all views. */
  set(settings: ViewSettings): void {
    this.#current = settings;
    for (const listener of [...this.#listeners]) listener(settings);
  }

  /** Calls back on each change. */
  onChange(listener: (settings: ViewSettings) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }
}

/** The one store of this page. */
export const viewSettings: SettingsStore = new SettingsStore();
