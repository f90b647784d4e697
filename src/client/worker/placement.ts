/** Maps positions on the element to positions in the frame. Pure. */
import type { FramePosition, PositionedEvent } from "../../protocol/streamMessages";
import type { ShownFit } from "../../protocol/shownFit";
import type { Size } from "../shared/types";

/** A frame and the element that shows it. */
export interface Placement {
  readonly fit: ShownFit;
  /** The element's content box in logical (CSS) pixels. */
  readonly element: Size;
  /** The frame in its own pixels. */
  readonly frame: Size;
}

/**
 * Maps a point of the element to the frame. Outside the frame the result is below 0 or above the
 * frame's size.
 *
 * The frame is in the middle of the element, as with CSS `object-fit` and the default
 * `object-position`.
 *
 * @param x - Logical pixels from the element's left edge.
 * @param y - Logical pixels from the element's top edge.
 * @returns frame pixels from the frame's top-left corner, and whether the point shows a part of the
 *   frame.
 * @see https://drafts.csswg.org/css-images/#the-object-fit
 */
export function framePoint(
  { fit, element, frame }: Placement,
  x: number,
  y: number,
): { x: number; y: number; inside: boolean } {
  const [scaleX, scaleY] = scales(
    fit,
    element.width / frame.width || 1,
    element.height / frame.height || 1,
  );
  const frameX = (x - element.width / 2) / scaleX + frame.width / 2;
  const frameY = (y - element.height / 2) / scaleY + frame.height / 2;
  const isOnElement = x >= 0 && y >= 0 && x < element.width && y < element.height;
  const isOnFrame = frameX >= 0 && frameY >= 0 && frameX < frame.width && frameY < frame.height;
  return { x: frameX, y: frameY, inside: isOnElement && isOnFrame };
}

/**
 * Converts the position of an event and its touches to frame pixels, and adds the logical position.
 */
export function toFrameEvent<Event extends PositionedEvent>(
  event: Event,
  placement: Placement,
  pixelRatio: number,
): Event & FramePosition {
  const { x, y } = event;
  const touches = Object.entries(event.touches ?? {}).map(([id, touch]) => {
    const point = framePoint(placement, touch.x, touch.y);
    return [id, { ...touch, x: point.x, y: point.y }] as const;
  });
  return {
    ...event,
    ...framePoint(placement, x, y),
    ...(event.touches === undefined ? {} : { touches: Object.fromEntries(touches) }),
    pixel_ratio: pixelRatio,
    logical_x: x,
    logical_y: y,
  };
}

/** Logical pixels for each pixel of the frame. */
function scales(fit: ShownFit, across: number, down: number): [x: number, y: number] {
  switch (fit) {
    case "fill":
      return [across, down];
    case "contain":
      return twice(Math.min(across, down));
    case "cover":
      return twice(Math.max(across, down));
    case "none":
      return twice(1);
  }
}

function twice(scale: number): [number, number] {
  return [scale, scale];
}
