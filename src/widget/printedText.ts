/** Shows what a widget prints below its picture. */
import type { WidgetView } from "@jupyter-widgets/base";
import type { Disposable } from "../protocol/transport";
import { reportOnConsole } from "../view/index";
import type { PictureModel } from "./pictureModel";

/** The view of the Output that a model's state names, if any. */
export class PrintedText implements Disposable {
  readonly #model: PictureModel;
  readonly #create: () => Promise<WidgetView | undefined>;
  readonly #update = (): void => this.#show();
  #view: Promise<WidgetView | undefined> | undefined;
  #isDisposed = false;

  /** @param create - Adds the view to the page; undefined if the state names no Output. */
  constructor(model: PictureModel, create: () => Promise<WidgetView | undefined>) {
    this.#model = model;
    this.#create = create;
    model.on("change:_output", this.#update);
    this.#show();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#model.off("change:_output", this.#update);
    this.#show();
  }

  #show(): void {
    const before = this.#view;
    this.#view = (async () => {
      (await before)?.remove();
      return this.#isDisposed ? undefined : await this.#create();
    })().catch((error: unknown) => {
      reportOnConsole("Cannot show what the widget prints", error);
      return undefined;
    });
  }
}
