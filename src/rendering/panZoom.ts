/** A section of a picture that the pointer moves. */
import { checkOptions, checkValue, number, object, positive, type Check } from "../protocol/checks";
import type { RfbEvent } from "../protocol/events";
import { PointerDrag, type DragStep } from "./pointerDrag";

/** A position. */
export interface Point {
  /** To the right. */
  readonly x: number;
  /** Down. */
  readonly y: number;
}

/** The size of the content. */
export interface ContentSize {
  /** In content units, > 0. */
  readonly width: number;
  /** In content units, > 0. */
  readonly height: number;
}

/** Options of {@link PanZoom}. */
export interface PanZoomOptions {
  /** The content's x at the view's left edge. @defaultValue 0, or what fits the content */
  readonly x?: number | undefined;
  /** The content's y at the view's top edge. @defaultValue 0, or what fits the content */
  readonly y?: number | undefined;
  /** Logical pixels for a unit of the content, > 0. @defaultValue 1, or what fits the content */
  readonly zoom?: number | undefined;
  /**
   * The smallest zoom, > 0.
   *
   * @defaultValue 0.01; with content 1, or less if less fits the content
   */
  readonly minZoom?: number | undefined;
  /** The largest zoom. @defaultValue 100 */
  readonly maxZoom?: number | undefined;
  /** At 1, a notch of the wheel changes the zoom by a tenth. @defaultValue 1 */
  readonly zoomSpeed?: number | undefined;
  /**
   * The content's size, if it has one: it begins at (0, 0). It is shown whole at first, and kept in
   * sight.
   */
  readonly content?: ContentSize | undefined;
}

const FINITE = number();
const POSITIVE = positive();

const SIZE: Check<ContentSize> = {
  expected: "{ width, height }, two numbers above 0",
  type: "object",
  accepts: (value): value is ContentSize =>
    object.accepts(value) && POSITIVE.accepts(value.width) && POSITIVE.accepts(value.height),
};

/** The view's size before its first resize event, in logical pixels. */
const FIRST_VIEW: ContentSize = { width: 640, height: 480 };

/** How much a pixel of the wheel changes the logarithm of the zoom; a notch has about 100. */
const ZOOM_PER_PIXEL = 0.001;

const LEFT_BUTTON = 1;
const MIDDLE_BUTTON = 3;

/** What the view shows. */
interface Section extends Point {
  readonly zoom: number;
}

/**
 * Turns events into the section of a picture, a chart or a map that a view shows.
 *
 * - The wheel zooms; what is under the pointer stays there.
 * - Dragging with the left or middle button pans.
 * - Two fingers pan and zoom.
 * - A double click resets.
 *
 * Pass it every event, also `resize`, from which it knows the view's size. View coordinates are
 * logical pixels from the top left corner, as events have them; multiply by pixel_ratio for the
 * pixels of a frame.
 *
 * @example
 * ```ts
 * class Viewer extends RemoteFrameBuffer {
 *   view = new PanZoom({ content: { width: image.width, height: image.height } });
 *   handle_event(event: RfbEvent) {
 *     if (this.view.handle_event(event)) this.request_draw();
 *   }
 *   get_frame() {
 *     const { x, y, zoom } = this.view;
 *     context.setTransform(zoom, 0, 0, zoom, -x * zoom, -y * zoom);
 *     context.drawImage(image, 0, 0);
 *     return frameFromCanvas(canvas);
 *   }
 * }
 * ```
 */
export class PanZoom {
  readonly #drag = new PointerDrag();
  readonly #home: Section | undefined;
  readonly #minZoom: number | undefined;
  readonly #maxZoom: number;
  readonly #zoomSpeed: number;
  #content: ContentSize | undefined;
  #view = FIRST_VIEW;
  #section: Section;

  /**
   * @throws TypeError for an unknown option, or one of another type
   * @throws RangeError for another invalid option, or where minZoom is above maxZoom
   */
  constructor(options: PanZoomOptions = {}) {
    const { x, y, zoom, minZoom, maxZoom, zoomSpeed, content } = checkOptions<PanZoomOptions>(
      options,
      {
        ...{ x: FINITE, y: FINITE, zoom: POSITIVE },
        ...{ minZoom: POSITIVE, maxZoom: POSITIVE, zoomSpeed: number(0), content: SIZE },
      },
    );
    this.#maxZoom = maxZoom ?? Math.max(100, minZoom ?? 0);
    this.#minZoom = minZoom;
    if (minZoom !== undefined && minZoom > this.#maxZoom) {
      throw new RangeError(`minZoom: expected at most maxZoom, ${this.#maxZoom}, got ${minZoom}`);
    }
    this.#zoomSpeed = zoomSpeed ?? 1;
    this.#content = content && { width: content.width, height: content.height };
    const isPlaced = x !== undefined || y !== undefined || zoom !== undefined;
    this.#section = { x: x ?? 0, y: y ?? 0, zoom: zoom ?? 1 };
    this.#home = isPlaced || content === undefined ? this.#section : undefined;
    this.reset();
  }

  /**
   * The content's x at the view's left edge.
   *
   * @throws TypeError or RangeError when it isn't a finite number
   */
  get x(): number {
    return this.#section.x;
  }

  set x(value: number) {
    this.#show({ ...this.#section, x: checkValue("x", value, FINITE) });
  }

  /**
   * The content's y at the view's top edge.
   *
   * @throws TypeError or RangeError when it isn't a finite number
   */
  get y(): number {
    return this.#section.y;
  }

