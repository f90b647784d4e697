/** Keeps pictures in the notebooks that show them, for readers without a kernel. */
import { encodeKept } from "../protocol/keptPicture";
import type { Disposable } from "../protocol/transport";
import type { StillPicture } from "../view/index";
import { widgetOutputs, type CellOutput, type NotebookModel } from "./outputs";
import { subscribe, type Signal } from "./signal";

/** The part of JupyterLab's document context that is used here. */
export interface SavedNotebook {
  readonly isDisposed: boolean;
  readonly model: NotebookModel & { readonly isDisposed: boolean };
  readonly saveState: Signal;
}

/** A widget whose picture is kept. */
export interface KeptWidget {
  /** The model that the output shows: the widget's own, or that of a box around it. */
  readonly modelId: string;
  /** The current picture, or undefined before the first frame. */
  readonly still: () => StillPicture | undefined;
  /** Whether the notebook keeps it. Otherwise it is removed from the notebook. */
  readonly isKept: () => boolean;
}

/**
 * Puts each widget's picture as image/png into the output that shows the widget, when the notebook
 * is being saved, and when the widget is closed. Of several widgets in a box, the first counts.
 */
export class KeptPictures {
  readonly #notebooks = new Set<SavedNotebook>();
  readonly #widgets = new Set<KeptWidget>();

  /** Keeps the pictures of a notebook until it is closed. */
  add(notebook: SavedNotebook): void {
    this.#forgetClosed();
    this.#notebooks.add(notebook);
    // The signal ends with the notebook.
    subscribe(notebook.saveState, (state) => {
      if (state === "started") this.#keepIn(notebook.model);
    });
  }

  /** Keeps a widget's picture until the returned object is disposed. */
  watch(widget: KeptWidget): Disposable {
    this.#widgets.add(widget);
    return { dispose: () => void this.#widgets.delete(widget) };
  }

  /** Keeps the pictures of a model that is about to be closed. */
  keepNow(modelId: string): void {
    this.#forgetClosed();
    for (const { model } of this.#notebooks) this.#keepIn(model, modelId);
  }

  #forgetClosed(): void {
    for (const notebook of this.#notebooks) {
      if (notebook.isDisposed || notebook.model.isDisposed) this.#notebooks.delete(notebook);
    }
  }

  #keepIn(notebook: NotebookModel, only?: string): void {
    for (const { modelId, output } of widgetOutputs(notebook)) {
      if (only !== undefined && only !== modelId) continue;
      const widget = [...this.#widgets].find((one) => one.modelId === modelId);
      if (widget === undefined) continue;
      const still = widget.isKept() ? widget.still() : undefined;
      if (still !== undefined) keep(output, still);
      else if (!widget.isKept()) remove(output);
    }
  }
}

/** The pictures of this page. */
export const keptPictures: KeptPictures = new KeptPictures();

/** Encodes a picture as a data URL of a PNG, within the bounds of what a notebook keeps. */
export function keptDataUrl({ canvas }: StillPicture): string {
  return encodeKept(
    canvas,
    ({ width, height }) => scaled(canvas, width, height).toDataURL("image/png"),
    (url) => url.length * 0.75,
  );
}

function scaled(canvas: HTMLCanvasElement, width: number, height: number): HTMLCanvasElement {
  if (width === canvas.width && height === canvas.height) return canvas;
  const smaller = document.createElement("canvas");
  Object.assign(smaller, { width, height });
  const context = smaller.getContext("2d");
  if (context === null) throw new Error("Cannot keep the picture: the browser provided no canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, 0, 0, width, height);
  return smaller;
}

function keep(output: CellOutput, still: StillPicture): void {
  const png = keptDataUrl(still).replace(/^[^,]*,/, "");
  const { data, metadata } = output;
  if (data?.["image/png"] === png) return;
  const size = { width: Math.round(still.width), height: Math.round(still.height) };
  output.setData?.({
    data: { ...data, "image/png": png },
    metadata: { ...metadata, "image/png": size },
  });
}

function remove(output: CellOutput): void {
  const without = (part: object | undefined): object =>
    Object.fromEntries(Object.entries(part ?? {}).filter(([type]) => type !== "image/png"));
  if (output.data?.["image/png"] === undefined) return;
  output.setData?.({ data: without(output.data), metadata: without(output.metadata) });
}
