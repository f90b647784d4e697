/** Shows what a widget prints below its picture. */
import type { WidgetModel, WidgetView } from "@jupyter-widgets/base";
import type { Disposable } from "../protocol/transport";
import { reportOnConsole } from "../view/index";
import { referredId } from "./references";

/** The view of the Output that a model's state names, if any, at the end of an element. */
export class PrintedText implements Disposable {
  readonly #model: WidgetModel;
  readonly #element: HTMLElement;
  readonly #update = (): void => this.#show();
  #view: Promise<WidgetView | undefined> | undefined;
  #isDisposed = false;

  constructor(model: WidgetModel, element: HTMLElement) {
    this.#model = model;
    this.#element = element;
    model.on("change:_output", this.#update);
    this.#show();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#model.off("change:_output", this.#update);
    this.#show();
  }

  #show(): void {
    const before = this.#view;
    this.#view = (async () => {
      (await before)?.remove();
      const id = this.#isDisposed ? undefined : referredId(this.#model.get("_output"));
      if (id === undefined) return undefined;
      const manager = this.#model.widget_manager;
      const view = await manager.create_view(await manager.get_model(id), {});
      this.#element.append(view.el);
      return view;
    })().catch((error: unknown) => {
      reportOnConsole("Cannot show what the widget prints", error);
      return undefined;
    });
  }
}
