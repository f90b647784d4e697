import type { CodecChoice } from "../framebuffer/node";
import { ChangedTexts } from "../hosting/changedTexts";
import type { ViewerMetrics } from "../hosting/metrics";
import type { StreamSocket } from "../hosting/streamSocket";
import type { StreamRole } from "../protocol/roleMessages";
import type { StreamStatus } from "../protocol/streamMessages";
import type { Disposable } from "../protocol/transport";
import type { Stream } from "./stream";

/** A codec string for pdum.rfb's clients until the first chunk, which has the exact one. */
const NOMINAL_CODEC = { h264: "avc1.42E01F", vp9: "vp09.00.31.08" } as const;

/** The text messages to a viewer: how frames travel, what the server aims at, what it measured. */
export class ViewerNotices implements Disposable {
  readonly #stream: Stream;
  readonly #texts: ChangedTexts;
  #statsTimer: Disposable | undefined;

  constructor(stream: Stream, socket: StreamSocket) {
    this.#stream = stream;
    this.#texts = new ChangedTexts(socket);
  }

  /**
   * Sends how frames travel, if that has changed. A new size alone is not a change, because each
   * frame has its size.
   */
  config(codec: CodecChoice): void {
    const isVideo = codec === "h264" || codec === "vp9";
    this.#texts.sendConfig({
      type: "config",
      transport: isVideo ? "webcodecs" : "image",
      ...this.#stream.size,
      coords: "frame-pixels",
      ...(isVideo ? { codec: NOMINAL_CODEC[codec] } : {}),
      ...this.#stream.metadata,
    });
  }

  /** Makes the next {@link config} send its message even if nothing has changed. */
  repeatConfig(): void {
    this.#texts.repeatConfig();
  }

  /**
   * Sends in which quality (1..100) and scale (above 0, up to 1) frames are sent, if it changed.
   */
  quality(quality: number, scale: number): void {
    const { bitrate, fps } = this.#stream.settings;
    this.#texts.send({ type: "set_quality", bitrate, fps, quality, scale });
  }

  /** Sends what is wrong with the picture, if it changed. At first nothing is. */
  status(status: StreamStatus): void {
    this.#texts.send(status);
  }

  /** Sends whether the viewer drives, and who asks to, if it changed. */
  role(role: StreamRole): void {
    this.#texts.send(role);
  }

  /** Sends measurements every `stats_interval` seconds, if that is set. */
  startStats(measure: () => ViewerMetrics): void {
    const { settings, runtime } = this.#stream;
    if (settings.stats_interval === null) return;
    this.#statsTimer = runtime.delay(settings.stats_interval, () => {
      const measured = measure();
      this.#texts.sendAlways({
        type: "stats",
        rtt_ms: measured.rtt_ms,
        fps_sent: measured.fps_sent,
        fps_acked: measured.fps_acked,
        bitrate_bps: measured.bitrate_bps,
        draw_ms: measured.draw_ms,
        encode_ms: measured.encode_ms,
        decode_queue_size: measured.decode_queue_size,
        dropped: measured.frames_dropped,
        target_bitrate: measured.target_bitrate,
        target_fps: measured.target_fps,
      });
      this.startStats(measure);
    });
  }

  dispose(): void {
    this.#statsTimer?.dispose();
  }
}
