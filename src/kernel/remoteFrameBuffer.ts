import { formatWithOptions } from "node:util";
import {
  CHROMA_CHOICES,
  CODEC_CHOICES,
  DEFAULT_SETTINGS,
  ENCODER_CHOICES,
  FramebufferSession,
  SOURCE_LISTENERS,
  VIDEO_DEVICES,
  sharedSource,
  wrapSource,
  type ChromaChoice,
  type CodecChoice,
  type EncoderChoice,
  type Frame,
  type FrameSource,
  type FrameStats,
  type MaybeFrame,
  type RawFrame,
  type SessionSettings,
  type SourceListener,
  type VideoDevice,
} from "../framebuffer";
import { withBothNames, type ResizeEvent, type RfbEvent } from "../protocol/events";
import { parseFrameFeedback } from "../protocol/parse";
import type { Disposable } from "../protocol/transport";
import { errorText } from "../widgets/errorText";
import { DOMWidget, type DOMWidgetOptions } from "../widgets/domWidget";
import { getKernel } from "../widgets/kernel";
import { Output } from "../widgets/output";
import { Snapshot } from "./snapshot";
import { boolean, dict, integer, number, oneOf, string } from "../widgets/traits";
import type { Change } from "../widgets";
import { defineTraits, withTraits, type WidgetClass } from "../widgets/widgetClass";
import {
  DISPLAY,
  ON_CHANGE,
  ON_CLOSE,
  ON_OPEN,
  OPEN,
  REPORT,
  STATUS,
} from "../widgets/widgetHooks";

/** Name of the package, which is also the module of the frontend's model and view. */
const FRONTEND_MODULE = "jupyter-rfb-ts";
/** The frontends that understand this kernel side, as a range of versions. */
const FRONTEND_VERSION = "^0.1.0";

/** Logical size in CSS pixels that a snapshot takes where css_width and css_height are not in px; jupyter_rfb's choice. */
const FALLBACK_SIZE = { width: 500, height: 300 };

/** The traits of a {@link RemoteFrameBuffer}: properties, and options of its constructor. */
export interface RemoteFrameBufferTraits {
  /** Logical width of a new view, any CSS length; a view is never wider than its cell. @defaultValue "500px" */
  css_width: string;
  /** Logical height of a new view, any CSS length. @defaultValue "300px" */
  css_height: string;
  /** Whether the picture can be resized at its corner. @defaultValue true */
  resizable: boolean;
  /**
   * Quality of the JPEGs during interaction, 1..100. Each interaction ends with a lossless picture. 100 always sends lossless
   * ones. Another value throws a RangeError. @defaultValue 80
   */
  quality: number;
  /**
   * How many frames may be in flight: sent, and not yet confirmed by the view. 1 or more; a larger number may give more
   * frames per second, and more lag. With `adaptive`, or as video, up to 8 where latency alone would limit the rate. Another value
   * throws a RangeError. @defaultValue 2
   */
  max_buffered_frames: number;
  /**
   * How the picture travels while it moves. `"auto"` sends JPEG, and H.264 where that is faster: for a large picture that moves all
   * over on a slow link, if node-av is installed. `"h264"` and `"vp9"` are video, and need node-av and a browser that decodes
   * it; where one is missing the picture goes as JPEG. `"webp"` takes fewer bytes and more time than JPEG, and needs sharp. `"png"`
   * is always lossless. Another value throws a RangeError. @defaultValue "auto"
   */
  codec: CodecChoice;
  /**
   * Which library encodes JPEG: `"auto"` takes the first that works here of jpeg-turbo, sharp and jpeg-js. `npx jupyter-rfb-ts doctor`
   * tells which do. Another value throws a RangeError. @defaultValue "auto"
   */
  encoder: EncoderChoice;
  /**
   * How finely JPEG and WebP keep colour: for each pixel (`"4:4:4"`), or for each 2 x 2 pixels (`"4:2:0"`), which is faster and takes
   * fewer bytes. `"auto"` is `"4:4:4"` from quality 90 on. jpeg-js knows `"4:4:4"` only. Another value throws a RangeError.
   * @defaultValue "auto"
   */
  chroma: ChromaChoice;
  /**
   * Whether each frame is compared with the one before, so that only what changed is sent, and nothing if nothing did. For a
   * frame of 1920 x 1080 it takes about 1 ms, 3 at most, and it stops by itself while all of the picture changes. @defaultValue true
   */
  detect_changes: boolean;
  /**
   * Whether quality, and then the resolution of the moving picture, follow what the link can carry, to keep {@link target_fps}. The
   * picture at rest is always sharp. @defaultValue false
   */
  adaptive: boolean;
  /** Frames per second that `adaptive` aims at, 1..240. Another value throws a RangeError. @defaultValue 30 */
  target_fps: number;
  /**
   * What encodes video: `"software"`, or the graphics device that is named. Another value throws a RangeError.
   * @defaultValue "software"
   */
  video_device: VideoDevice;
  /** CSS cursor over the picture. @defaultValue "default" */
  cursor: string;
  /** Text of the title bar, and the picture's name for a screen reader. @defaultValue "" */
  title: string;
  /** Whether there is a title bar. @defaultValue false */
  has_titlebar: boolean;
  /** Whether the title bar has a button that folds the picture away. @defaultValue false */
  is_minimizable: boolean;
  /** Whether the title bar has a button that closes the view. @defaultValue false */
  is_closable: boolean;
}

