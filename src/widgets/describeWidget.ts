import { describeValue } from "../protocol/errors";
import { isBinary } from "./bufferPaths";
import { isTime, timeText } from "./dateTraits";
import { isReference } from "./widgetHooks";

/** Longest text form of a widget, in characters, as in ipywidgets. */
const MAX_DESCRIPTION = 110;

/** The views of layouts and styles: they style another widget's view, and show nothing. */
const STYLING_VIEWS: readonly unknown[] = ["LayoutView", "StyleView"];

/** Whether a page can show a widget whose view has this name; null is no view. */
export function hasView(viewName: unknown): boolean {
  return viewName !== null && !STYLING_VIEWS.includes(viewName);
}

/**
 * Describes a widget in one line, such as `IntSlider(value=3, max=10)`. A frontend that can't show
 * widgets shows this text.
 *
 * @param values - Names and values of the traits to show.
 */
export function describeWidget(
  widget: object,
  values: readonly (readonly [string, unknown])[],
  closed: boolean,
): string {
  const parts = values.map(([name, value]) => `${name}=${describe(value)}`);
  if (closed) parts.unshift("closed");
  const text = `${widget.constructor.name}(${parts.join(", ")})`;
  return text.length > MAX_DESCRIPTION ? `${text.slice(0, MAX_DESCRIPTION - 1)}…` : text;
}

/** How Node's inspect() was called, and the function itself, which it passes on. */
export type InspectArguments = readonly [
  /** Levels that may still be shown: negative for none, null for all. */
  depth: number | null,
  options: object,
  inspect: (value: unknown, options: object) => string,
];

/** The widgets whose fields are being shown. A field may refer to its own widget. */
const showing = new Set<object>();

/** Adds the fields that the user's class declares, if any, as far as they are to be shown. */
export function withFields(
  text: string,
  widget: object,
  [depth, options, inspect]: InspectArguments,
): string {
  const fields = Object.fromEntries(
    // What has an accessor is a trait, which the text has already.
    Object.entries(Object.getOwnPropertyDescriptors(widget)).flatMap(([name, field]) =>
      field.enumerable === true && "value" in field ? [[name, field.value as unknown]] : [],
    ),
  );
  const isTooDeep = depth !== null && depth < 0;
  if (Object.keys(fields).length === 0 || isTooDeep || showing.has(widget)) return text;
  showing.add(widget);
  try {
    return `${text} ${inspect(fields, { ...options, depth })}`;
  } finally {
    showing.delete(widget);
  }
}

function describe(value: unknown): string {
  if (isReference(value)) return `${value.constructor.name}()`;
  if (Array.isArray(value)) {
    // Each item takes at least two characters, with its comma.
    const shown = value.slice(0, MAX_DESCRIPTION / 2).map(describe);
    return `[${shown.join(", ")}]`;
  }
  if (isTime(value)) return timeText(value);
  if (isBinary(value)) return `${value.byteLength} bytes`;
  if (typeof value === "string") return JSON.stringify(value.slice(0, MAX_DESCRIPTION));
  return describeValue(value);
}
