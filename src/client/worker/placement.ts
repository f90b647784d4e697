/** Where things are: on the element, in the frame, on the screen. Pure. */
import type { PositionedEvent, StreamViewport } from "../../protocol/streamMessages";
import type { FramePosition } from "../../protocol/streamMessages";
import type { FitMode } from "../types";

/** Width and height in one unit. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A frame as an element shows it. */
export interface Placement {
  readonly fit: FitMode;
  /** The element's content box in logical (CSS) pixels. */
  readonly element: Size;
  /** The frame in its own pixels. */
  readonly frame: Size;
}

/**
 * Where in the frame a point of the element lies. Beside the frame the numbers go on, below 0 or above its size.
 *
 * The frame lies in the element's middle, as CSS' `object-fit` and its default `object-position` put it.
 *
 * @param x - Logical pixels from the element's left edge.
 * @param y - Logical pixels from the element's top edge.
 * @returns frame pixels from the frame's top-left corner, and whether the point shows a part of the frame.
 * @see https://drafts.csswg.org/css-images/#the-object-fit
 */
export function framePoint(
  { fit, element, frame }: Placement,
  x: number,
  y: number,
): { x: number; y: number; inside: boolean } {
  const across = element.width / frame.width || 1;
  const down = element.height / frame.height || 1;
  const [scaleX, scaleY] =
    fit === "fill"
      ? [across, down]
      : fit === "contain"
        ? twice(Math.min(across, down))
        : twice(Math.max(across, down));
  const frameX = (x - element.width / 2) / scaleX + frame.width / 2;
  const frameY = (y - element.height / 2) / scaleY + frame.height / 2;
  const isOnElement = x >= 0 && y >= 0 && x < element.width && y < element.height;
  const isOnFrame = frameX >= 0 && frameY >= 0 && frameX < frame.width && frameY < frame.height;
  return { x: frameX, y: frameY, inside: isOnElement && isOnFrame };
}

/** An event whose position, and those of its touches, are in frame pixels; with the logical position beside. */
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

/** An element's size as it is measured. */
export interface ElementSize extends Size {
  /** In device pixels. */
  readonly pwidth: number;
  readonly pheight: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

/**
 * The size to ask the server for: the screen's pixels, or as the user says.
 *
 * @param ratio - Device pixels per CSS pixel instead of the screen's.
 * @param most - The largest side in device pixels. A larger size is made smaller in its own shape, and the ratio with it.
 */
export function viewportOf(
  size: ElementSize,
  ratio: number | undefined,
  most: number,
): StreamViewport {
  const { width, height } = size;
  const wanted =
    ratio === undefined || ratio === size.ratio
      ? size
      : { pwidth: width * ratio, pheight: height * ratio, ratio };
  const shrink = Math.min(1, most / Math.max(wanted.pwidth, wanted.pheight));
  const side = (length: number): number => Math.max(1, Math.round(length * shrink));
  return {
    type: "set_viewport",
    width,
    height,
    pwidth: side(wanted.pwidth),
    pheight: side(wanted.pheight),
    ratio: wanted.ratio * shrink,
  };
}

function twice(scale: number): [number, number] {
  return [scale, scale];
}
