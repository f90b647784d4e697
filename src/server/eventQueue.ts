import type { Principal } from "../hosting/auth";
import type { StreamRfbEvent } from "../protocol/parseClientMessage";

/** What a viewer did. */
export interface InputEvent {
  /** Identifies the viewer as long as it is connected. */
  readonly client_id: string;
  /** What `authenticate` returned for the viewer; null if the stream has no `authenticate`. */
  readonly principal: Principal;
  /**
   * The name of the edge that the viewer is connected to, where the stream is published to NATS;
   * missing for a viewer of this server.
   */
  readonly edge?: string | undefined;
  /** The event. Positions are in pixels of the frame. */
  readonly event: StreamRfbEvent;
  /** When the event came, in microseconds since the stream began. */
  readonly received_us: number;
}

/** Holds events until they are polled or iterated over. A full queue drops the oldest. */
export class EventQueue {
  readonly #maxLength: number;
  #events: InputEvent[] = [];
  #dropped = 0;
  #closed = false;
  /** Wakes the iterators that wait for an event. */
  #waiting: (() => void)[] = [];

  /** @param maxLength - events to hold, 1 or more */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** How many events were dropped because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds an event. Does nothing once the queue is closed. */
  push(event: InputEvent): void {
    if (this.#closed) return;
    if (this.#events.length >= this.#maxLength) {
      this.#events.shift();
      this.#dropped += 1;
    }
    this.#events.push(event);
    this.#wake();
  }

  /** Removes all events and returns them, oldest first. */
  drain(): InputEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Removes and yields one event after the other, until the queue is closed and empty. */
  async *iterate(): AsyncGenerator<InputEvent, void, void> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Accepts no more events. Those in the queue can still be taken. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
