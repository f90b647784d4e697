/** Finds out which widgets the outputs of the page's notebooks no longer show. */
import type { WidgetModel } from "@jupyter-widgets/base";
import type { Disposable } from "../protocol/transport";
import { widgetOutputs, type NotebookModel } from "./outputs";
import { subscribe, type Signal } from "./signal";

/**
 * Milliseconds after which a widget counts as removed. Who deletes a cell may undo that, or paste
 * the cell elsewhere.
 */
export const REMOVED_AFTER_MS = 60_000;

/** Milliseconds after a change of a notebook until the outputs are looked at. */
export const LOOK_AFTER_MS = 1000;

/** The part of JupyterLab's document context that is used here. */
export interface NotebookContext {
  readonly isDisposed: boolean;
  readonly model: NotebookModel & {
    readonly isDisposed: boolean;
    readonly contentChanged: Signal;
  };
}

/** A model that reports what is no longer shown. */
export interface OutputsReporter {
  readonly model: WidgetModel;
  /** Whether the model has a view, in an output or inside another widget's view. */
  readonly hasViews: () => boolean;
  /** Widgets of the model's kernel are no longer shown, given by their model ids. */
  onRemoved(modelIds: readonly string[]): void;
}

/** A widget that was shown once. */
interface SeenWidget {
  /** The notebook that showed it by itself; undefined for a view elsewhere. */
  readonly notebook: NotebookContext | undefined;
  /** Since when it is missing; undefined while it is shown. */
  missingSince: number | undefined;
  /** Whether it was reported since a notebook last changed. */
  isReported: boolean;
}

/**
 * Watches the outputs of all notebooks, as several may share a kernel. What a notebook showed when
 * it was closed isn't missing: it shows it again when it is opened.
 */
export class NotebookOutputs {
  readonly #notebooks = new Set<NotebookContext>();
  readonly #reporters = new Set<OutputsReporter>();
  /** By their model ids. */
  readonly #seen = new Map<string, SeenWidget>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;

  /** Watches a notebook until it is closed. */
  add(notebook: NotebookContext): void {
    this.#notebooks.add(notebook);
    // The signal ends with the notebook.
    subscribe(notebook.model.contentChanged, () => this.#changed());
    this.#changed();
  }

  /** Reports what is no longer shown until the returned object is disposed. */
  report(reporter: OutputsReporter): Disposable {
    this.#reporters.add(reporter);
    this.#changed();
    return {
      dispose: () => {
        this.#reporters.delete(reporter);
        if (this.#reporters.size === 0) this.#lookIn(Infinity);
      },
    };
  }

  #changed(): void {
    if (this.#reporters.size === 0) return;
    // The kernel ignores a report while another page has the widgets.
    for (const widget of this.#seen.values()) widget.isReported = false;
    this.#lookIn(Math.min(LOOK_AFTER_MS, this.#due - performance.now()));
  }

  #lookIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#due = performance.now() + milliseconds;
    if (milliseconds < Infinity) this.#timer = setTimeout(() => this.#look(), milliseconds);
  }

  #look(): void {
    const now = performance.now();
    this.#update(now);
    const removed: string[] = [];
    let next = Infinity;
    for (const [id, widget] of this.#seen) {
      const { missingSince, isReported } = widget;
      if (missingSince === undefined || isReported) continue;
      const left = missingSince + REMOVED_AFTER_MS - now;
      if (left > 0) next = Math.min(next, left);
      else {
        removed.push(id);
        widget.missingSince = now;
        widget.isReported = true;
      }
    }
    this.#lookIn(next);
    for (const { manager, reporter } of this.#kernels()) {
      const own = removed.filter((id) => hasModel(manager, id));
      if (own.length > 0) reporter.onRemoved(own);
    }
  }

  #update(now: number): void {
    this.#forgetClosed();
    const shown = new Map<string, NotebookContext | undefined>();
    for (const { model, hasViews } of this.#reporters) {
      if (hasViews()) shown.set(model.model_id, undefined);
    }
    for (const notebook of this.#notebooks) {
      for (const { modelId } of widgetOutputs(notebook.model)) shown.set(modelId, notebook);
    }
    const kernels = this.#kernels();
    for (const [id, widget] of this.#seen) {
      const isOpen = kernels.some(({ manager }) => hasModel(manager, id));
      if (isOpen) widget.missingSince ??= now;
      else this.#seen.delete(id);
    }
    for (const [id, notebook] of shown) {
      this.#seen.set(id, { notebook, missingSince: undefined, isReported: false });
    }
  }

  /** A closed notebook may also have shown a widget inside another one. */
  #forgetClosed(): void {
    for (const notebook of this.#notebooks) {
      if (!notebook.isDisposed && !notebook.model.isDisposed) continue;
      this.#notebooks.delete(notebook);
      for (const [id, widget] of this.#seen) {
        if (widget.notebook === notebook || widget.notebook === undefined) this.#seen.delete(id);
      }
    }
  }

  /** For each kernel its widget manager, and one model that can send reports. */
  #kernels(): readonly { readonly manager: object; readonly reporter: OutputsReporter }[] {
    const reporters = new Map<object, OutputsReporter>();
    for (const reporter of this.#reporters) reporters.set(reporter.model.widget_manager, reporter);
    return [...reporters].map(([manager, reporter]) => ({ manager, reporter }));
  }
}

function hasModel(manager: { has_model?(modelId: string): boolean }, modelId: string): boolean {
  return manager.has_model?.(modelId) === true;
}

/** The notebooks of this page. */
export const notebookOutputs: NotebookOutputs = new NotebookOutputs();
