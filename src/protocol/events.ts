/**
 * The events that `handle_event()` gets. They follow the jupyter_rfb event spec and its successor,
 * the renderview spec.
 *
 * An event carries both names of a field that the two specs name differently: `event_type` and
 * `type`, `time_stamp` and `timestamp`, `pixel_ratio` and `ratio`. Coordinates are logical (CSS)
 * pixels from the picture's top-left corner.
 *
 * @see https://jupyter-rfb.readthedocs.io/en/stable/events.html
 * @see https://pygfx.org/renderview/
 */

/** A modifier key that is held down. */
export type Modifier = "Shift" | "Control" | "Alt" | "Meta";

/** All modifiers, in the order of an event's list. */
export const MODIFIERS: readonly Modifier[] = ["Shift", "Control", "Alt", "Meta"];

/** What all events have. */
export interface EventBase<Type extends string> {
  /** What happened (jupyter_rfb's name for it). */
  readonly event_type: Type;
  /** What happened (renderview's name for it). */
  readonly type: Type;
  /**
   * When it happened, in seconds of the view's monotonic clock. Only differences are meaningful.
   */
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

/** A finger, pen or mouse that is down. */
export interface Touch {
  /** Logical pixels from the left edge. */
  readonly x: number;
  /** Logical pixels from the top edge. */
  readonly y: number;
  /** 0..1; 0.5 if the device doesn't measure it. */
  readonly pressure: number;
}

interface Positioned {
  /** Logical pixels from the left edge. */
  readonly x: number;
  /** Logical pixels from the top edge. */
  readonly y: number;
  /** Buttons that are down: 1 left, 2 right, 3 middle; others from 4. */
  readonly buttons: readonly number[];
  /** Modifier keys that are down. */
  readonly modifiers: readonly Modifier[];
}

/**
 * A mouse, pen or finger was pressed, released or moved, or entered or left. `pointer_move` is
 * throttled.
 */
export interface PointerEvent
  extends
    EventBase<"pointer_down" | "pointer_up" | "pointer_move" | "pointer_enter" | "pointer_leave">,
    Positioned {
  /** The button of this event, or of the drag that it belongs to; 0 for none. */
  readonly button: number;
  /** How many pointers are down. */
  readonly ntouches: number;
  /** The pointers that are down, by pointer id. */
  readonly touches: Readonly<Record<number, Touch>>;
}

/** A double click: a pointer event without touches. */
export interface DoubleClickEvent extends EventBase<"double_click">, Positioned {
  /** The button: 1 left, 2 right, 3 middle; others from 4. */
  readonly button: number;
}

/** The wheel turned, or a touchpad scrolled or pinched. Throttled: `dx` and `dy` are sums. */
export interface WheelEvent extends EventBase<"wheel">, Positioned {
  /** Positive scrolls to the right. One notch is about 100. */
  readonly dx: number;
  /** Positive scrolls down or zooms out. One notch is about 100. */
  readonly dy: number;
}

/** A key was pressed or released. Sent only with focus, and without repeats. */
export interface KeyEvent extends EventBase<"key_down" | "key_up"> {
  /** The key's name as in KeyboardEvent.key: "a", "A", " ", "ArrowDown", "Control". */
  readonly key: string;
  /**
   * The physical key as in KeyboardEvent.code: "KeyA", "ShiftLeft". Missing if the front end or the
   * device doesn't report it.
   */
  readonly code?: string;
  /** Modifier keys that are down. */
  readonly modifiers: readonly Modifier[];
}

/** Text was typed, with keys or an input method. */
export interface CharEvent extends EventBase<"char"> {
  /** The text; "\n" for Enter, and empty if a key removed text. */
  readonly data: string;
  /** Whether an input method is still composing this text. */
  readonly is_composing: boolean;
  /**
   * The browser's InputEvent.inputType: "insertText", "insertLineBreak" for Enter,
   * "deleteContentBackward" for Backspace.
   */
  readonly input_type: string;
  /** Whether a key that is held down caused this. */
  readonly repeat: boolean;
}

/**
 * An event without further fields: the widget closed, gained or lost focus, or became visible or
 * hidden.
 */
export type PlainEvent = EventBase<"close" | "focus_in" | "focus_out" | "show" | "hide">;

/** Any event that `handle_event()` gets. Narrow it by `event_type` or by `type`. */
export type RfbEvent =
  ResizeEvent | PointerEvent | DoubleClickEvent | WheelEvent | KeyEvent | CharEvent | PlainEvent;

/** The values of `event_type`. */
export type RfbEventType = RfbEvent["event_type"];

/** Fields that have a newer name. */
type OlderName = "event_type" | "time_stamp" | "pixel_ratio";
type OmitEach<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** An event on the wire, with the newer names only. The receiver adds the older ones. */
export type WireEvent = OmitEach<RfbEvent, OlderName>;

/** Adds the older names to an event from the wire. */
export function withBothNames(event: WireEvent): RfbEvent {
  const both: Record<string, unknown> = {
    event_type: event.type,
    ...event,
    time_stamp: event.timestamp,
  };
  if ("ratio" in event) both.pixel_ratio = event.ratio;
  return both as unknown as RfbEvent;
}
