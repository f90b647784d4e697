/** The browser's half of a RemoteFrameBuffer. A widget has one model and any number of views. */
import {
  DOMWidgetModel,
  unpack_models,
  type IBackboneModelOptions,
  type WidgetModel,
} from "@jupyter-widgets/base";
import type { JSONObject } from "@lumino/coreutils";
import { nowInSeconds } from "../picture/index";
import type { Disposable } from "../protocol/transport";
import { Disposables, type FrameDisplay, type ViewProperties } from "../view/index";
import { denoKernels } from "./denoKernels";
import { keptDataUrl, keptPictures } from "./keptPictures";
import { isCut, kernelOf, releaseComm } from "./kernelLink";
import { ModelDisplay } from "./modelDisplay";
import { MODULE_NAME, MODULE_VERSION_RANGE } from "./module";
import { notebookOutputs } from "./notebookOutputs";
import { pageSettings } from "./settings";
import { STATE_DEFAULTS, viewPropertiesOf } from "./viewState";

/** Shows the kernel's frames in all views of a widget, and sends the users' input to the kernel. */
export class RemoteFrameBufferModel extends DOMWidgetModel {
  // No initializers and no # members: Backbone's constructor calls initialize() before this class's
  // fields would be initialized.
  declare private _shown: ModelDisplay | undefined;
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
    const shown = new ModelDisplay(this);
    this._shown = shown;
    const parts = new Disposables();
    this._parts = parts;
    parts.add(this.keepPictureOf(this.model_id));
    parts.add(
      notebookOutputs.report({
        model: this,
        hasViews: () => shown.display.hasViews,
        onRemoved: (modelIds) => shown.display.reportRemoval(modelIds),
      }),
    );
  }

  /** The displaying end of this widget's session. */
  get display(): FrameDisplay {
    if (this._shown === undefined) {
      throw new Error("Cannot show a frame buffer: its model is not initialized");
    }
    return this._shown.display;
  }

  /**
   * Keeps the picture in the outputs that show a model, this one or a box around it, until the
   * returned object is disposed.
   */
  keepPictureOf(modelId: string): Disposable {
    return keptPictures.watch({
      modelId,
      still: () => this._shown?.display.still,
      isKept: () => this._isPictureKept,
    });
  }

  /**
   * Returns the state that is saved with a notebook. The picture goes with it, as the kernel that
   * could draw it will be gone.
   */
  override get_state(drop_defaults?: boolean): JSONObject {
    const state = super.get_state(drop_defaults);
    const still = this._isPictureKept ? this._shown?.display.still : undefined;
    return still === undefined ? state : { ...state, _snapshot: keptDataUrl(still) };
  }

  /**
   * The properties of a view, from the state. A value of the wrong type is replaced by its default.
   */
  viewProperties(): Partial<ViewProperties> {
    return viewPropertiesOf(this);
  }

  /**
   * Closes the widget in this page and in the kernel.
   *
   * @param comm_closed - Whether the comm is closed already, because the kernel closed the widget.
   */
  override close(comm_closed = false): Promise<void> {
    // Sent now, because the base class closes the comm.
    if (!comm_closed) this._shown?.display.sendEvent({ type: "close", timestamp: nowInSeconds() });
    keptPictures.keepNow(this.model_id);
    this._parts?.dispose();
    this._shown?.dispose();
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

  private get _isPictureKept(): boolean {
    return pageSettings.current.keepPicture && this.get("keep_picture") !== false;
  }
}

/** Whether a model is a {@link RemoteFrameBufferModel}. */
export function isRemoteFrameBufferModel(model: WidgetModel): model is RemoteFrameBufferModel {
  return model instanceof RemoteFrameBufferModel;
}