/** What the constructor of {@link RemoteFrameBuffer} takes. */
export type RemoteFrameBufferOptions = DOMWidgetOptions & Partial<RemoteFrameBufferTraits>;

const TraitsBase: WidgetClass<DOMWidget & RemoteFrameBufferTraits, RemoteFrameBufferOptions> =
  withTraits<DOMWidget, DOMWidgetOptions, RemoteFrameBufferTraits>(
    DOMWidget,
    {
      css_width: string("500px"),
      css_height: string("300px"),
      resizable: boolean(true),
      quality: integer(DEFAULT_SETTINGS.quality, { min: 1, max: 100, sync: false }),
      max_buffered_frames: integer(DEFAULT_SETTINGS.max_buffered_frames, { min: 1, sync: false }),
      codec: oneOf(CODEC_CHOICES, DEFAULT_SETTINGS.codec, { sync: false }),
      encoder: oneOf(ENCODER_CHOICES, DEFAULT_SETTINGS.encoder, { sync: false }),
      chroma: oneOf(CHROMA_CHOICES, DEFAULT_SETTINGS.chroma, { sync: false }),
      detect_changes: boolean(DEFAULT_SETTINGS.detect_changes, { sync: false }),
      adaptive: boolean(DEFAULT_SETTINGS.adaptive, { sync: false }),
      target_fps: number(DEFAULT_SETTINGS.target_fps, { min: 1, max: 240, sync: false }),
      video_device: oneOf(VIDEO_DEVICES, DEFAULT_SETTINGS.video_device, { sync: false }),
      cursor: string("default"),
      title: string(""),
      has_titlebar: boolean(false),
      is_minimizable: boolean(false),
      is_closable: boolean(false),
    },
    {
      model: { module: FRONTEND_MODULE, version: FRONTEND_VERSION, name: "RemoteFrameBufferModel" },
      view: { module: FRONTEND_MODULE, version: FRONTEND_VERSION, name: "RemoteFrameBufferView" },
    },
  );

/**
 * A widget that shows what your code draws. Subclass it, return a frame from {@link RemoteFrameBuffer.get_frame}, react to the user
 * in {@link RemoteFrameBuffer.handle_event}, and call {@link RemoteFrameBuffer.request_draw} when there is something new to see.
 *
 * The counterpart of jupyter_rfb's class of the same name, with the same names.
 *
 * @see https://jupyter-rfb.readthedocs.io/
 */
export class RemoteFrameBuffer extends TraitsBase implements FrameSource {
  readonly #output = new Output();
  readonly #session: FramebufferSession;
  /** Those who draw it elsewhere than in its own views. */
  readonly #listeners = new Set<SourceListener>();
  #wasOpened = false;

