/**
 * Keeps a stream's statistics and reports them at a limited rate. Pure policy: clock and timers are
 * injected.
 */
import type { PaintTimes, Timers } from "../../picture/index";
import { RunningMean } from "../../protocol/runningMean";
import type { StreamQuality, StreamStats } from "../../protocol/streamMessages";
import type { Disposable } from "../../protocol/transport";
import { EMPTY_STATS, type Stats } from "../shared/stats";

/** The shortest time between two reports, in milliseconds. Nobody reads them more often. */
const REPORT_INTERVAL_MS = 100;
/** The time over which frames are counted, in milliseconds. */
const FPS_WINDOW_MS = 1000;

/** What a {@link StatsKeeper} depends on. */
export interface StatsKeeperOptions {
  readonly timers: Timers;
  /** A monotonic clock in milliseconds. */
  now(): number;
  onStats(stats: Stats): void;
}

/**
 * Reports the first change immediately and collects further ones for the next report. Also reports
 * when frames stop arriving.
 */
export class StatsKeeper implements Disposable {
  readonly #options: StatsKeeperOptions;
  #stats: Stats = EMPTY_STATS;
  /** The times of the frames that were painted within the last {@link FPS_WINDOW_MS}. */
  #painted: number[] = [];
  readonly #decode = new RunningMean();
  readonly #paint = new RunningMean();
  #hasChanged = false;
  #timer: Disposable | undefined;
  #isDisposed = false;

  constructor(options: StatsKeeperOptions) {
    this.#options = options;
  }

  /** The current statistics. */
  get current(): Stats {
    return this.#stats;
  }

  /** Changes some of the statistics. */
  change(numbers: Partial<Stats>): void {
    this.#stats = { ...this.#stats, ...numbers };
    this.#hasChanged = true;
    if (this.#timer === undefined && !this.#isDisposed) this.#report();
  }

  /** Adds to one of the counters. */
  count(counter: "bytesReceived" | "reconnects" | "recoveries", increment = 1): void {
    this.change({ [counter]: (this.#stats[counter] ?? 0) + increment });
  }

  /**
   * Counts a painted or dropped frame.
   *
   * @param seq - The server's number of the frame.
   * @param waiting - The number of frames that have arrived and are not painted yet.
   */
  frameDone(seq: number, isPainted: boolean, waiting: number): void {
    const { framesDisplayed, framesDropped, lastDisplayedSeq } = this.#stats;
    if (isPainted) this.#painted.push(this.#options.now());
    this.change({
      framesDisplayed: framesDisplayed + (isPainted ? 1 : 0),
      framesDropped: framesDropped + (isPainted ? 0 : 1),
      lastDisplayedSeq: isPainted ? seq : lastDisplayedSeq,
      decodeQueueSize: waiting,
      fps: this.#fps(),
    });
  }

  /** Measures a painted frame. */
  painted({ decode, paint }: PaintTimes): void {
    this.#decode.add(decode);
    this.#paint.add(paint);
    this.change({ ...pick("decodeMs", this.#decode.value), ...pick("paintMs", this.#paint.value) });
  }

  /** Takes the server's measurements. */
  serverMeasured(message: StreamStats): void {
    this.change({
      ...pick("serverRttMs", message.rtt_ms),
      ...pick("serverFpsSent", message.fps_sent),
      ...pick("serverBitrateBps", message.bitrate_bps),
      ...pick("serverDrawMs", message.draw_ms),
      ...pick("serverEncodeMs", message.encode_ms),
      ...pick("serverDropped", message.dropped),
      ...pick("targetBitrate", message.target_bitrate),
      ...pick("targetFps", message.target_fps),
    });
  }

  /** Takes the bit rate and frame rate that the server aims at. */
  serverAims(message: StreamQuality): void {
    this.change({
      ...pick("targetBitrate", message.bitrate),
      ...pick("targetFps", message.fps),
    });
  }

  /** Stops the timer. Nothing is reported afterwards. */
  dispose(): void {
    this.#isDisposed = true;
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #report(): void {
    this.#hasChanged = false;
    this.#options.onStats(this.#stats);
    this.#wait();
  }

  #wait(): void {
    this.#timer = this.#options.timers.after(REPORT_INTERVAL_MS, () => {
      this.#timer = undefined;
      const fps = this.#fps();
      if (fps !== this.#stats.fps) this.change({ fps });
      else if (this.#hasChanged) this.#report();
      else if (fps > 0) this.#wait();
    });
  }

  #fps(): number {
    const begin = this.#options.now() - FPS_WINDOW_MS;
    this.#painted = this.#painted.filter((time) => time > begin);
    return this.#painted.length;
  }
}

function pick<Name extends keyof Stats>(
  name: Name,
  value: number | undefined,
): Partial<Record<Name, number>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, number>);
}
