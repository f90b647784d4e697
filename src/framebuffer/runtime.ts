import type { Disposable } from "../protocol/transport";
import type { ImageEncoders } from "./encoders/imageEncoders";
import type { CreateVideoEncoder } from "./encoders/videoEncoder";

/** Clocks and timers. Tests pass their own. */
export interface Clock {
  /** Seconds since the epoch. Jumps when the system's clock is set. */
  now(): number;
  /** Seconds since an arbitrary moment. Never goes back. */
  monotonic(): number;
  /**
   * Calls back in a new turn of the event loop, after what is queued already. Disposing cancels it.
   */
  defer(callback: () => void): Disposable;
  /** Calls back after this many seconds. Disposing cancels it. */
  delay(seconds: number, callback: () => void): Disposable;
}

/** Whether two arrays differ from byte `begin` up to but not including byte `end`. */
export type RangeDiffers = (begin: number, end: number) => boolean;

/** Compresses memory without loss. */
export interface Packer {
  /** Compresses bytes, off the thread where possible. They must not change until it has. */
  pack(bytes: Uint8Array): Promise<Uint8Array>;
  /** Restores what was packed into an array of its former length. */
  unpack(packed: Uint8Array, into: Uint8Array): void;
}

/** Memory for pixels, comparing it, and compressing it. */
export interface Memory {
  /**
   * New memory, all zero. Where the runtime can share memory between threads, it is shared, so that
   * an encoder on another thread needs no copy.
   */
  allocate(byteLength: number): Uint8Array;
  /**
   * Prepares to compare two arrays of the same length. What the preparation costs is paid once for
   * two frames, and not for each of the thousands of ranges that may follow.
   */
  compare(one: Uint8Array, other: Uint8Array): RangeDiffers;
  /**
   * Compresses pictures that nobody looks at; undefined if the runtime can't restore them at once.
   */
  readonly packer?: Packer | undefined;
}

/**
 * What this folder needs and JavaScript itself doesn't have. `nodeRuntime` (node/) is Node's,
 * `browserRuntime` (browser/) a web page's; nothing else here knows where it runs.
 */
export interface Runtime extends Clock, Memory {
  /** Bytes as base64, without line breaks. */
  toBase64(bytes: Uint8Array): string;
  /** The image encoders that work here. The caller disposes of them. */
  acquireImageEncoders(): ImageEncoders;
  /** Makes the encoder of one video stream. */
  readonly createVideoEncoder: CreateVideoEncoder;
}