  /**
   * @param options - Initial values of the traits.
   * @throws TypeError or RangeError for an unknown trait or a value that it does not take.
   */
  constructor(options: RemoteFrameBufferOptions = {}) {
    super(options);
    this.#session = new FramebufferSession({
      source: wrapSource(this, {
        get_frame: () => this.get_frame(),
        handle_event: (event) => this.#handleEvent(event),
      }),
      transport: {
        send: (message, buffers) => this.send(message, buffers),
        isReliable: false,
        onMessage: (receiver) => {
          this.on_msg(receiver);
          return { dispose: () => this.on_msg(receiver, true) };
        },
      },
      settings: this as this & Pick<SessionSettings, "_use_websocket">,
      reportError: (error, during) => this[REPORT](error, during),
    });
  }

  /**
   * Draws the next frame. Override it. Called during a draw; see {@link RemoteFrameBuffer.request_draw}.
   *
   * @returns an array of bytes with shape `[height, width]` (gray), `[height, width, 3]` (RGB) or `[height, width, 4]` (RGBA; alpha
   * is not shown), or something like ImageData, or a Promise of one; null cancels the draw. The pixels are copied.
   */
  get_frame(): MaybeFrame | Promise<MaybeFrame> {
    return null;
  }

  /** Gets what the user does. Override it. Narrow the event by its `event_type`. */
  handle_event(_event: RfbEvent): void | Promise<void> {
    // Nothing, until a subclass does something.
  }

  /**
   * Schedules a draw and returns at once. The draw takes place when a view can be seen and has confirmed enough of the frames that
   * were sent. However often it is requested until then, it is one draw. A resize event requests one, too.
   */
  request_draw(): void {
    this.#session.requestDraw();
    for (const listener of this.#listeners) listener.onDrawRequest();
  }

  /**
   * Sends a frame now, for a picture that is drawn asynchronously after get_frame() returned null. It does not wait for the view
   * to keep up: called too often it makes the picture lag. A frame that is none is reported at the widget.
   */
  send_frame(frame: Frame): void {
    if (this[STATUS] === "closed") return;
    for (const listener of this.#listeners) listener.onFrame(frame);
    // Shown elsewhere only, there may be no kernel to open a comm in.
    if (this.#listeners.size > 0 && !this.#wasOpened) return;
    this[OPEN]();
    try {
      this.#session.sendFrame(frame);
    } catch (error) {
      this[REPORT](error, "send_frame");
    }
  }

  /**
   * Takes a still picture: draws a frame now, and returns an object that shows it, as a cell's last expression, and has it in
   * `data`. Where get_frame() returns a Promise, `data` is there when `ready` has resolved.
   *
   * Before the first display a resize event is emitted once, from css_width and css_height where they are in px.
   *
   * @param pixel_ratio - Device pixels per CSS pixel, above 0. The view's own by default, or 1 before the first display.
   * @throws what get_frame() throws; TypeError or RangeError for a bad frame or ratio; Error when the widget is closed.
   */
  snapshot(pixel_ratio?: number): Snapshot {
    if (this[STATUS] === "closed") {
      throw new Error("Cannot take a snapshot: the widget is closed");
    }
    if (pixel_ratio !== undefined && !(pixel_ratio > 0 && pixel_ratio <= 100)) {
      throw new RangeError(
        `pixel_ratio: expected a number above 0 and up to 100, got ${String(pixel_ratio)}`,
      );
    }
    const shown = this.#session.lastResizeEvent;
    const asShown =
      shown !== undefined && (pixel_ratio === undefined || pixel_ratio === shown.ratio);
    if (!asShown) {
      this.#session.emitEvent(resizeEvent(shown ?? this.#cssSize(), pixel_ratio ?? 1));
    }
    const frame = this.#session.snapshot();
    if (!asShown && shown !== undefined) afterwards(frame, () => this.#session.emitEvent(shown));
    return new Snapshot({ frame, size: () => this.#session.lastResizeEvent });
  }

  /** Prints to the widget's own cell, in callbacks too. Formats its arguments as console.log does. */
  print(...args: readonly unknown[]): void {
    const isElsewhere = this.#listeners.size > 0 && !this.#wasOpened;
    if (this[STATUS] !== "closed" && !isElsewhere) this[OPEN]();
    const text = formatWithOptions({ colors: false }, ...args);
    if (this.#hasOutput()) this.#output.append_stdout(`${text}\n`);
    else process.stdout.write(`${text}\n`);
  }

  /**
   * How fast it goes, since the last {@link RemoteFrameBuffer.reset_stats}: frames sent and confirmed, frames per second, and the
   * average times of a frame, in seconds.
   */
  get_stats(): FrameStats {
    return this.#session.stats;
  }

  /** Measures anew from the next frame that is sent. */
  reset_stats(): void {
    this.#session.resetStats();
  }

  /** For a server that shows this elsewhere than in its own views. */
  [SOURCE_LISTENERS](listener: SourceListener): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  override [ON_OPEN](): void {
    super[ON_OPEN]();
    this.#wasOpened = true;
    sharedSource(this).addRoute(this);
    this.#session.requestDraw();
    // After what the cell shows synchronously, so that text stands below the picture; still before the next cell begins.
    queueMicrotask(() => {
      if (!this.#hasOutput()) return;
      try {
        // Empty text: where widgets cannot be shown, the text form of an output would say nothing.
        getKernel().display({ ...this.#output[DISPLAY](), "text/plain": "" });
      } catch (error) {
        this[REPORT](error, "showing what it prints");
      }
    });
  }

  override [ON_CHANGE](change: Change): void {
    super[ON_CHANGE](change);
    if (change.name === "_has_visible_views") {
      this.#session.setVisible(change.new === true);
    } else if (change.name === "_frame_feedback") {
      // jupyter_rfb's own frontend sends receipts as state; an empty one before the first frame.
      if (Object.keys(change.new as object).length > 0) {
        this.#session.acknowledge(parseFrameFeedback(change.new));
      }
    }
  }

  override [ON_CLOSE](): void {
    super[ON_CLOSE]();
    this.#session.emitEvent(withBothNames({ type: "close", timestamp: 0 }));
    this.#session.dispose();
    sharedSource(this).removeRoute(this);
    for (const listener of [...this.#listeners]) listener.onClosed();
    // What was printed stays, and what the handler of the close event printed comes.
    if (this.#output.outputs.length === 0) this.#output.close();
  }

  override [REPORT](error: unknown, during: string): void {
    const text = `${this.constructor.name}, ${during}: ${errorText(error)}`;
    if (this.#hasOutput()) this.#output.append_stderr(`${text}\n`);
    else console.error(text);
  }

  /** Whether what is printed can be seen at the widget. */
  #hasOutput(): boolean {
    return this.#wasOpened && this.#output[STATUS] !== "closed";
  }

  /** The front end sends a close event, and close() emits one: the user gets the first. */
  #handleEvent(event: RfbEvent): void | Promise<void> {
    if (event.event_type === "close" && !sharedSource(this).close()) return;
    return this.handle_event(event);
  }

  #cssSize(): { width: number; height: number } {
    return {
      width: pixels(this.css_width) ?? FALLBACK_SIZE.width,
      height: pixels(this.css_height) ?? FALLBACK_SIZE.height,
    };
  }
}

// Not for the user: what the frontend sets, and jupyter_rfb's switch to base64 for a frontend that loses binary buffers.
defineTraits(RemoteFrameBuffer, {
  _frame_feedback: dict(),
  _has_visible_views: boolean(false),
  _use_websocket: boolean(DEFAULT_SETTINGS._use_websocket, { sync: false }),
});

/** The number of CSS pixels of a length such as "500px", or undefined for any other length. */
function pixels(length: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)px$/.exec(length.trim());
  const value = Number(match?.[1]);
  return value > 0 ? value : undefined;
}

/** The event that a view of this logical size and ratio would send. Its physical size is whole, its logical size fits that. */
function resizeEvent(size: { width: number; height: number }, ratio: number): ResizeEvent {
  const pwidth = Math.max(1, Math.round(size.width * ratio));
  const pheight = Math.max(1, Math.round(size.height * ratio));
  return withBothNames({
    type: "resize",
    timestamp: 0,
    width: pwidth / ratio,
    height: pheight / ratio,
    pwidth,
    pheight,
    ratio,
  }) as ResizeEvent;
}

/** Calls back when the frame is there, or could not be drawn. */
function afterwards(frame: RawFrame | Promise<RawFrame>, callback: () => void): void {
  if (frame instanceof Promise) void frame.then(callback, callback);
  else callback();
}
