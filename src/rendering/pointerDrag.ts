import type { PointerEvent } from "../protocol/events";

/** How far the pointers of a drag moved since its last event. */
export interface DragStep {
  /** Where their centre is now, in logical pixels. */
  readonly x: number;
  readonly y: number;
  /** How far the centre moved, in logical pixels. */
  readonly dx: number;
  readonly dy: number;
  /** How much further apart two fingers are: 2 is twice as far. 1 for one pointer. */
  readonly spread: number;
  /** How many pointers are down. */
  readonly pointers: number;
  /** The button that began the drag: 1 left, 2 right, 3 middle. */
  readonly button: number;
  /** Whether Shift was down when it began. */
  readonly withShift: boolean;
}

/** Where a drag's pointers were. */
interface Grip {
  readonly x: number;
  readonly y: number;
  /** The mean distance from the centre. */
  readonly radius: number;
  readonly pointers: number;
}

/** Fingers that are closer than this can't be told apart, in logical pixels. */
const MIN_RADIUS = 1;

/** Turns pointer events into the steps of drags, with one pointer or several. */
export class PointerDrag {
  #grip: Grip | undefined;
  #button = 0;
  #withShift = false;

  /** @returns undefined where nothing was dragged */
  handle(event: PointerEvent): DragStep | undefined {
    switch (event.event_type) {
      case "pointer_down":
        this.#grip = gripOf(event);
        this.#button = event.button;
        this.#withShift = event.modifiers.includes("Shift");
        return undefined;
      case "pointer_move":
        return this.#move(event);
      case "pointer_up":
        // A finger that stays down goes on.
        this.#grip = event.ntouches > 0 ? gripOf(event) : undefined;
        return undefined;
      case "pointer_enter":
      case "pointer_leave":
        return undefined;
    }
  }

  #move(event: PointerEvent): DragStep | undefined {
    const before = this.#grip;
    if (before === undefined) return undefined;
    // The release may have been lost.
    if (!event.buttons.includes(this.#button)) {
      this.#grip = undefined;
      return undefined;
    }
    const now = gripOf(event);
    this.#grip = now;
    if (now.pointers !== before.pointers) return undefined;
    const { x, y, pointers } = now;
    const isSpread = Math.min(now.radius, before.radius) >= MIN_RADIUS;
    return {
      ...{ x, y, dx: x - before.x, dy: y - before.y, pointers },
      spread: isSpread ? now.radius / before.radius : 1,
      ...{ button: this.#button, withShift: this.#withShift },
    };
  }
}

function gripOf(event: PointerEvent): Grip {
  const touches = Object.values(event.touches);
  const points = touches.length > 0 ? touches : [event];
  const pointers = points.length;
  const x = points.reduce((sum, point) => sum + point.x, 0) / pointers;
  const y = points.reduce((sum, point) => sum + point.y, 0) / pointers;
  const radius =
    points.reduce((sum, point) => sum + Math.hypot(point.x - x, point.y - y), 0) / pointers;
  return { x, y, radius, pointers };
}
