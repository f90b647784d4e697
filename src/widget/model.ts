/** The browser's half of a RemoteFrameBuffer: one for each widget, whatever the number of its views. */
import {
  DOMWidgetModel,
  type IBackboneModelOptions,
  type WidgetModel,
} from "@jupyter-widgets/base";
import { FrameDisplay, nowInSeconds, type ViewProperties } from "../view/index";
import { CommTransport } from "./commTransport";
import { MODULE_NAME, MODULE_VERSION_RANGE } from "./module";

/** The state that the kernel side shares with the views. */
const STATE_DEFAULTS = {
  css_width: "500px",
  css_height: "300px",
  resizable: true,
  cursor: "default",
  title: "",
  has_titlebar: false,
  is_minimizable: false,
  is_closable: false,
} as const;

/** The state keys that say how a view looks, each with its type's default. */
export type StateKey = keyof typeof STATE_DEFAULTS;

/** All of {@link StateKey}. */
export const STATE_KEYS: readonly StateKey[] = Object.keys(STATE_DEFAULTS) as StateKey[];

/** Decodes the frames, feeds the views, and tells the kernel side what happens in them. */
export class RemoteFrameBufferModel extends DOMWidgetModel {
  // Declared only, and no # members in this class: Backbone's constructor calls initialize() before they would be made.
  declare private _display: FrameDisplay | undefined;

  /** The state of a model before the kernel side's comes. */
  override defaults(): Record<string, unknown> {
    return {
      ...super.defaults(),
      _model_module: MODULE_NAME,
      _model_module_version: MODULE_VERSION_RANGE,
      _model_name: "RemoteFrameBufferModel",
      _view_module: MODULE_NAME,
      _view_module_version: MODULE_VERSION_RANGE,
      _view_name: "RemoteFrameBufferView",
      ...STATE_DEFAULTS,
      _frame_feedback: {},
      _has_visible_views: false,
    };
  }

  override initialize(attributes: Record<string, unknown>, options: IBackboneModelOptions): void {
    super.initialize(attributes, options);
    const display = new FrameDisplay(new CommTransport(this), {
      onVisibilityChange: (hasVisibleViews) => this._saveVisibility(hasVisibleViews),
    });
    this._display = display;
    // The kernel side may remember the views of a page that was reloaded.
    this._saveVisibility(false);
    display.hello();
    // Another page on this kernel has no visible view, or was just opened; here there is one. Afterwards, since what is set while a
    // state from the kernel is taken over counts as part of it and is not sent.
    this.on("change:_has_visible_views", () => {
      queueMicrotask(() => {
        if (display.hasVisibleViews) this._saveVisibility(true);
      });
    });
    this.on("comm_live_update", () => {
      if (!this.comm_live) return;
      display.hello();
      this._saveVisibility(display.hasVisibleViews);
    });
  }

  /** The displaying end of this widget's session. */
  get display(): FrameDisplay {
    if (this._display === undefined) {
      throw new Error("Cannot show a frame buffer: its model is not initialized");
    }
    return this._display;
  }

  /** The state as properties of a view. What is not of the right type is the default. */
  viewProperties(): Partial<ViewProperties> {
    return {
      cssWidth: this._stateOf("css_width"),
      cssHeight: this._stateOf("css_height"),
      resizable: this._stateOf("resizable"),
      cursor: this._stateOf("cursor"),
      title: this._stateOf("title"),
      hasTitlebar: this._stateOf("has_titlebar"),
      isMinimizable: this._stateOf("is_minimizable"),
      isClosable: this._stateOf("is_closable"),
    };
  }

  /**
   * Closes the widget in this page and, unless the kernel side closed it, there.
   *
   * @param comm_closed - Whether the comm is closed already.
   */
  override close(comm_closed = false): Promise<void> {
    // Just in time: the comm goes next.
    if (!comm_closed) this._display?.sendEvent({ type: "close", timestamp: nowInSeconds() });
    // Before the views are removed, which would say on the comm that nothing is visible any more.
    this._display?.dispose();
    return super.close(comm_closed);
  }

  private _stateOf<Key extends StateKey>(
    key: Key,
  ): (typeof STATE_DEFAULTS)[Key] extends boolean ? boolean : string {
    const fallback: unknown = STATE_DEFAULTS[key];
    const value: unknown = this.get(key);
    return (typeof value === typeof fallback ? value : fallback) as never;
  }

  private _saveVisibility(hasVisibleViews: boolean): void {
    if (this.get("_has_visible_views") === hasVisibleViews) return;
    this.set("_has_visible_views", hasVisibleViews);
    try {
      this.save_changes();
    } catch {
      // The comm is closed, which the widget manager shows.
    }
  }
}

/** Tells our model from others. */
export function isRemoteFrameBufferModel(model: WidgetModel): model is RemoteFrameBufferModel {
  return model instanceof RemoteFrameBufferModel;
}
