/** The timers of an example, which end with it. */

type Callback = (...args: unknown[]) => void;

/** What an example's program gets in place of the page's own functions. */
export interface Timers {
  setTimeout(callback: Callback, milliseconds?: number, ...args: unknown[]): number;
  clearTimeout(timer: number): void;
  setInterval(callback: Callback, milliseconds?: number, ...args: unknown[]): number;
  clearInterval(timer: number): void;
  /** Node's: calls back after the events that wait. */
  setImmediate(callback: Callback, ...args: unknown[]): number;
  clearImmediate(timer: number): void;
  requestAnimationFrame(callback: FrameRequestCallback): number;
  cancelAnimationFrame(request: number): void;
}

/** Creates timers, and what ends them all. No new one starts after that. */
export function createTimers(): { readonly timers: Timers; dispose(): void } {
  const running = new Set<() => void>();
  let isDisposed = false;
  /** Remembers a timer by what stops it. */
  const start = (timer: number, stop: (timer: number) => void): number => {
    if (isDisposed) stop(timer);
    else running.add(() => stop(timer));
    return timer;
  };
  const setTimeout: Timers["setTimeout"] = (callback, milliseconds, ...args) =>
    start(window.setTimeout(callback, milliseconds, ...args), clearTimeout);
  return {
    timers: {
      setTimeout,
      clearTimeout,
      setInterval: (callback, milliseconds, ...args) =>
        start(window.setInterval(callback, milliseconds, ...args), clearInterval),
      clearInterval,
      setImmediate: (callback, ...args) => setTimeout(callback, 0, ...args),
      clearImmediate: clearTimeout,
      requestAnimationFrame: (callback) =>
        start(requestAnimationFrame(callback), cancelAnimationFrame),
      cancelAnimationFrame,
    },
    dispose() {
      isDisposed = true;
      for (const stop of running) stop();
      running.clear();
    },
  };
}
