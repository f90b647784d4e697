/** The outputs of JupyterLab's notebooks, and the widgets that they show. */

/** Media type under which an output shows a widget, by its model id. */
export const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/** The part of an output that is used here. */
export interface CellOutput {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  setData?(changed: { readonly data: object; readonly metadata: object }): void;
}

/** The part of a notebook's model that is used here. */
export interface NotebookModel {
  /** A text cell has no outputs. */
  readonly cells: Iterable<
    object | { readonly outputs: { readonly length: number; get(index: number): CellOutput } }
  >;
}

/** An output that shows a widget by itself, as opposed to inside another widget. */
export interface WidgetOutput {
  readonly modelId: string;
  readonly output: CellOutput;
}

/** The model id of the widget that an output's data shows; undefined if it shows none. */
export function shownModelId(
  data: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const { model_id } = (data?.[WIDGET_VIEW] ?? {}) as { readonly model_id?: unknown };
  return typeof model_id === "string" ? model_id : undefined;
}

/** All outputs of a notebook that show a widget. */
export function* widgetOutputs({ cells }: NotebookModel): Generator<WidgetOutput> {
  for (const cell of cells) {
    const outputs = "outputs" in cell ? cell.outputs : undefined;
    for (let index = 0; index < (outputs?.length ?? 0); index += 1) {
      const output = outputs?.get(index);
      const modelId = shownModelId(output?.data);
      if (output !== undefined && modelId !== undefined) yield { modelId, output };
    }
  }
}
