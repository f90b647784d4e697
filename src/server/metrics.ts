/** What is measured of each viewer, as JSON and for Prometheus. */

/** What was measured of one viewer's session. Names and units are pdum.rfb's, as far as it has them. */
export interface ViewerMetrics {
  readonly client_id: string;
  readonly stream: string;
  readonly elapsed_s: number;
  /** Frames sent, without lossless stills and repetitions. */
  readonly frames_sent: number;
  /** Frames that were published and never sent to this viewer, since it was still busy. */
  readonly frames_dropped: number;
  readonly frames_acked: number;
  /** Frames that need no other: images, and video's keyframes. */
  readonly keyframes_sent: number;
  /** All frames' bytes, with their headers. */
  readonly bytes_sent: number;
  /** Over the last two seconds, as are the next two. */
  readonly fps_sent: number;
  readonly fps_acked: number;
  readonly bitrate_bps: number;
  /** Mean time that the encoder took for a frame, in milliseconds. */
  readonly encode_ms: number;
  /** From sending a frame to its receipt, in milliseconds; the last ones count most. */
  readonly rtt_ms: number;
  /** Frames that wait for the viewer's decoder, by its last receipt. */
  readonly decode_queue_size: number;
  readonly inflight: number;
  readonly target_bitrate: number;
  readonly target_fps: number;
  /** "jpeg", "png", "webp", "h264" or "vp9"; "" before the first frame. */
  readonly codec: string;
  readonly encoder: string;
  /** 1..100. */
  readonly quality: number;
  /** The share of width and height in which frames are sent. */
  readonly scale: number;
}

type NumberKey = {
  [Key in keyof ViewerMetrics]: ViewerMetrics[Key] extends number ? Key : never;
}[keyof ViewerMetrics];

/** What Prometheus gets of each viewer: name, kind, help, field, and how many of the field's units make one of its. */
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

/** A stream as Prometheus sees it. */
export interface StreamMetrics {
  readonly stream: string;
  readonly viewers: readonly ViewerMetrics[];
}

/**
 * The metrics in Prometheus' text format.
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
