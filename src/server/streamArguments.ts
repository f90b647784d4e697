import {
  FRAME_SIDE,
  misnamedMethod,
  SOURCE_LISTENERS,
  type FrameSource,
} from "../framebuffer/node";
import { checkValue, isObject } from "../protocol/checks";
import { describeValue } from "../protocol/errors";
import { MAX_INFLIGHT, type StreamOptions } from "./streamOptions";

/** The size of a stream until its source has drawn the first frame, in pixels. */
const INITIAL_SOURCE_SIZE = { width: 640, height: 480 } as const;

/** What users pass to make a stream: a size or a source, and options. */
export interface StreamArguments {
  readonly source: FrameSource | undefined;
  /** Size until the first frame, in pixels, 1..65500. */
  readonly width: number;
  readonly height: number;
  /** Not checked. */
  readonly options: StreamOptions;
}

/**
 * Reads the arguments `(width, height, options?)` or `(source, options?)`.
 *
 * @throws TypeError for a value that is neither a size nor a source; RangeError for a size out of
 * range
 */
export function streamArguments(
  first: unknown,
  second: unknown,
  third?: StreamOptions,
): StreamArguments {
  if (typeof first === "object" || typeof first === "function") {
    const source = checkSource(first);
    const options = { ...traitsOf(source), ...(second as StreamOptions | undefined) };
    return { source, ...INITIAL_SOURCE_SIZE, options };
  }
  return {
    source: undefined,
    width: checkValue("width", first, FRAME_SIDE),
    height: checkValue("height", second, FRAME_SIDE),
    options: third ?? {},
  };
}

/**
 * The options that a RemoteFrameBuffer's traits stand for, with their current values. In another
 * source, properties of these names may mean something else, and are ignored.
 */
function traitsOf(source: FrameSource): StreamOptions {
  if (source[SOURCE_LISTENERS] === undefined) return {};
  const { quality, codec, encoder, chroma, detect_changes, adaptive, video_device, ...traits } =
    source as StreamOptions & {
      readonly max_buffered_frames?: number;
      readonly target_fps?: number;
    };
  return {
    ...{ quality, codec, encoder, chroma, detect_changes, adaptive, video_device },
    max_inflight: Math.min(traits.max_buffered_frames ?? 1, MAX_INFLIGHT),
    fps: traits.target_fps,
  };
}

function checkSource(source: unknown): FrameSource {
  const { get_frame, handle_event } = (source ?? {}) as Partial<Record<keyof FrameSource, unknown>>;
  if (typeof get_frame === "function" && typeof handle_event === "function") {
    return source as FrameSource;
  }
  throw new TypeError(
    `source: expected a width in pixels, or an object with get_frame() and handle_event(), got ${describeNoSource(source)}`,
  );
}

function describeNoSource(source: unknown): string {
  if (typeof source === "function") return `a function; for a class, pass new ${source.name}()`;
  if (!isObject(source)) return describeValue(source);
  const { get_frame, handle_event } = source;
  if (typeof get_frame === "function") {
    return `an object with ${handle_event === undefined ? "no" : "another"} handle_event; add handle_event() {}`;
  }
  const misnamed = misnamedMethod(source);
  return `an object without get_frame()${misnamed === undefined ? "" : `; rename its ${misnamed}() to get_frame()`}`;
}
