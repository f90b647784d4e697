/**
 * The events that `handle_event()` gets: the jupyter_rfb event spec, and the renderview spec that succeeded it.
 *
 * Where the two name a field differently an event carries both names: `event_type` and `type`, `time_stamp` and `timestamp`,
 * `pixel_ratio` and `ratio`. Coordinates are logical (CSS) pixels with the origin in the top-left corner of the picture.
 *
 * @see https://jupyter-rfb.readthedocs.io/en/stable/events.html
 * @see https://pygfx.org/renderview/
 */

/** A modifier key that is held down. */
export type Modifier = "Shift" | "Control" | "Alt" | "Meta";

/** All modifiers, in the order in which an event lists them. */
export const MODIFIERS: readonly Modifier[] = ["Shift", "Control", "Alt", "Meta"];

interface EventBase<Type extends string> {
  /** What happened (jupyter_rfb's name for it). */
  readonly event_type: Type;
  /** What happened (renderview's name for it). */
  readonly type: Type;
  /** When it happened, in seconds of the view's monotonic clock. Only differences mean something. */
  readonly time_stamp: number;
  /** The same as `time_stamp`. */
  readonly timestamp: number;
}

/** The widget changed size. Throttled. */
export interface ResizeEvent extends EventBase<"resize"> {
  /** Logical width in CSS pixels, > 0. */
  readonly width: number;
  /** Logical height in CSS pixels, > 0. */
  readonly height: number;
  /** Physical width in device pixels, an integer > 0. */
  readonly pwidth: number;
  /** Physical height in device pixels, an integer > 0. */
  readonly pheight: number;
  /** Device pixels per CSS pixel, > 0. */
  readonly pixel_ratio: number;
  /** The same as `pixel_ratio`. */
  readonly ratio: number;
}

/** One finger, pen or mouse that is down. */
export interface Touch {
  readonly x: number;
  readonly y: number;
  /** 0..1; 0.5 where the device cannot tell. */
  readonly pressure: number;
}

interface Positioned {
  /** Logical pixels from the left edge. */
  readonly x: number;
  /** Logical pixels from the top edge. */
  readonly y: number;
  /** Buttons that are down: 1 left, 2 right, 3 middle, 4 and up for more. */
  readonly buttons: readonly number[];
  readonly modifiers: readonly Modifier[];
}

/** A mouse, pen or finger went down, up, moved, came in or left. `pointer_move` is throttled. */
export interface PointerEvent
  extends
    EventBase<"pointer_down" | "pointer_up" | "pointer_move" | "pointer_enter" | "pointer_leave">,
    Positioned {
  /** The button that this event is about; during a drag the one that began it; 0 for none. */
  readonly button: number;
  /** How many pointers are down. */
  readonly ntouches: number;
  /** The pointers that are down, by pointer id. */
  readonly touches: Readonly<Record<number, Touch>>;
}

/** A double click. Like a pointer event without touches. */
export interface DoubleClickEvent extends EventBase<"double_click">, Positioned {
  readonly button: number;
}

/** The wheel turned, or a touchpad scrolled or pinched. Throttled: `dx` and `dy` are sums. */
export interface WheelEvent extends EventBase<"wheel">, Positioned {
  /** Positive scrolls to the right. One notch is about 100. */
  readonly dx: number;
  /** Positive scrolls down or zooms out. One notch is about 100. */
  readonly dy: number;
}

/** A key went down or up. Only with focus; no repeats. */
export interface KeyEvent extends EventBase<"key_down" | "key_up"> {
  /** The key's name in the browser spec: "a", "A", " ", "ArrowDown", "Control". */
  readonly key: string;
  readonly modifiers: readonly Modifier[];
}

/** Text was typed, by keys or by an input method. */
export interface CharEvent extends EventBase<"char"> {
  /** The text; empty where a key removed text. */
  readonly data: string;
  /** Whether an input method is still composing this text. */
  readonly is_composing: boolean;
  /** The browser's InputEvent.inputType, such as "insertText". */
  readonly input_type: string;
}

/** An event without further fields: the widget closed, gained or lost focus, came into sight or went out of it. */
export type PlainEvent = EventBase<"close" | "focus_in" | "focus_out" | "show" | "hide">;

/** Any event that `handle_event()` gets. Narrow it by `event_type` or by `type`. */
export type RfbEvent =
  ResizeEvent | PointerEvent | DoubleClickEvent | WheelEvent | KeyEvent | CharEvent | PlainEvent;

/** The values of `event_type`. */
export type RfbEventType = RfbEvent["event_type"];

type OlderName = "event_type" | "time_stamp" | "pixel_ratio";
type OmitEach<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** An event as it goes over the wire: the newer names only. The receiver adds the older ones with {@link withBothNames}. */
export type WireEvent = OmitEach<RfbEvent, OlderName>;

/** Gives an event that came over the wire both sets of names. */
export function withBothNames(event: WireEvent): RfbEvent {
  const both: Record<string, unknown> = {
    event_type: event.type,
    ...event,
    time_stamp: event.timestamp,
  };
  if ("ratio" in event) both.pixel_ratio = event.ratio;
  return both as unknown as RfbEvent;
}
