import type { RawFrame } from "./frame";

/**
 * Free buffers that a pool keeps: for the picture that is shown, two that are being encoded and one that is being drawn. More are
 * never needed at once with two frames in flight; beyond that a buffer is made and thrown away.
 */
const MAX_FREE_BUFFERS = 4;

/**
 * A frame in a pool's memory. Its pixels do not change until all who hold it have let go; then the memory is used again. Workers
 * see the same memory, so that a frame need not be copied for them.
 */
export interface KeptFrame extends RawFrame {
  /** One more for each frame of a pool, from 1. */
  readonly serial: number;
  /** Whether more than one hold it. */
  readonly isShared: boolean;
  /** Holds the frame once more. */
  retain(): this;
  /** Lets go once. Who lets go must not look at the pixels any more. */
  release(): void;
}

/**
 * Memory for copies of frames. Fresh memory costs more than the copying: 3.2 ms for 1920 x 1080 RGB, against 0.7 ms into memory
 * that was used before.
 */
export class FramePool {
  #free: SharedArrayBuffer[] = [];
  #byteLength = 0;
  #lastSerial = 0;

  /** Copies a frame. The caller holds the copy, once. */
  keep(frame: RawFrame): KeptFrame {
    const { byteLength } = frame.data;
    if (byteLength !== this.#byteLength) {
      this.#free = [];
      this.#byteLength = byteLength;
    }
    const buffer = this.#free.pop() ?? new SharedArrayBuffer(byteLength);
    const data = new Uint8Array(buffer);
    data.set(frame.data);
    return new PooledFrame({ ...frame, data }, ++this.#lastSerial, () => this.#take(buffer));
  }

  /** Keeps a frame where it lies. Its owner must not change the pixels while somebody holds it. */
  borrow(frame: RawFrame): KeptFrame {
    const kept = new PooledFrame(frame, ++this.#lastSerial, () => undefined);
    // Never to be drawn into.
    return kept.retain();
  }

  /** Lets go of the newest frame as if it had never been: the next one gets its serial. */
  discard(frame: KeptFrame): void {
    if (frame.serial === this.#lastSerial) this.#lastSerial -= 1;
    frame.release();
  }

  #take(buffer: SharedArrayBuffer): void {
    if (buffer.byteLength === this.#byteLength && this.#free.length < MAX_FREE_BUFFERS) {
      this.#free.push(buffer);
    }
  }
}

/** Whether a frame lies in a pool, and need not be copied to be kept. */
export function isKeptFrame(frame: unknown): frame is KeptFrame {
  return frame instanceof PooledFrame;
}

class PooledFrame implements KeptFrame {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: RawFrame["channels"];
  readonly metadata: RawFrame["metadata"];
  readonly serial: number;
  readonly #onFree: () => void;
  #holders = 1;

  constructor(
    { data, width, height, channels, metadata }: RawFrame,
    serial: number,
    onFree: () => void,
  ) {
    this.data = data;
    this.width = width;
    this.height = height;
    this.channels = channels;
    this.metadata = metadata;
    this.serial = serial;
    this.#onFree = onFree;
  }

  get isShared(): boolean {
    return this.#holders > 1;
  }

  retain(): this {
    if (this.#holders === 0) throw new Error("Cannot hold a frame: its memory was given back");
    this.#holders += 1;
    return this;
  }

  release(): void {
    if (this.#holders === 0) throw new Error("Cannot let go of a frame: nobody holds it");
    this.#holders -= 1;
    if (this.#holders === 0) this.#onFree();
  }
}
