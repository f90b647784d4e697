/** Turns observations of pointers into events. Pure policy, without the DOM. */
import type { Modifier, Touch, WireEvent } from "../../protocol/events";

/** One observation of one pointer. */
export interface PointerSample {
  /** The browser's id of the pointer. */
  readonly id: number;
  /** In seconds of the browser's monotonic clock. */
  readonly timestamp: number;
  /** Logical pixels from the picture's left edge. */
  readonly x: number;
  /** Logical pixels from the picture's top edge. */
  readonly y: number;
  /** 0..1 */
  readonly pressure: number;
  /** The button that changed, by the specification's number; 0 for none. */
  readonly button: number;
  /** This pointer's pressed buttons. */
  readonly buttons: readonly number[];
  readonly modifiers: readonly Modifier[];
}

/** A pointer event on the wire. */
export type PointerWireEvent = Extract<
  WireEvent,
  { type: "pointer_down" | "pointer_up" | "pointer_move" | "pointer_enter" | "pointer_leave" }
>;

interface DownPointer {
  /** The button that began the drag. */
  readonly firstButton: number;
  /** Its last observation. */
  last: PointerSample;
}

/**
 * Tracks which mice, pens and touches are down.
 *
 * A hovering pointer sends nothing while another one is down, so that it does not disturb a drag.
 * Browsers report a mouse's second and further buttons as moves; here they send pointer_down and
 * pointer_up, like the first one.
 */
export class PointerState {
  readonly #down = new Map<number, DownPointer>();
  /** The last observation of each pointer on the picture. */
  readonly #inside = new Map<number, PointerSample>();
  /** The pointers that were reported as gone, though the browser has not said so. */
  readonly #away = new Set<number>();

  /** Whether any pointer is down. */
  get isAnyDown(): boolean {
    return this.#down.size > 0;
  }

  /** The pointer went down. */
  down(sample: PointerSample): PointerWireEvent[] {
    const entered = this.#comeBack(sample);
    this.#note(sample);
    this.#down.set(sample.id, { firstButton: sample.button, last: sample });
    return [...entered, this.#event("pointer_down", sample, sample.button, sample.buttons)];
  }

  /**
   * The pointer moved, changed its buttons while one stays pressed, or was released without an
   * event of its own.
   */
  move(sample: PointerSample): PointerWireEvent[] {
    this.#note(sample);
    const pointer = this.#down.get(sample.id);
    if (pointer === undefined) {
      if (this.isAnyDown) return [];
      const entered = this.#comeBack(sample);
      return [...entered, this.#event("pointer_move", sample, 0, sample.buttons)];
    }
    if (sample.buttons.length === 0) return this.up(sample);
    const before = pointer.last.buttons;
    pointer.last = sample;
    const pressed = sample.buttons.filter((button) => !before.includes(button));
    const released = before.filter((button) => !sample.buttons.includes(button));
    if (pressed.length === 0 && released.length === 0) {
      return [this.#event("pointer_move", sample, pointer.firstButton, sample.buttons)];
    }
    return [
      ...released.map((button) => this.#event("pointer_up", sample, button, sample.buttons)),
      ...pressed.map((button) => this.#event("pointer_down", sample, button, sample.buttons)),
    ];
  }

  /**
   * The pointer went up, was cancelled or lost its capture. Returns no event if it is up already.
   */
  up(sample: PointerSample): PointerWireEvent[] {
    this.#note(sample);
    const pointer = this.#down.get(sample.id);
    if (pointer === undefined) return [];
    this.#down.delete(sample.id);
    const button = sample.button === 0 ? pointer.firstButton : sample.button;
    return [this.#event("pointer_up", sample, button, [])];
  }

  /** The pointer entered or left the picture. */
  cross(type: "pointer_enter" | "pointer_leave", sample: PointerSample): PointerWireEvent[] {
    const isKnown = type === "pointer_leave" && this.#away.has(sample.id);
    this.#away.delete(sample.id);
    if (type === "pointer_enter") this.#inside.set(sample.id, sample);
    else this.#inside.delete(sample.id);
    if (isKnown || (this.isAnyDown && !this.#down.has(sample.id))) return [];
    return [this.#event(type, sample, 0, sample.buttons)];
  }

  /**
   * All pointers go up where they were last.
   *
   * @param timestamp - In seconds.
   */
  releaseAll(timestamp: number): PointerWireEvent[] {
    const pointers = [...this.#down.values()];
    return pointers.flatMap(({ last }) => this.up({ ...last, timestamp, button: 0, buttons: [] }));
  }

  /**
   * All pointers leave the picture where they were last. None counts as on it until its next event.
   *
   * @param timestamp - In seconds.
   */
  leaveAll(timestamp: number): PointerWireEvent[] {
    const pointers = [...this.#inside.values()];
    this.#inside.clear();
    for (const { id } of pointers) this.#away.add(id);
    return pointers.map((last) => this.#event("pointer_leave", { ...last, timestamp }, 0, []));
  }

  /** Takes the observation of a pointer that may be on the picture. */
  #note(sample: PointerSample): void {
    if (this.#inside.has(sample.id)) this.#inside.set(sample.id, sample);
  }

  /** The pointer_enter of a pointer that was reported as gone. */
  #comeBack(sample: PointerSample): PointerWireEvent[] {
    if (!this.#away.delete(sample.id)) return [];
    this.#inside.set(sample.id, sample);
    return [this.#event("pointer_enter", sample, 0, sample.buttons)];
  }

  #event(
    type: PointerWireEvent["type"],
    sample: PointerSample,
    button: number,
    buttons: readonly number[],
  ): PointerWireEvent {
    const touches: Record<number, Touch> = {};
    for (const [id, pointer] of this.#down) touches[id] = touchOf(pointer.last);
    return {
      type,
      timestamp: sample.timestamp,
      x: sample.x,
      y: sample.y,
      button,
      buttons: [...buttons],
      modifiers: [...sample.modifiers],
      ntouches: this.#down.size,
      touches,
    };
  }
}

function touchOf(sample: PointerSample): Touch {
  return { x: sample.x, y: sample.y, pressure: Math.min(1, Math.max(0, sample.pressure)) };
}
