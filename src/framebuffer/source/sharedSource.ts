import { PlainError } from "../../protocol/errors";
import type { ResizeEvent } from "../../protocol/events";
import { isPromiseLike } from "../../protocol/promiseLike";
import { patientDelay } from "../patientDelay";
import type { Clock } from "../runtime";
import { EventTurns } from "./eventTurns";
import type { FrameSource } from "./frameSource";

/** Seconds after which a get_frame() whose Promise has not settled is reported. */
export const SLOW_DRAW_SECONDS = 10;

/** Is notified of a get_frame() that does not end. */
export interface SlowDrawWatch {
  readonly clock: Pick<Clock, "delay">;
  /** Called once for a draw. The draw goes on. */
  reportSlow(error: Error): void;
}

/**
 * What the routes that show one source share: only one of them draws at a time, the source handles
 * one event after another, and it gets one close event.
 *
 * A route is whatever shows the source: a widget on its comm, or a stream on WebSockets.
 */
export class SharedSource {
  /** The events of all routes. */
  readonly events: EventTurns = new EventTurns();
  /** The newest resize event of any route. */
  lastResize: ResizeEvent | undefined;
  readonly #routes = new Set<object>();
  /** Starts the draws that wait for their turn, in order. */
  readonly #waiting: (() => void)[] = [];
  #isDrawing = false;
  #isInsideGetFrame = false;
  #isClosed = false;

  /**
   * Draws in turn: at once if no draw is under way, otherwise after the draws that were asked for
   * earlier.
   *
   * @param getFrame - calls get_frame(). It is called when the turn has come; a caller that no
   * longer needs the frame returns null there instead.
   * @param take - gets the result before the next draw starts, because the pixels may lie in memory
   * that get_frame() uses again. Called with null, and without a draw, if get_frame() itself asks:
   * it can't wait for its own end.
   * @param watch - nobody is notified if it is left out
   * @returns what `take` returns; a Promise if the draw is asynchronous or has to wait
   * @throws what either of them throws; as a rejection if a Promise was returned
   */
  draw<Result>(
    getFrame: () => unknown,
    take: (frame: unknown) => Result,
    watch?: SlowDrawWatch,
  ): Result | Promise<Result> {
    if (this.#isInsideGetFrame) return take(null);
    if (!this.#isDrawing) return this.#drawNow(getFrame, take, watch);
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() =>
      this.#drawNow(getFrame, take, watch),
    );
  }

  /**
   * A route shows the source from now on, which opens the source. Adding it twice changes nothing.
   */
  addRoute(route: object): void {
    this.#routes.add(route);
    this.#isClosed = false;
  }

  /**
   * A route no longer shows the source.
   *
   * @returns whether the source must now get a close event: it was the last route, and the source
   * was not closed before
   */
  removeRoute(route: object): boolean {
    return this.#routes.delete(route) && this.#routes.size === 0 && this.close();
  }

  /**
   * Closes the source, until a route is added again.
   *
   * @returns whether the source must now get a close event; false if it was closed before
   */
  close(): boolean {
    const isFirst = !this.#isClosed;
    this.#isClosed = true;
    return isFirst;
  }

  #drawNow<Result>(
    getFrame: () => unknown,
    take: (frame: unknown) => Result,
    watch: SlowDrawWatch | undefined,
  ): Result | Promise<Result> {
    this.#isDrawing = true;
    let isPending = false;
    try {
      const frame = this.#callGetFrame(getFrame);
      if (!isPromiseLike(frame)) return take(frame);
      isPending = true;
      const timer =
        watch &&
        patientDelay(watch.clock, SLOW_DRAW_SECONDS, () =>
          watch.reportSlow(
            new PlainError(
              `get_frame() has not ended after ${SLOW_DRAW_SECONDS} s; nothing is drawn until its Promise settles`,
            ),
          ),
        );
      return Promise.resolve(frame)
        .finally(() => timer?.dispose())
        .then(take)
        .finally(() => this.#endTurn());
    } finally {
      if (!isPending) this.#endTurn();
    }
  }

  #callGetFrame(getFrame: () => unknown): unknown {
    this.#isInsideGetFrame = true;
    try {
      return getFrame();
    } finally {
      this.#isInsideGetFrame = false;
    }
  }

  /** Hands the turn to the next draw in line, so that no later one can get ahead of it. */
  #endTurn(): void {
    const next = this.#waiting.shift();
    this.#isDrawing = next !== undefined;
    next?.();
  }
}

const sharedSources = new WeakMap<FrameSource, SharedSource>();

/** What all routes in this process that show `source` share. */
export function sharedSource(source: FrameSource): SharedSource {
  const known = sharedSources.get(source);
  if (known !== undefined) return known;
  const shared = new SharedSource();
  sharedSources.set(source, shared);
  return shared;
}

/**
 * Makes `wrapper` count as `source`: draws of either take turns, and the two share one close event.
 *
 * @returns the wrapper
 */
export function wrapSource(source: FrameSource, wrapper: FrameSource): FrameSource {
  sharedSources.set(wrapper, sharedSource(source));
  return wrapper;
}
