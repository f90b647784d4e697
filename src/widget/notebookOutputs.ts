/** Finds out which widgets a notebook's outputs no longer show, in front ends that allow it. */
import type { WidgetModel } from "@jupyter-widgets/base";
import type { Disposable } from "../protocol/transport";
import { subscribe, type Signal } from "./signal";

const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/**
 * Milliseconds after which a widget counts as removed. Who deletes a cell may undo that, or paste
 * the cell elsewhere.
 */
export const REMOVED_AFTER_MS = 60_000;

/** Milliseconds after a change of the notebook until its outputs are looked at. */
export const LOOK_AFTER_MS = 1000;

/** The part of JupyterLab's document context that is used here. */
interface NotebookContext {
  readonly isDisposed?: unknown;
  readonly model?: {
    readonly isDisposed?: unknown;
    readonly cells?: Iterable<{ readonly outputs?: CellOutputs }>;
    readonly contentChanged?: Signal;
  };
}

interface CellOutputs {
  readonly length: number;
  get(index: number): { readonly data?: Readonly<Record<string, unknown>> };
}

/** The part of a widget manager that is used here. */
interface Manager {
  readonly context?: NotebookContext;
  has_model?(modelId: string): boolean;
}

/** A model that reports what its notebook no longer shows. */
export interface OutputsReporter {
  readonly model: WidgetModel;
  /** Whether the model has a view, in an output or inside another widget's view. */
  readonly hasViews: () => boolean;
  /** Widgets are no longer shown, given by their model ids. */
  onRemoved(modelIds: readonly string[]): void;
}

const watches = new WeakMap<NotebookContext, OutputsWatch>();

/**
 * Watches the outputs of a model's notebook, together with all other models that do.
 *
 * @returns undefined where the front end doesn't let a model see them
 */
export function watchOutputs(reporter: OutputsReporter): Disposable | undefined {
  const manager = reporter.model.widget_manager as Manager;
  const { context } = manager;
  if (context?.model?.cells === undefined) return undefined;
  const watch = watches.get(context) ?? new OutputsWatch(manager, context);
  watches.set(context, watch);
  return watch.add(reporter);
}

/** Watches the outputs of one notebook while any model reports what they no longer show. */
class OutputsWatch {
  readonly #manager: Manager;
  readonly #context: NotebookContext;
  readonly #reporters = new Set<OutputsReporter>();
  /** Since when each widget that was shown once is missing; undefined while it is shown. */
  readonly #missing = new Map<string, number | undefined>();
  /** The missing widgets that were reported since the notebook last changed. */
  readonly #reported = new Set<string>();
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;

  constructor(manager: Manager, context: NotebookContext) {
    this.#manager = manager;
    this.#context = context;
  }

  add(reporter: OutputsReporter): Disposable {
    this.#reporters.add(reporter);
    this.#subscription ??= subscribe(this.#context.model?.contentChanged, () => this.#changed());
    this.#changed();
    return { dispose: () => this.#remove(reporter) };
  }

  #remove(reporter: OutputsReporter): void {
    this.#reporters.delete(reporter);
    if (this.#reporters.size > 0) return;
    this.#subscription?.dispose();
    this.#subscription = undefined;
    clearTimeout(this.#timer);
    this.#due = Infinity;
  }

  #changed(): void {
    // The kernel ignores a report while another page shows the widgets.
    this.#reported.clear();
    this.#lookIn(LOOK_AFTER_MS);
  }

  #lookIn(milliseconds: number): void {
    const due = performance.now() + milliseconds;
    if (this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.#look(), milliseconds);
  }

  #look(): void {
    this.#due = Infinity;
    const shown = shownModels(this.#context);
    if (shown === undefined) return;
    const now = performance.now();
    this.#update(shown, now);
    const waiting = [...this.#missing].flatMap(([id, since]) =>
      since === undefined || this.#reported.has(id)
        ? []
        : [{ id, left: since + REMOVED_AFTER_MS - now }],
    );
    const removed = waiting.flatMap(({ id, left }) => (left > 0 ? [] : [id]));
    const next = Math.min(...waiting.flatMap(({ left }) => (left > 0 ? [left] : [])));
    if (next < Infinity) this.#lookIn(next);
    if (removed.length > 0) this.#report(removed, now);
  }

  #update(shown: ReadonlySet<string>, now: number): void {
    for (const [id, since] of this.#missing) {
      if (this.#manager.has_model?.(id) === false) this.#missing.delete(id);
      else this.#missing.set(id, since ?? now);
    }
    for (const id of shown) this.#missing.set(id, undefined);
    for (const { model, hasViews } of this.#reporters) {
      if (hasViews()) this.#missing.set(model.model_id, undefined);
    }
  }

  #report(modelIds: readonly string[], now: number): void {
    for (const id of modelIds) {
      this.#reported.add(id);
      this.#missing.set(id, now);
    }
    const [reporter] = this.#reporters;
    reporter?.onRemoved(modelIds);
  }
}

/**
 * The widgets that outputs show by themselves, as opposed to inside another widget; undefined when
 * the notebook is closed.
 */
function shownModels({ isDisposed, model }: NotebookContext): ReadonlySet<string> | undefined {
  if (isDisposed === true || model?.isDisposed === true) return undefined;
  const shown = new Set<string>();
  for (const { outputs } of model?.cells ?? []) {
    for (let index = 0; index < (outputs?.length ?? 0); index += 1) {
      const view = outputs?.get(index).data?.[WIDGET_VIEW];
      const { model_id } = (view ?? {}) as { readonly model_id?: unknown };
      if (typeof model_id === "string") shown.add(model_id);
    }
  }
  return shown;
}
