/** Keeps a stream's statistics, and tells them at a bounded rate. Pure policy: clock and timers are injected. */
import type { StreamQuality, StreamStats } from "../../protocol/streamMessages";
import type { Disposable } from "../../protocol/transport";
import type { Timers } from "../../picture/timers";
import { EMPTY_STATS, type Stats } from "../types";

/** The least time between two reports, in milliseconds: more often no person reads them. */
const REPORT_INTERVAL_MS = 100;
/** Frames are counted over so many milliseconds. */
const FPS_WINDOW_MS = 1000;

/** What a {@link StatsKeeper} needs of the world. */
export interface StatsKeeperOptions {
  readonly timers: Timers;
  /** A monotonic clock in milliseconds. */
  now(): number;
  onStats(stats: Stats): void;
}

/** The first change is told at once, those that follow soon with the next report; so is it when frames cease to come. */
export class StatsKeeper implements Disposable {
  readonly #options: StatsKeeperOptions;
  #stats: Stats = EMPTY_STATS;
  /** When frames were painted, within the window. */
  #painted: number[] = [];
  #hasChanged = false;
  #timer: Disposable | undefined;
  #isDisposed = false;

  constructor(options: StatsKeeperOptions) {
    this.#options = options;
  }

  /** What is known by now. */
  get current(): Stats {
    return this.#stats;
  }

  /** Sets some of the numbers. */
  change(numbers: Partial<Stats>): void {
    this.#stats = { ...this.#stats, ...numbers };
    this.#hasChanged = true;
    if (this.#timer === undefined && !this.#isDisposed) this.#report();
  }

  /** A frame is done with. */
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

  /** The server told what it measured. */
  serverMeasured(message: StreamStats): void {
    this.change({
      ...pick("serverRttMs", message.rtt_ms),
      ...pick("serverFpsSent", message.fps_sent),
      ...pick("serverBitrateBps", message.bitrate_bps),
      ...pick("serverEncodeMs", message.encode_ms),
      ...pick("serverDropped", message.dropped),
      ...pick("targetBitrate", message.target_bitrate),
      ...pick("targetFps", message.target_fps),
    });
  }

  /** The server told what it aims at. */
  serverAims(message: StreamQuality): void {
    this.change({
      ...pick("targetBitrate", message.bitrate),
      ...pick("targetFps", message.fps),
    });
  }

  /** Tells nothing more. */
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
