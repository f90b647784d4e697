import type { RfbEvent } from "../protocol/events";

/** Names that people give to the method that has to be handle_event(). */
const MISTAKEN = [
  "handleEvent",
  "handle_Event",
  "handleevent",
  "handle_events",
  "on_event",
  "onEvent",
];

/**
 * What to print if a widget's class has no handle_event() of its own, but a method that was
 * probably meant to be it. Only for a press of a button or key, which expects an answer.
 */
export function misnamedHandler(widget: object, event: RfbEvent): string | undefined {
  if (event.event_type !== "pointer_down" && event.event_type !== "key_down") return undefined;
  const mistaken = MISTAKEN.find((name) => name in widget);
  if (mistaken === undefined || isOverridden(widget)) return undefined;
  return `${widget.constructor.name} has ${mistaken}() but no handle_event(). Rename it to handle_event()`;
}

/** Whether a class has a handle_event() that calls that of its base class. */
function isOverridden(widget: object): boolean {
  let count = 0;
  for (let owner: unknown = widget; owner !== null; owner = Object.getPrototypeOf(owner)) {
    if (Object.hasOwn(owner as object, "handle_event")) count += 1;
  }
  return count > 1;
}
