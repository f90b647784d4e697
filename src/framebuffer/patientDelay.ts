import type { Disposable } from "../protocol/transport";
import type { Clock } from "./runtime";

/**
 * Parts that the time is waited for in. After the thread was blocked, a timer fires before what
 * came meanwhile is read; then only one part has passed.
 */
const PARTS = 4;

/**
 * Calls back after this many seconds, as {@link Clock.delay} does, but time in which the thread was
 * blocked hardly counts: for limits on what others take, such as an answer.
 */
export function patientDelay(
  clock: Pick<Clock, "delay">,
  seconds: number,
  callback: () => void,
): Disposable {
  let timer: Disposable;
  const waitFor = (parts: number): void => {
    timer = clock.delay(seconds / PARTS, () => {
      if (parts > 1) waitFor(parts - 1);
      else callback();
    });
  };
  waitFor(PARTS);
  return { dispose: () => timer.dispose() };
}
