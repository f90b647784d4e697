/** Shows a RemoteFrameBuffer in an output. */
import {
  DOMWidgetView,
  JupyterLuminoPanelWidget,
  type WidgetModel,
  type WidgetView,
} from "@jupyter-widgets/base";
import type { Message } from "@lumino/messaging";
import { Disposables, FrameBufferView } from "../view/index";
import { isRemoteFrameBufferModel, type RemoteFrameBufferModel } from "./model";
import { currentPicture } from "./pictureCommands";
import { PrintedText } from "./printedText";
import { pageSettings } from "./settings";
import { pageTranslation } from "./translation";
import { STATE_KEYS } from "./viewState";

/**
 * Inserts a {@link FrameBufferView} into an output.
 *
 * A model may have several views ("Create New View for Output"), each with its own size. The kernel
 * draws for the most recently resized view, and the others scale the picture. The events of each
 * view are in its own logical pixels.
 */
export class RemoteFrameBufferView extends DOMWidgetView {
  // No initializers: the base class's constructor calls render() before they would run.
  declare private _frameView: FrameBufferView | undefined;
  declare private _parts: Disposables | undefined;

  /** A panel instead of the base class's plain Lumino widget, as the printed text is one too. */
  override _createElement(): HTMLElement {
    this.luminoWidget = new JupyterLuminoPanelWidget({ view: this });
    return this.luminoWidget.node;
  }

  override _setElement(element: HTMLElement): void {
    this.el = element;
  }

  override render(): void {
    const { model } = this;
    if (!isRemoteFrameBufferModel(model)) {
      throw new Error(`Cannot show a ${model.name} as a remote frame buffer`);
    }
    const view = model.display.addView(
      (listener) =>
        new FrameBufferView(
          listener,
          { ...pageSettings.current.view, ...model.viewProperties() },
          pageTranslation.translate,
        ),
      () => void this._close(model),
    );
    this._frameView = view;
    const parts = new Disposables();
    this._parts = parts;
    parts.add(currentPicture.follow(view));
    parts.add(
      pageSettings.onChange((settings) =>
        view.update({ ...settings.view, ...model.viewProperties() }),
      ),
    );
    const root = rootOf(this);
    if (root !== this) parts.add(model.keepPictureOf(root.model.model_id));
    this.el.classList.add("jupyter-rfb-widget");
    this.el.append(view.element);
    parts.add(new PrintedText(model, () => this._createText()));
    // A Lumino message reports when the widget is attached (see below). Until then the view is
    // hidden.
    view.setAttached(this.luminoWidget.isAttached);
    for (const key of STATE_KEYS) {
      this.listenTo(model, `change:${key}`, () => view.update(model.viewProperties()));
    }
  }

  /** Handles layout changes earlier than the browser's observers report them. */
  override processLuminoMessage(message: Message): void {
    super.processLuminoMessage(message);
    switch (message.type) {
      case "after-attach":
      case "after-show":
        this._frameView?.setAttached(true);
        break;
      case "before-detach":
      case "before-hide":
        this._frameView?.setAttached(false);
        break;
      case "resize":
        this._frameView?.measure();
        break;
    }
  }

  override remove(): this {
    const view = this._frameView;
    this._frameView = undefined;
    this._parts?.dispose();
    this._parts = undefined;
    if (view !== undefined && isRemoteFrameBufferModel(this.model)) {
      this.model.display.removeView(view);
    }
    super.remove();
    return this;
  }

  /** Adds what the widget prints below the picture. */
  private async _createText(): Promise<WidgetView | undefined> {
    const output = this.model.get("_output") as WidgetModel | null | undefined;
    if (!output) return undefined;
    const text = await this.create_child_view(output);
    // This view was removed meanwhile, and the text will be.
    if (this._panel.isDisposed) return text;
    this._panel.addWidget(text.luminoWidget);
    // The panel, which knows no other widget, inserts it before the picture.
    this.el.append(text.el);
    return text;
  }

  private get _panel(): JupyterLuminoPanelWidget {
    return this.luminoWidget as JupyterLuminoPanelWidget;
  }

  /** Closes this view, and the widget together with its last view. */
  private async _close(model: RemoteFrameBufferModel): Promise<void> {
    if (Object.keys(model.views ?? {}).length > 1) this.remove();
    else await model.close();
  }
}

/** The view that an output shows: the given one, or the outermost box around it. */
function rootOf(view: WidgetView): WidgetView {
  const { parent } = (view.options ?? {}) as { readonly parent?: WidgetView };
  return parent === undefined ? view : rootOf(parent);
}
