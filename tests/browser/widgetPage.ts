/**
 * Runs in the page of the widget test: the extension's model and views, on a comm that the test
 * controls.
 */
import type { DOMWidgetView } from "@jupyter-widgets/base";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { browserAbilities } from "../../src/picture/index";
import { RemoteFrameBufferModel, RemoteFrameBufferView } from "../../src/widget/index";
import { pageSettings, type ViewSettings } from "../../src/widget/settings";
import { pageTranslation } from "../../src/widget/translation";

/** The page's side of the widget test, as `window.widgets`. */
export class WidgetHarness {
  /** The messages that the model sent on its comm. */
  readonly sent: Record<string, unknown>[] = [];
  readonly views: RemoteFrameBufferView[] = [];
  readonly model: RemoteFrameBufferModel;
  isClosed = false;
  #onMessage: ((message: unknown) => unknown) | undefined;
  #onClose: (() => unknown) | undefined;

  constructor() {
    const comm = {
      on_msg: (callback: (message: unknown) => unknown) => (this.#onMessage = callback),
      on_close: (callback: () => unknown) => (this.#onClose = callback),
      send: (data: Record<string, unknown>) => {
        if (this.isClosed) throw new Error("Cannot send: the comm is closed");
        this.sent.push(data);
        return "id";
      },
      close: () => {
        this.isClosed = true;
      },
    };
    this.model = new RemoteFrameBufferModel(
      {},
      {
        model_id: "m",
        comm,
        widget_manager: { callbacks: () => ({}) },
      },
    );
  }

  /** Shows a model in an output, like the widget manager. */
  show(): void {
    const view = new RemoteFrameBufferView({ model: this.model });
    const id = String(this.views.push(view));
    const views = (this.model.views ??= {});
    views[id] = Promise.resolve<DOMWidgetView>(view);
    view.listenTo(this.model, "destroy", () => view.remove());
    view.once("remove", () => delete views[id]);
    view.render();
    const main = document.getElementById("main");
    if (main !== null) Widget.attach(view.luminoWidget, main);
  }

  /**
   * Delivers a message of the kernel, its buffers as DataViews into a larger buffer, as JupyterLab
   * does.
   */
  receive(data: object, base64?: string): void {
    const bytes = Uint8Array.from(atob(base64 ?? ""), (character) => character.charCodeAt(0));
    const whole = new Uint8Array(bytes.length + 9);
    whole.set(bytes, 4);
    const buffers = base64 === undefined ? [] : [new DataView(whole.buffer, 4, bytes.length)];
    this.#onMessage?.({ content: { data }, buffers });
  }

  /**
   * The kernel closes the comm. As in JupyterLab, the comm still accepts messages, for which the
   * kernel reports errors.
   */
  kernelCloses(): void {
    this.#onClose?.();
  }

  /** Resolves when the second hello, if there is one, has been sent. */
  async greeted(): Promise<void> {
    await browserAbilities.known;
  }

  hide(index: number): void {
    const widget = this.views[index]?.luminoWidget;
    if (widget !== undefined) MessageLoop.sendMessage(widget, Widget.Msg.BeforeHide);
  }

  /** What JupyterLab's translator does. */
  translate(language: string): void {
    pageTranslation.use((text) => `${language}: ${text}`);
  }

  set(settings: ViewSettings): void {
    pageSettings.set({ ...pageSettings.current, view: settings });
  }

  /** The first pixel of each canvas in the page. */
  colors(): number[][] {
    return [...document.querySelectorAll("canvas")].map((canvas) => [
      ...(canvas.getContext("2d")?.getImageData(0, 0, 1, 1).data ?? []),
    ]);
  }
}

declare global {
  interface Window {
    widgets: WidgetHarness;
  }
}

window.widgets = new WidgetHarness();
