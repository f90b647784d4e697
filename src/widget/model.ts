/** The browser's half of a RemoteFrameBuffer. A widget has one model and any number of views. */
import {
  DOMWidgetModel,
  unpack_models,
  type IBackboneModelOptions,
  type WidgetModel,
} from "@jupyter-widgets/base";
import type { JSONObject } from "@lumino/coreutils";
import { nowInSeconds } from "../picture/index";
import { FIT_MODES } from "../protocol/shownFit";
import type { ToolbarMode } from "../protocol/toolbarMode";
import type { Disposable } from "../protocol/transport";
import { Disposables, FrameDisplay, type ViewProperties } from "../view/index";
import { CommTransport } from "./commTransport";
import { denoKernels } from "./denoKernels";
import { frontEnd } from "./frontEnd";
import { keptDataUrl, keptPictures } from "./keptPictures";
import { KernelState } from "./kernelState";
import { isCut, kernelOf, onReconnected, releaseComm } from "./kernelLink";
import { MODULE_NAME, MODULE_VERSION_RANGE } from "./module";
import { notebookOutputs } from "./notebookOutputs";
import { pageSettings } from "./settings";

/** The synchronised state that the views use, with its defaults. */
const STATE_DEFAULTS = {
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

/** Shows the kernel's frames in all views of a widget, and sends the users' input to the kernel. */
export class RemoteFrameBufferModel extends DOMWidgetModel {
  // No initializers and no # members: Backbone's constructor calls initialize() before this class's
  // fields would be initialized.
  declare private _display: FrameDisplay | undefined;
  declare private _parts: Disposables | undefined;

  static override serializers = {
    ...DOMWidgetModel.serializers,
    _output: { deserialize: unpack_models },
  };

  /** The state before that of the kernel arrives. */
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
      _output: null,
      _snapshot: "",
      _status: null,
      keep_picture: true,
    };
  }

  override initialize(attributes: Record<string, unknown>, options: IBackboneModelOptions): void {
    super.initialize(attributes, options);
    // The plugin knows the kernels of notebooks only.
    denoKernels.add(kernelOf(this));
    const display = new FrameDisplay(new CommTransport(this), {
      onVisibilityChange: (hasVisibleViews) => this._saveVisibility(hasVisibleViews),
      onPaint: () => state.painted(),
      prefersBase64: frontEnd.prefersBase64,
    });
    this._display = display;
    const parts = new Disposables();
    this._parts = parts;
    // The kernel may still have the state of a page that was reloaded.
    this._saveVisibility(false);
    display.hello();
    this._showSnapshot(display);
    parts.add(this.keepPictureOf(this.model_id));
    const state = parts.add(
      new KernelState({
        model: this,
        answers: () => display.answers(),
        onChange: (content) => display.setMark(content),
      }),
    );
    // Another page of this kernel may set the state to false while a view is visible here: set it
    // to true again. Deferred, because a change that is made while the kernel's state is being
    // applied is not sent.
    this.on("change:_has_visible_views", () => {
      queueMicrotask(() => {
        if (display.hasVisibleViews) this._saveVisibility(true);
      });
    });
    const comeBack = (): void => {
      if (!this.comm_live) return;
      display.hello();
      this._saveVisibility(display.hasVisibleViews, true);
    };
    this.on("comm_live_update", comeBack);
    // Another page may have acknowledged what was sent while this one was cut off, and what it sent
    // may be lost, such as the release of a button: the kernel releases what this page held.
    const resume = (): void => {
      if (this.comm_live) display.goodbye();
      comeBack();
    };
    parts.add(onReconnected(this, resume));
    parts.add(
      notebookOutputs.report({
        model: this,
        hasViews: () => display.hasViews,
        onRemoved: (modelIds) => display.reportRemoval(modelIds),
      }),
    );
    // The kernel cannot detect that a page has gone. Messages sent during an unload may be lost, so
    // this is sent before it too. It does no harm if the user then stays.
    for (const type of ["beforeunload", "pagehide"]) {
      parts.listen(window, type, () => display.goodbye());
    }
  }

  /** The displaying end of this widget's session. */
  get display(): FrameDisplay {
    if (this._display === undefined) {
      throw new Error("Cannot show a frame buffer: its model is not initialized");
    }
    return this._display;
  }

  /**
   * Keeps the picture in the outputs that show a model, this one or a box around it, until the
   * returned object is disposed.
   */
  keepPictureOf(modelId: string): Disposable {
    return keptPictures.watch({
      modelId,
      still: () => this._display?.still,
      isKept: () => this._isPictureKept,
    });
  }

  /**
   * Returns the state that is saved with a notebook. The picture goes with it, as the kernel that
   * could draw it will be gone.
   */
  override get_state(drop_defaults?: boolean): JSONObject {
    const state = super.get_state(drop_defaults);
    const still = this._isPictureKept ? this._display?.still : undefined;
    return still === undefined ? state : { ...state, _snapshot: keptDataUrl(still) };
  }

  /**
   * The properties of a view, from the state. A value of the wrong type is replaced by its default.
   */
  viewProperties(): Partial<ViewProperties> {
    return {
      cssWidth: this._stateOf("css_width"),
      cssHeight: this._stateOf("css_height"),
      resizable: this._stateOf("resizable"),
      fit: FIT_MODES.find((fit) => fit === this._stateOf("fit")) ?? "fill",
      // The user's setting turns it off for all pictures.
      smoothing: this._stateOf("smoothing") && pageSettings.current.view.smoothing,
      toolbar: this._toolbarMode(),
      cursor: this._stateOf("cursor"),
      title: this._stateOf("title"),
      hasTitlebar: this._stateOf("has_titlebar"),
      isMinimizable: this._stateOf("is_minimizable"),
      isClosable: this._stateOf("is_closable"),
    };
  }

  /**
   * Closes the widget in this page and in the kernel.
   *
   * @param comm_closed - Whether the comm is closed already, because the kernel closed the widget.
   */
  override close(comm_closed = false): Promise<void> {
    // Sent now, because the base class closes the comm.
    if (!comm_closed) this._display?.sendEvent({ type: "close", timestamp: nowInSeconds() });
    keptPictures.keepNow(this.model_id);
    this._parts?.dispose();
    // Disposed before the views are removed, so that no `hide` is sent.
    this._display?.dispose();
    const { comm } = this;
    const closed = super.close(comm_closed || isCut(this));
    releaseComm(comm);
    return closed;
  }

  /**
   * Called by the base class to send state. It logs an error to the console when the kernel was
   * closed or changed, which is no error.
   */
  override send_sync_message(state: JSONObject, callbacks?: unknown): string {
    return isCut(this) ? "" : super.send_sync_message(state, callbacks);
  }

  private _stateOf<Key extends StateKey>(
    key: Key,
  ): (typeof STATE_DEFAULTS)[Key] extends boolean ? boolean : string {
    const fallback: unknown = STATE_DEFAULTS[key];
    const value: unknown = this.get(key);
    return (typeof value === typeof fallback ? value : fallback) as never;
  }

  /** The user's setting holds where the notebook leaves it open. */
  private _toolbarMode(): ToolbarMode {
    const mode: unknown = this.get("toolbar");
    return typeof mode === "boolean" ? mode : pageSettings.current.view.toolbar;
  }

  private get _isPictureKept(): boolean {
    return pageSettings.current.keepPicture && this.get("keep_picture") !== false;
  }

  /** The picture of a state that was saved, until the kernel sends a frame, if there is one. */
  private _showSnapshot(display: FrameDisplay): void {
    const url: unknown = this.get("_snapshot");
    if (typeof url === "string" && url !== "") display.showSaved(url);
  }

  /** @param isLost - Whether the kernel may have another value than this model. */
  private _saveVisibility(hasVisibleViews: boolean, isLost = false): void {
    if (isLost) this.set("_has_visible_views", !hasVisibleViews);
    if (this.get("_has_visible_views") === hasVisibleViews) return;
    this.set("_has_visible_views", hasVisibleViews);
    try {
      this.save_changes();
    } catch {
      // The comm is closed. The widget manager reports that.
    }
  }
}

/** Whether a model is a {@link RemoteFrameBufferModel}. */
export function isRemoteFrameBufferModel(model: WidgetModel): model is RemoteFrameBufferModel {
  return model instanceof RemoteFrameBufferModel;
}
