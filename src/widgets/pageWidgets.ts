import { mismatch } from "../protocol/checks";
import { ProtocolError } from "../protocol/errors";
import { adoptComm, WIDGET_TARGET } from "./adoption";
import { isRecord } from "./bufferPaths";
import { ControllerAxis, ControllerButton } from "./generated/coreWidgets";
import type { Kernel } from "./kernel";
import type { Widget } from "./widget";
import { traitsOf } from "./widgetClass";

/** The classes of the widgets that pages create, by their models. */
const CLASSES: ReadonlyMap<string, new () => Widget> = new Map<string, new () => Widget>([
  ["ControllerAxisModel", ControllerAxis],
  ["ControllerButtonModel", ControllerButton],
]);

/**
 * Accepts the widgets that a page creates: the buttons and axes of a gamepad, since only the page
 * knows how many there are. It refuses all others with an error.
 */
export function acceptPageWidgets(kernel: Kernel): void {
  kernel.registerTarget(WIDGET_TARGET, (comm, data) => {
    const WidgetClass = classOf(data);
    const known = traitsOf(WidgetClass.prototype as object);
    const handlers = adoptComm(comm, () => new WidgetClass());
    let isNew = true;
    return {
      onMessage: (message, buffers, peer) => {
        handlers.onMessage(withoutForeign(message, known), buffers, peer);
        // Its model in the page has no layout yet, which the page leaves to the kernel.
        if (isNew) handlers.onMessage({ method: "request_state" }, [], peer);
        isNew = false;
      },
      onClose: () => handlers.onClose(),
    };
  });
}

function classOf(data: unknown): new () => Widget {
  const state = isRecord(data) ? data["state"] : undefined;
  const name = isRecord(state) ? state["_model_name"] : undefined;
  const WidgetClass = typeof name === "string" ? CLASSES.get(name) : undefined;
  if (WidgetClass !== undefined) return WidgetClass;
  const expected = [...CLASSES.keys()].join(" or ");
  throw new ProtocolError(mismatch("comm_open.data.state._model_name", { expected }, name));
}

/**
 * Leaves out what a page sends along, as it sends its whole model: attributes that the kernel
 * doesn't have, and those that the page doesn't have.
 */
function withoutForeign(message: unknown, known: ReadonlyMap<string, unknown>): unknown {
  if (!isRecord(message) || !isRecord(message["state"])) return message;
  const state = Object.entries(message["state"]).filter(
    ([name, value]) => known.has(name) && !(name === "layout" && value === null),
  );
  return { ...message, state: Object.fromEntries(state) };
}
