import { PlainError } from "../../protocol/errors";
import { isPromiseLike } from "../../protocol/promiseLike";
import { patientDelay } from "../patientDelay";
import type { Clock } from "../runtime";

/** Seconds that an asynchronous handle_event() may take before later events stop waiting for it. */
export const MAX_HANDLING_SECONDS = 10;

/** The same once it has taken too long, until it ends in time again. */
export const NEXT_HANDLING_SECONDS = 1;

/** Events that may wait for an asynchronous handle_event(). */
export const MAX_WAITING_EVENTS = 1000;

/** Types of which an event may be dropped where a newer one of its type follows. */
const REPLACEABLE: ReadonlySet<string> = new Set(["pointer_move", "wheel", "resize"]);

/** Types without which a source would stay open, or take a key or a button to be down. */
const ENDS: ReadonlySet<string> = new Set(["pointer_up", "pointer_leave", "key_up", "close"]);

/** One call of handle_event(). */
export interface EventCall {
  /** The event's type, for errors. */
  readonly type: string;
  readonly clock: Pick<Clock, "delay">;
  /** Calls handle_event(). The user's method may return anything, whatever its type says. */
  handle(): unknown;
  /** The call has returned or thrown; called again once its Promise has settled. */
  onProgress?(): void;
  reportError(error: unknown): void;
}

/**
 * Calls a source's handle_event() for one event after another, in the order in which the events
 * came: an event waits until the Promise of the one before has settled. Without Promises every call
 * is made at once.
 */
export class EventTurns {
  readonly #waiting: EventCall[] = [];
  /** Whether a Promise of handle_event() is pending. */
  #isBusy = false;
  #maxSeconds = MAX_HANDLING_SECONDS;

  /** Makes a call when its turn has come. A close event always gets its turn. */
  take(call: EventCall): void {
    this.#waiting.push(call);
    if (this.#waiting.length > MAX_WAITING_EVENTS && call.type !== "close") {
      const problem = `Cannot keep more than ${MAX_WAITING_EVENTS} events: handle_event takes too long, and events are dropped`;
      call.reportError(new PlainError(problem));
      this.#waiting.splice(this.#leastNeeded(call), 1);
    }
    this.#takeTurns();
  }

  /** Makes a call now, also while another one is under way. */
  takeNow(call: EventCall): void {
    const result = callHandler(call);
    if (!isPromiseLike(result)) return;
    Promise.resolve(result).then(
      () => call.onProgress?.(),
      (error: unknown) => {
        call.reportError(error);
        call.onProgress?.();
      },
    );
  }

  /**
   * The index of the event to drop: the oldest that a newer one of its type replaces. Where there
   * is none, it is the newest event; if that ends something, the oldest that ends nothing.
   */
  #leastNeeded(newest: EventCall): number {
    const types = this.#waiting.map(({ type }) => type);
    const replaced = types.findIndex(
      (type, at) => REPLACEABLE.has(type) && types.lastIndexOf(type) > at,
    );
    if (replaced >= 0) return replaced;
    const other = ENDS.has(newest.type) ? types.findIndex((type) => !ENDS.has(type)) : -1;
    return other >= 0 ? other : types.length - 1;
  }

  #takeTurns(): void {
    while (!this.#isBusy) {
      const call = this.#waiting.shift();
      if (call === undefined) return;
      const result = callHandler(call);
      if (isPromiseLike(result)) this.#wait(call, result);
    }
  }

  #wait(call: EventCall, result: PromiseLike<unknown>): void {
    this.#isBusy = true;
    let isOver = false;
    const end = (maxSeconds: number): void => {
      if (isOver) return;
      isOver = true;
      this.#maxSeconds = maxSeconds;
      timer.dispose();
      this.#isBusy = false;
      call.onProgress?.();
      this.#takeTurns();
    };
    const seconds = this.#maxSeconds;
    const timer = patientDelay(call.clock, seconds, () => {
      const problem = `handle_event has not ended ${seconds} s after a ${call.type} event; later events no longer wait for it`;
      call.reportError(new PlainError(problem));
      end(NEXT_HANDLING_SECONDS);
    });
    Promise.resolve(result)
      .catch((error: unknown) => call.reportError(error))
      .finally(() => end(MAX_HANDLING_SECONDS));
  }
}

/** Calls the handler, and reports what it throws. */
function callHandler(call: EventCall): unknown {
  let result: unknown;
  try {
    result = call.handle();
  } catch (error) {
    call.reportError(error);
  }
  call.onProgress?.();
  return result;
}
