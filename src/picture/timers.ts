/** The clock and timers that policies get injected, so that tests can control time. */
import type { Disposable } from "../protocol/transport";

/** Schedules callbacks. */
export interface Timers {
  /** Calls back once after a delay in milliseconds, unless the returned timer is disposed first. */
  after(milliseconds: number, callback: () => void): Disposable;
}

/** The browser's own timers. */
export const browserTimers: Timers = {
  after(milliseconds, callback) {
    const handle = setTimeout(callback, milliseconds);
    return { dispose: () => clearTimeout(handle) };
  },
};

/** The frames in which a browser shows what was painted. */
export interface AnimationFrames {
  /**
   * Calls back once, before the next frame is shown, with the frame's time in milliseconds by the
   * clock of `performance.now()`, unless the returned request is disposed first.
   */
  request(callback: (time: number) => void): Disposable;
}

/**
 * Milliseconds without an animation frame after which nothing should wait for one: browsers give
 * hidden pages none.
 */
export const HIDDEN_AFTER_MS = 100;

/**
 * The browser's own animation frames, in a page or a worker. None come while the page is hidden,
 * nor in a worker of a browser that gives workers none.
 */
export const browserFrames: AnimationFrames = {
  request(callback) {
    const { requestAnimationFrame: request } = globalThis as Partial<AnimationFrameProvider>;
    const handle = request?.call(globalThis, callback);
    return {
      dispose: () => {
        if (handle !== undefined) cancelAnimationFrame(handle);
      },
    };
  },
};

/**
 * The browser's monotonic clock in seconds. `Event.timeStamp` is of the same clock, in
 * milliseconds.
 */
export function nowInSeconds(): number {
  return performance.now() / 1000;
}
