/** Events as a view sends them, for the handlers of src/rendering. */
import { withBothNames, type PointerEvent, type RfbEvent } from "../../../src/protocol/events";

type Fields = Partial<Omit<PointerEvent, "type" | "event_type" | "time_stamp" | "timestamp">>;
type Position = readonly [x: number, y: number];

/** A pointer event with these fields, of a mouse without buttons unless they say otherwise. */
function pointer(type: PointerEvent["type"], fields: Fields): RfbEvent {
  const event = { timestamp: 0, x: 0, y: 0, button: 0, buttons: [], modifiers: [] };
  return withBothNames({ ...event, ntouches: 0, touches: {}, ...fields, type });
}

/** A mouse that went down, up or moved with a button. */
export function mouse(type: PointerEvent["type"], [x, y]: Position, fields: Fields = {}): RfbEvent {
  const button = fields.button ?? 1;
  const isUp = type === "pointer_up";
  const touches = isUp ? {} : { 1: { x, y, pressure: 0.5 } };
  const held = { buttons: isUp ? [] : [button], ntouches: isUp ? 0 : 1, touches };
  return pointer(type, { x, y, button, ...held, ...fields });
}

/** A mouse that moved without a button. */
export function hover([x, y]: Position): RfbEvent {
  return pointer("pointer_move", { x, y });
}

/** Fingers that are down here; the event is the last one's. */
export function fingers(type: PointerEvent["type"], ...positions: readonly Position[]): RfbEvent {
  const touches = Object.fromEntries(
    positions.map(([x, y], id) => [id, { x, y, pressure: 0.5 }] as const),
  );
  const [x, y] = positions.at(-1) ?? [0, 0];
  const buttons = type === "pointer_up" ? [] : [1];
  return pointer(type, { x, y, button: 1, buttons, ntouches: positions.length, touches });
}

export function wheel(dy: number, [x, y]: Position = [0, 0]): RfbEvent {
  return withBothNames({
    ...{ type: "wheel", timestamp: 0, x, y, dx: 0, dy, buttons: [], modifiers: [] },
  });
}

export function doubleClick([x, y]: Position = [0, 0]): RfbEvent {
  return withBothNames({
    ...{ type: "double_click", timestamp: 0, x, y, button: 1, buttons: [], modifiers: [] },
  });
}

export function resize(width: number, height: number, ratio = 1): RfbEvent {
  const physical = { pwidth: width * ratio, pheight: height * ratio, ratio };
  return withBothNames({ type: "resize", timestamp: 0, width, height, ...physical });
}
