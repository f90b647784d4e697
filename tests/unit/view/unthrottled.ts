import type { WireEvent } from "../../../src/protocol/events";
import { EventThrottle } from "../../../src/view/input/eventThrottle";
import { fakeScreen, fakeTimers } from "../picture/frames";

/** A throttle that sends every event at once, into a list. */
export function unthrottled(sent: WireEvent[]): EventThrottle {
  const { clock, timers } = fakeTimers();
  const { frames } = fakeScreen(clock);
  const throttle = new EventThrottle({ send: (event) => sent.push(event), timers, frames });
  throttle.setInterval(0);
  return throttle;
}