  set y(value: number) {
    this.#show({ ...this.#section, y: checkValue("y", value, FINITE) });
  }

  /**
   * Logical pixels for a unit of the content. Set, it is limited; the view's centre stays.
   *
   * @throws TypeError or RangeError when it isn't a number above 0
   */
  get zoom(): number {
    return this.#section.zoom;
  }

  set zoom(value: number) {
    const center = this.#center();
    const zoom = checkValue("zoom", value, POSITIVE);
    this.#hold(this.toContent(center.x, center.y), center, zoom);
  }

  /**
   * The content's size; undefined if it has none. Set, the content is shown whole.
   *
   * @throws TypeError when it isn't `{ width, height }` with numbers above 0
   */
  get content(): ContentSize | undefined {
    return this.#content;
  }

  set content(size: ContentSize | undefined) {
    if (size === undefined) {
      this.#content = undefined;
      return;
    }
    const { width, height } = checkValue("content", size, SIZE);
    this.#content = { width, height };
    this.fit();
  }

  /**
   * Handles an event of a picture.
   *
   * @returns whether the view shows something else, so that a new frame is needed
   */
  handle_event(event: RfbEvent): boolean {
    switch (event.event_type) {
      case "pointer_down":
      case "pointer_move":
      case "pointer_up": {
        const step = this.#drag.handle(event);
        return step !== undefined && this.#follow(step);
      }
      case "wheel": {
        const factor = Math.exp(-event.dy * ZOOM_PER_PIXEL * this.#zoomSpeed);
        return this.#hold(this.toContent(event.x, event.y), event, this.zoom * factor);
      }
      case "double_click":
        return this.reset();
      case "resize":
        return this.#resize({ width: event.width, height: event.height });
      default:
        return false;
    }
  }

  /**
   * Goes back to the x, y and zoom of the options, or to the whole content.
   *
   * @returns whether the view shows something else
   */
  reset(): boolean {
    if (this.#home === undefined) return this.fit();
    return this.#show({ ...this.#home, zoom: this.#limited(this.#home.zoom) });
  }

  /**
   * Shows the whole content, centred and as large as the view and maxZoom allow. Does nothing
   * without a content size.
   *
   * @returns whether the view shows something else
   */
  fit(): boolean {
    if (this.#content === undefined) return false;
    const { width, height } = this.#content;
    return this.#hold({ x: width / 2, y: height / 2 }, this.#center(), this.#wholeZoom());
  }

  /**
   * The content under a position of the view.
   *
   * @param x - in logical pixels from the view's left edge, as in an event
   * @param y - in logical pixels from the view's top edge
   */
  toContent(x: number, y: number): Point {
    const { zoom } = this;
    return { x: this.x + x / zoom, y: this.y + y / zoom };
  }

  /** Where a position of the content is in the view: the inverse of {@link PanZoom.toContent}. */
  toView(x: number, y: number): Point {
    const { zoom } = this;
    return { x: (x - this.x) * zoom, y: (y - this.y) * zoom };
  }

  #follow({ x, y, dx, dy, spread, pointers, button }: DragStep): boolean {
    if (pointers === 1 && button !== LEFT_BUTTON && button !== MIDDLE_BUTTON) return false;
    return this.#hold(this.toContent(x - dx, y - dy), { x, y }, this.zoom * spread);
  }

  #resize(view: ContentSize): boolean {
    const wasFitted = this.zoom === this.#fittingZoom();
    const before = this.#center();
    const center = this.toContent(before.x, before.y);
    this.#view = view;
    if (this.#content === undefined) return false;
    const fitting = wasFitted ? this.#fittingZoom() : undefined;
    return this.#hold(center, this.#center(), fitting ?? this.zoom);
  }

  /** The view's centre, in the view's coordinates. */
  #center(): Point {
    return { x: this.#view.width / 2, y: this.#view.height / 2 };
  }

  /** Zooms, and puts a point of the content at a position of the view. */
  #hold(point: Point, at: Point, wanted: number): boolean {
    const zoom = this.#limited(wanted);
    return this.#show({ x: point.x - at.x / zoom, y: point.y - at.y / zoom, zoom });
  }

  /** Shows a section, moved so that the content is in sight. */
  #show({ x, y, zoom }: Section): boolean {
    const before = this.#section;
    const { width, height } = this.#view;
    this.#section = {
      x: inSight(x, width / zoom, this.#content?.width),
      y: inSight(y, height / zoom, this.#content?.height),
      zoom,
    };
    return this.x !== before.x || this.y !== before.y || this.zoom !== before.zoom;
  }

  #limited(zoom: number): number {
    const fallback = this.#content === undefined ? 0.01 : Math.min(1, this.#wholeZoom());
    const min = this.#minZoom ?? Math.min(fallback, this.#maxZoom);
    return Math.min(this.#maxZoom, Math.max(min, zoom));
  }

  /** The zoom at which the view just holds the content, whatever the limits; without any, 1. */
  #wholeZoom(): number {
    const { width, height } = this.#content ?? this.#view;
    return Math.min(this.#view.width / width, this.#view.height / height);
  }

  #fittingZoom(): number | undefined {
    return this.#content && this.#limited(this.#wholeZoom());
  }
}

/** Where the view begins on an axis: content that fits is centred, other content fills the view. */
function inSight(start: number, shown: number, size: number | undefined): number {
  if (size === undefined) return start;
  if (size <= shown) return (size - shown) / 2;
  return Math.min(size - shown, Math.max(0, start));
}
