/**
 * Measurements of one viewer since it connected. Names and units are those of pdum.rfb, where it
 * has them. An edge doesn't know how frames are made: `draw_ms`, `encode_ms`, `target_bitrate` and
 * `quality` are 0 there, `encoder` is "", and `scale` is 1.
 */
export interface ViewerMetrics {
  /** The id that the server gave the viewer. */
  readonly client_id: string;
  /** The name of its stream. */
  readonly stream: string;
  /** Seconds since it connected. */
  readonly elapsed_s: number;
  /** Frames sent, except lossless stills and repetitions. */
  readonly frames_sent: number;
  /** Frames published but not sent to this viewer, because it was too busy. */
  readonly frames_dropped: number;
  /** Frames that the viewer confirmed. */
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
  /** Time that the stream's source takes to draw, in milliseconds; 0 if frames are published. */
  readonly draw_ms: number;
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
  /** Names of messages, events and modifiers that this server doesn't know, and ignored. */
  readonly unknown_names: number;
}

/** The counters of a viewer, which only grow. */
export type ViewerTotals = Pick<
  ViewerMetrics,
  "frames_sent" | "frames_dropped" | "frames_acked" | "keyframes_sent" | "bytes_sent"
>;

/** The totals before the first viewer. */
export const NO_TOTALS: ViewerTotals = {
  frames_sent: 0,
  frames_dropped: 0,
  frames_acked: 0,
  keyframes_sent: 0,
  bytes_sent: 0,
};

/** Adds two viewers' counters. */
export function addTotals(one: ViewerTotals, other: ViewerTotals): ViewerTotals {
  return {
    frames_sent: one.frames_sent + other.frames_sent,
    frames_dropped: one.frames_dropped + other.frames_dropped,
    frames_acked: one.frames_acked + other.frames_acked,
    keyframes_sent: one.keyframes_sent + other.keyframes_sent,
    bytes_sent: one.bytes_sent + other.bytes_sent,
  };
}

/** The counters exported to Prometheus: name, help text and field. */
const COUNTERS: readonly (readonly [string, string, keyof ViewerTotals])[] = [
  ["frames_sent_total", "Frames sent to viewers.", "frames_sent"],
  ["frames_dropped_total", "Frames that viewers were too busy for.", "frames_dropped"],
  ["frames_acked_total", "Frames that viewers acknowledged.", "frames_acked"],
  ["keyframes_sent_total", "Frames sent that need no other.", "keyframes_sent"],
  ["bytes_sent_total", "Bytes of frames sent.", "bytes_sent"],
];

type GaugeKey = "fps_sent" | "encode_ms" | "rtt_ms" | "inflight" | "decode_queue_size";

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
const highest = (values: readonly number[]): number => Math.max(0, ...values);

/**
 * The gauges exported to Prometheus: name, help text, field, how the viewers' values become one,
 * and the divisor from the field's unit to Prometheus' base unit.
 */
const GAUGES: readonly (readonly [string, string, GaugeKey, typeof sum, number])[] = [
  ["fps_sent", "Frames sent per second, to all viewers.", "fps_sent", sum, 1],
  ["encode_seconds", "Mean time to encode a frame; the longest.", "encode_ms", highest, 1000],
  ["rtt_seconds", "Time from a frame to its receipt; the longest.", "rtt_ms", highest, 1000],
  ["inflight_frames", "Frames sent and not acknowledged.", "inflight", sum, 1],
  ["decode_queue_frames", "Frames that wait for decoders.", "decode_queue_size", sum, 1],
];

/** What one rendition of a stream has sent to a broker, and how many viewers get it there. */
export interface RenditionMetrics {
  readonly viewers: number;
  readonly frames: number;
  /** Frames that need no other, so that viewers can join. */
  readonly keyframes: number;
  readonly bytes: number;
}

/** What a publisher has sent to a broker. */
export interface PublisherMetrics {
  /** The stream's name there, which may differ from that on its own server. */
  readonly name: string;
  /** How many viewers each edge has, by its name. */
  readonly edges: ReadonlyMap<string, number>;
  /** By their ids. */
  readonly renditions: ReadonlyMap<string, RenditionMetrics>;
}

