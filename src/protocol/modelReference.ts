/**
 * How a widget's state refers to the model of another widget (ipywidgets' widget_serialization).
 */
const PREFIX = "IPY_MODEL_";

/** What stands for a model in a state. */
export function referenceTo(modelId: string): string {
  return PREFIX + modelId;
}

/** The id of the model that a value refers to; undefined if it refers to none. */
export function referredId(value: unknown): string | undefined {
  return typeof value === "string" && value.startsWith(PREFIX)
    ? value.slice(PREFIX.length)
    : undefined;
}
