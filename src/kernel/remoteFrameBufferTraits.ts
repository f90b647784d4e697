import {
  CHROMA_CHOICES,
  CODEC_CHOICES,
  DEFAULT_SETTINGS,
  ENCODER_CHOICES,
  VIDEO_DEVICES,
  type ChromaChoice,
  type CodecChoice,
  type EncoderChoice,
  type VideoDevice,
} from "../framebuffer";
import {
  boolean,
  checked,
  dict,
  DOMWidget,
  integer,
  nullable,
  number,
  oneOf,
  Output,
  reference,
  string,
  withTraits,
  type DOMWidgetOptions,
  type WidgetClass,
} from "../widgets";

import { FIT_MODES, type FitMode } from "../protocol/shownFit";
import { TOOLBAR_MODE, type ToolbarMode } from "../protocol/toolbarMode";
import { cssLength } from "./cssLength";
import { frontEndTrait, type FrontEndChoice } from "./frontEndChoice";

/** Name of this package, which is also the module of the frontend's model and view. */
const FRONTEND_MODULE = "jupyter-rfb-ts";
/** Version range of the frontends that are compatible with this kernel side. */
const FRONTEND_VERSION = "^0.1.0";

/** The traits of a {@link RemoteFrameBuffer}: properties, and options of its constructor. */
export interface RemoteFrameBufferTraits {
  /**
   * Logical width of a new view, any CSS length. A number, also as a string, means pixels. A view
   * is never wider than its cell. An invalid length throws a RangeError. @defaultValue "500px"
   */
  css_width: string;
  /** Logical height of a new view, as {@link css_width}. @defaultValue "300px" */
  css_height: string;
  /** Whether the user can resize the picture at its corner. @defaultValue true */
  resizable: boolean;
  /**
   * Quality of the lossy frames during interaction, 1..100. 100 sends lossless frames only. Each
   * interaction ends with a lossless frame. Another value throws a RangeError. @defaultValue 80
   */
  quality: number;
  /**
   * Largest number of frames in flight, which are sent but not yet confirmed by the view: 1 or
   * more. A larger number may increase both the frame rate and the lag. With `adaptive`, or as
   * video, up to 8 frames are in flight if latency alone would limit the frame rate. Another value
   * throws a RangeError. @defaultValue 2
   */
  max_buffered_frames: number;
  /**
   * The encoding of moving pictures. `"auto"` sends JPEG, or H.264 where that is faster: for a
   * large picture that changes everywhere on a slow link, if node-av is installed. `"h264"` and
   * `"vp9"` are video. They need node-av and a browser that can decode them; JPEG is sent
   * otherwise. `"webp"` takes fewer bytes and more time than JPEG, and needs sharp. `"png"` is
   * always lossless. Another value throws a RangeError. @defaultValue "auto"
   */
  codec: CodecChoice;
  /**
   * The library that encodes JPEG. `"auto"` uses the first that works among jpeg-turbo, sharp and
   * jpeg-js. `npx jupyter-rfb-ts doctor` lists those that work. Another value throws a RangeError.
   * @defaultValue "auto"
   */
  encoder: EncoderChoice;
  /**
   * The colour resolution of JPEG and WebP: one colour for each pixel (`"4:4:4"`), or for each 2 x
   * 2 pixels (`"4:2:0"`), which is faster and takes fewer bytes. `"auto"` uses `"4:4:4"` from
   * quality 90 on. jpeg-js supports `"4:4:4"` only. Another value throws a RangeError.
   * @defaultValue "auto"
   */
  chroma: ChromaChoice;
  /**
   * Whether each frame is compared with the previous one, so that only the changed parts are sent,
   * or nothing. Comparing a frame of 1920 x 1080 takes about 1 ms, 3 ms at most. It pauses
   * automatically while the whole picture changes. @defaultValue true
   */
  detect_changes: boolean;
  /**
   * Whether the quality, and then the resolution, of moving pictures adapt to the link, in order to
   * keep {@link target_fps}. A picture at rest is always sharp. @defaultValue false
   */
  adaptive: boolean;
  /**
   * Frame rate that `adaptive` aims at, in frames per second, 1..240. Another value throws a
   * RangeError. @defaultValue 30
   */
  target_fps: number;
  /**
   * What encodes video: `"software"`, or the named graphics device. Another value throws a
   * RangeError.
   * @defaultValue "software"
   */
  video_device: VideoDevice;
  /**
   * How a frame of another shape than the view is shown: stretched (`"fill"`), with bars
   * (`"contain"`), or cropped (`"cover"`). Positions of events are those in the view. Another value
   * throws a RangeError. @defaultValue "fill"
   */
  fit: FitMode;
  /**
   * Whether a frame of another size than the view is smoothed. false shows its pixels as squares.
   * @defaultValue true
   */
  smoothing: boolean;
  /**
   * When the picture's tools show (save, copy, record, full screen, statistics): `"auto"` while the
   * pointer or the focus is on a picture of at least 100 x 60 CSS pixels, unless the user's
   * settings say otherwise; true always, false never. @defaultValue "auto"
   */
  toolbar: ToolbarMode;
  /** CSS cursor over the picture. @defaultValue "default" */
  cursor: string;
  /** Text of the title bar. Screen readers use it as the picture's name. @defaultValue "" */
  title: string;
  /** Whether the view has a title bar. @defaultValue false */
  has_titlebar: boolean;
  /** Whether the title bar has a button that collapses the picture. @defaultValue false */
  is_minimizable: boolean;
  /** Whether the title bar has a button that closes the view. @defaultValue false */
  is_closable: boolean;
  /**
   * Whether the notebook keeps the picture: as an image/png next to the live view, of a million
   * pixels and a megabyte at most, which shows where no kernel runs, such as on GitHub or in an
   * HTML export. A first picture is drawn when the widget is shown; JupyterLab replaces it whenever
   * the notebook is saved. @defaultValue true
   */
  keep_picture: boolean;
  /**
   * What shows the picture in the page: this package's extension (`"own"`), or anywidget 0.11, for
   * pages that have that and not the extension (`"anywidget"`). Set it before the widget is shown.
   * Another value throws a RangeError. @defaultValue the environment variable
   * JUPYTER_RFB_FRONT_END, or else `"own"`
   */
  front_end: FrontEndChoice;
}

