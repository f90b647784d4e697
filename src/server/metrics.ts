/**
 * Measurements of one viewer since it connected. Names and units are those of pdum.rfb, where it
 * has them.
 */
export interface ViewerMetrics {
  readonly client_id: string;
  readonly stream: string;
  readonly elapsed_s: number;
  /** Frames sent, except lossless stills and repetitions. */
  readonly frames_sent: number;
  /** Frames published but not sent to this viewer, because it was too busy. */
  readonly frames_dropped: number;
  readonly frames_acked: number;
  /** Frames that can be decoded alone: images, and keyframes of a video. */
  readonly keyframes_sent: number;
  /** Bytes of all frames, including their headers. */
  readonly bytes_sent: number;
  /** Frames sent per second, over the last two seconds. */
  readonly fps_sent: number;
  /** Frames displayed per second, over the last two seconds. */
  readonly fps_acked: number;
  /** Bits of frames sent per second, over the last two seconds. */
  readonly bitrate_bps: number;
  /** Mean time to encode a frame, in milliseconds. */
  readonly encode_ms: number;
  /** Time from sending a frame to its acknowledgement, in milliseconds; a running mean. */
  readonly rtt_ms: number;
  /** Frames that wait for the viewer's decoder, by its last acknowledgement. */
  readonly decode_queue_size: number;
  /** Frames sent and not acknowledged. */
  readonly inflight: number;
  /** The stream's `bitrate`, in bits per second. */
  readonly target_bitrate: number;
  /** The stream's `fps`. */
  readonly target_fps: number;
  /** "jpeg", "png", "webp", "h264" or "vp9"; "" before the first frame. */
  readonly codec: string;
  /** The library that encoded the last frame; "" before the first. */
  readonly encoder: string;
  /** Quality of the last frame, 1..100. */
  readonly quality: number;
  /** The fraction of their width and height in which frames are sent, above 0 and up to 1. */
  readonly scale: number;
}

type NumberKey = {
  [Key in keyof ViewerMetrics]: ViewerMetrics[Key] extends number ? Key : never;
}[keyof ViewerMetrics];

/**
 * The metrics exported to Prometheus: name, kind, help text, field, and the divisor from the
 * field's unit to Prometheus' base unit.
 */
const EXPORTED: readonly (readonly [string, "counter" | "gauge", string, NumberKey, number])[] = [
  ["frames_sent_total", "counter", "Frames sent to the viewer.", "frames_sent", 1],
  [
    "frames_dropped_total",
    "counter",
    "Frames that the viewer was too busy for.",
    "frames_dropped",
    1,
  ],
  ["frames_acked_total", "counter", "Frames that the viewer acknowledged.", "frames_acked", 1],
  ["keyframes_sent_total", "counter", "Frames sent that need no other.", "keyframes_sent", 1],
  ["bytes_sent_total", "counter", "Bytes of frames sent.", "bytes_sent", 1],
  ["fps_sent", "gauge", "Frames sent per second.", "fps_sent", 1],
  ["encode_seconds", "gauge", "Mean time to encode a frame.", "encode_ms", 1000],
  ["rtt_seconds", "gauge", "Time from a frame to its receipt.", "rtt_ms", 1000],
  ["inflight_frames", "gauge", "Frames sent and not acknowledged.", "inflight", 1],
  [
    "decode_queue_frames",
    "gauge",
    "Frames that wait for the viewer's decoder.",
    "decode_queue_size",
    1,
  ],
];

/** What Prometheus gets of one stream. */
export interface StreamMetrics {
  readonly stream: string;
  readonly viewers: readonly ViewerMetrics[];
}

/**
 * Writes metrics in Prometheus' text format.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(streams: readonly StreamMetrics[]): string {
  const lines: string[] = [];
  const begin = (name: string, kind: string, help: string): string => {
    const full = `rfb_${name}`;
    lines.push(`# HELP ${full} ${help}`, `# TYPE ${full} ${kind}`);
    return full;
  };
  const viewers = begin("viewers", "gauge", "Viewers of the stream.");
  for (const one of streams) {
    lines.push(`${viewers}${labels({ stream: one.stream })} ${one.viewers.length}`);
  }
  for (const [name, kind, help, key, unit] of EXPORTED) {
    const full = begin(name, kind, help);
    for (const viewer of streams.flatMap((one) => one.viewers)) {
      const { client_id, stream } = viewer;
      lines.push(`${full}${labels({ stream, client_id })} ${viewer[key] / unit}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function labels(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}
