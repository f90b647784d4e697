/** Which widgets the notebook's outputs show, in front ends that let a model find out. */
import type { WidgetModel } from "@jupyter-widgets/base";

const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/** The part of JupyterLab's document context that is used here. */
interface NotebookContext {
  readonly isDisposed?: unknown;
  readonly model?: {
    readonly isDisposed?: unknown;
    readonly cells?: Iterable<{ readonly outputs?: CellOutputs }>;
  };
}

interface CellOutputs {
  readonly length: number;
  get(index: number): { readonly data?: Readonly<Record<string, unknown>> };
}

/**
 * Whether an output of the model's notebook shows the model by itself, as opposed to inside another
 * widget. undefined where that is unknown, or the notebook is closed.
 */
export function isInNotebook(model: WidgetModel): boolean | undefined {
  const { context } = model.widget_manager as { readonly context?: NotebookContext };
  const cells = context?.model?.cells;
  if (cells === undefined || context?.isDisposed === true) return undefined;
  if (context?.model?.isDisposed === true) return undefined;
  for (const { outputs } of cells) {
    for (let index = 0; index < (outputs?.length ?? 0); index += 1) {
      const view = outputs?.get(index).data?.[WIDGET_VIEW];
      const { model_id } = (view ?? {}) as { readonly model_id?: unknown };
      if (model_id === model.model_id) return true;
    }
  }
  return false;
}