/** Options of the constructor of {@link RemoteFrameBuffer}. */
export type RemoteFrameBufferOptions = DOMWidgetOptions &
  Partial<Omit<RemoteFrameBufferTraits, "css_width" | "css_height">> & {
    /** See {@link RemoteFrameBufferTraits.css_width}. */
    css_width?: string | number;
    /** See {@link RemoteFrameBufferTraits.css_height}. */
    css_height?: string | number;
  };

/**
 * Not for users: what the frontend sets, what is wrong, the printed text, and jupyter_rfb's switch
 * to base64 for frontends that lose binary buffers.
 */
const INTERNAL_TRAITS = {
  _frame_feedback: dict(),
  _has_visible_views: boolean(false),
  _status: nullable(dict(), null),
  _output: nullable(reference(Output, () => new Output())),
  _use_websocket: boolean(DEFAULT_SETTINGS._use_websocket, { sync: false }),
};

/**
 * The base class of {@link RemoteFrameBuffer}: a DOMWidget with its traits. The traits of lengths
 * take numbers too.
 */
export const RemoteFrameBufferBase = withTraits<
  DOMWidget,
  DOMWidgetOptions,
  RemoteFrameBufferTraits
>(
  DOMWidget,
  {
    css_width: cssLength("500px"),
    css_height: cssLength("300px"),
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
    fit: oneOf(FIT_MODES, "fill"),
    smoothing: boolean(true),
    toolbar: checked<ToolbarMode>("auto", TOOLBAR_MODE),
    cursor: string("default"),
    title: string(""),
    has_titlebar: boolean(false),
    is_minimizable: boolean(false),
    is_closable: boolean(false),
    keep_picture: boolean(true),
    front_end: frontEndTrait(),
    ...INTERNAL_TRAITS,
  },
  {
    model: { module: FRONTEND_MODULE, version: FRONTEND_VERSION, name: "RemoteFrameBufferModel" },
    view: { module: FRONTEND_MODULE, version: FRONTEND_VERSION, name: "RemoteFrameBufferView" },
  },
) as WidgetClass<DOMWidget & RemoteFrameBufferTraits, RemoteFrameBufferOptions>;
