/** What the loader and the module that it loads agree on. */
import type { WidgetModel } from "@jupyter-widgets/base";

/** The picture of a model. */
export interface Picture {
  /** Adds a view to an element. Returns what removes it. */
  render(element: HTMLElement): () => void;
  /** Removes all views, and releases what they share. */
  dispose(): void;
}

/** What the module exports. */
export interface FrontEnd {
  readonly openPicture: (model: WidgetModel) => Picture;
}
