/** How a widget's state refers to the model of another widget. */
const PREFIX = "IPY_MODEL_";

/** The id of the model that a value refers to; undefined if it refers to none. */
export function referredId(value: unknown): string | undefined {
  return typeof value === "string" && value.startsWith(PREFIX)
    ? value.slice(PREFIX.length)
    : undefined;
}