/** What Prometheus gets of one stream. */
export interface StreamMetrics {
  readonly stream: string;
  /** The name of the edge that shows it; undefined where it is made. */
  readonly edge?: string | undefined;
  /** What was sent to a broker; undefined if nothing is. */
  readonly published?: PublisherMetrics | undefined;
  readonly viewers: readonly ViewerMetrics[];
  /** The counters of all viewers that have left. */
  readonly departed: ViewerTotals;
}

/** The counters of a publisher: name, help text and field. */
const PUBLISHED: readonly (readonly [string, string, keyof RenditionMetrics])[] = [
  ["published_frames_total", "Frames sent to the broker.", "frames"],
  ["published_keyframes_total", "Frames sent to the broker that need no other.", "keyframes"],
  ["published_bytes_total", "Bytes of frames sent to the broker.", "bytes"],
];

type Labels = Readonly<Record<string, string>>;

/** The lines about one metric. */
type Sample = readonly [labels: Labels, value: number];

/**
 * Writes metrics in Prometheus' text format. The labels are names of streams, edges, codecs and
 * renditions: each value of a label is a time series that Prometheus keeps, so a viewer must not
 * add any.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(streams: readonly StreamMetrics[]): string {
  const lines: string[] = [];
  const add = (
    name: string,
    kind: "counter" | "gauge",
    help: string,
    samples: readonly Sample[],
  ): void => {
    lines.push(`# HELP rfb_${name} ${help}`, `# TYPE rfb_${name} ${kind}`);
    for (const [labels, value] of samples) lines.push(`rfb_${name}${labelText(labels)} ${value}`);
  };
  const each = (valueOf: (stream: StreamMetrics) => number): Sample[] =>
    streams.map((stream) => [labelsOf(stream), valueOf(stream)]);
  add(
    "viewers",
    "gauge",
    "Viewers of the stream that are connected here.",
    each(({ viewers }) => viewers.length),
  );
  add("codec_viewers", "gauge", "Viewers that get frames of a codec.", streams.flatMap(byCodec));
  for (const [name, help, key] of COUNTERS) {
    const total = ({ departed, viewers }: StreamMetrics): number =>
      sum([departed[key], ...viewers.map((viewer) => viewer[key])]);
    add(name, "counter", help, each(total));
  }
  for (const [name, help, key, combine, unit] of GAUGES) {
    const value = ({ viewers }: StreamMetrics): number =>
      combine(viewers.map((one) => one[key])) / unit;
    add(name, "gauge", help, each(value));
  }
  if (streams.some(({ published }) => published !== undefined)) addPublished(add, streams);
  return `${lines.join("\n")}\n`;
}

function addPublished(
  add: (name: string, kind: "counter" | "gauge", help: string, samples: Sample[]) => void,
  streams: readonly StreamMetrics[],
): void {
  const all = streams.flatMap(({ published }) =>
    published === undefined ? [] : [{ stream: published.name, ...published }],
  );
  const edges = all.flatMap(({ stream, edges }) =>
    [...edges].map(([edge, count]): Sample => [{ stream, edge }, count]),
  );
  const ofRenditions = (key: keyof RenditionMetrics): Sample[] =>
    all.flatMap(({ stream, renditions }) =>
      [...renditions].map(([rendition, one]): Sample => [{ stream, rendition }, one[key]]),
    );
  add("edge_viewers", "gauge", "Viewers of the stream at an edge.", edges);
  add("rendition_viewers", "gauge", "Viewers at edges that get it.", ofRenditions("viewers"));
  for (const [name, help, key] of PUBLISHED) add(name, "counter", help, ofRenditions(key));
}

function labelsOf({ stream, edge }: StreamMetrics): Labels {
  return { stream, ...(edge === undefined ? {} : { edge }) };
}

function byCodec(stream: StreamMetrics): Sample[] {
  const counts = new Map<string, number>();
  for (const { codec } of stream.viewers) {
    if (codec !== "") counts.set(codec, (counts.get(codec) ?? 0) + 1);
  }
  return [...counts].map(([codec, count]) => [{ ...labelsOf(stream), codec }, count]);
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}
