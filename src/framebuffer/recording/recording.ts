import { asError } from "../../protocol/errors";
import type { Disposable } from "../../protocol/transport";
import type { Clock } from "../runtime";
import type { RawFrame } from "../source/frame";

/** By how much of a slot a time may be too early, because it is rounded. */
const TOLERANCE = 1e-3;

/** What a {@link Recording} needs. */
export interface RecordingOptions {
  readonly clock: Pick<Clock, "delay" | "monotonic">;
  /** Length of the recording, above 0. */
  readonly seconds: number;
  /** Slots per second, above 0. */
  readonly fps: number;
  /** Gives the next picture. Its pixels must not change afterwards. */
  draw(): RawFrame | Promise<RawFrame>;
  /** Encodes the picture of a slot. Not called again before its Promise has settled. */
  write(frame: RawFrame, slot: number): Promise<void>;
}

/**
 * Records pictures at a steady rate, each at its real time. Time is divided into slots of `1 / fps`
 * seconds, counted from the first picture. In each slot a picture is drawn and written; while a
 * draw takes longer, the picture before is repeated. Where writing doesn't keep up, slots are left
 * out, and the picture before them lasts longer. The last slot is always written, so that the
 * recording has its full length.
 */
export class Recording {
  readonly #options: RecordingOptions;
  readonly #slots: number;
  #onEnd: (outcome: number | Error) => void = () => undefined;
  #timer: Disposable | undefined;
  #newest: RawFrame | undefined;
  /** When the first picture came. */
  #began = 0;
  #slot = 0;
  #lastWritten = -1;
  /** Whether {@link #newest} has not been written. */
  #isNew = false;
  #isDrawing = false;
  #writing: Promise<void> | undefined;
  /** Why a write failed. */
  #failure: Error | undefined;
  #isEnded = false;

  /** Draws nothing before {@link run} is called. */
  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#slots = Math.max(1, Math.round(options.seconds * options.fps));
  }

  /**
   * Records. May be called once.
   *
   * @returns how many slots the recording lasts, once everything is written
   * @throws (as a rejection) the first error of a draw or a write. No write runs then any more.
   */
  run(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#onEnd = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
      this.#draw();
    });
  }

  /**
   * Ends the recording early, and keeps it.
   *
   * @param reason - what {@link run} rejects with if there is no picture yet
   */
  end(reason: unknown): void {
    if (this.#newest === undefined) this.#fail(reason);
    else void this.#finish(Math.ceil(this.#elapsedSlots() - TOLERANCE));
  }

  #elapsedSlots(): number {
    return (this.#options.clock.monotonic() - this.#began) * this.#options.fps;
  }

  #draw(): void {
    this.#isDrawing = true;
    try {
      const drawn = this.#options.draw();
      if (!(drawn instanceof Promise)) this.#show(drawn);
      else {
        drawn.then(
          (frame) => this.#show(frame),
          (error: unknown) => this.#fail(error),
        );
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #show(frame: RawFrame): void {
    this.#isDrawing = false;
    if (this.#isEnded) return;
    const isFirst = this.#newest === undefined;
    this.#newest = frame;
    this.#isNew = true;
    if (isFirst) {
      this.#began = this.#options.clock.monotonic();
      this.#planTick();
    }
    this.#write();
  }

  #planTick(): void {
    const { clock, fps } = this.#options;
    const due = this.#began + (this.#slot + 1) / fps;
    this.#timer = clock.delay(Math.max(0, due - clock.monotonic()), () => this.#tick());
  }

  #tick(): void {
    // Of the slot that ends now: a repetition if its draw hasn't ended.
    this.#write();
    // A timer may be a little early.
    const slot = Math.max(this.#slot + 1, Math.floor(this.#elapsedSlots() + TOLERANCE));
    if (slot >= this.#slots) {
      void this.#finish(this.#slots);
      return;
    }
    this.#slot = slot;
    if (!this.#isDrawing) this.#draw();
    if (!this.#isEnded) this.#planTick();
  }

  /** Writes the newest picture for the current slot, unless another is being written. */
  #write(): void {
    const frame = this.#newest;
    if (frame === undefined || this.#isEnded || this.#writing !== undefined) return;
    if (this.#lastWritten >= this.#slot) return;
    this.#lastWritten = this.#slot;
    this.#isNew = false;
    this.#writing = this.#options.write(frame, this.#slot).then(
      () => {
        this.#writing = undefined;
        if (this.#isNew) this.#write();
      },
      (error: unknown) => {
        this.#writing = undefined;
        this.#failure = asError(error);
        this.#fail(error);
      },
    );
  }

  async #finish(wanted: number): Promise<void> {
    if (this.#isEnded) return;
    this.#stop();
    const slots = Math.min(this.#slots, Math.max(wanted, this.#lastWritten + 1));
    try {
      await this.#writing;
      if (this.#failure !== undefined) throw this.#failure;
      const frame = this.#newest;
      if (frame !== undefined && this.#lastWritten < slots - 1) {
        await this.#options.write(frame, slots - 1);
      }
      this.#onEnd(slots);
    } catch (error) {
      this.#onEnd(asError(error));
    }
  }

  #fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#stop();
    void Promise.resolve(this.#writing).then(() => this.#onEnd(asError(error)));
  }

  #stop(): void {
    this.#isEnded = true;
    this.#timer?.dispose();
  }
}
