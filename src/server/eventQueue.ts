import type { StreamRfbEvent } from "../protocol/streamParse";
import type { Principal } from "./auth";

/** What a viewer did. */
export interface InputEvent {
  /** Which viewer: a name for the time of its connection. */
  readonly client_id: string;
  /** What `authenticate` gave for it; null without. */
  readonly principal: Principal;
  /** Positions are in pixels of the frame. */
  readonly event: StreamRfbEvent;
  /** When it came, in microseconds since the stream began. */
  readonly received_us: number;
}

/** Holds events until somebody takes them; the oldest give way when nobody does. */
export class EventQueue {
  readonly #most: number;
  #events: InputEvent[] = [];
  #dropped = 0;
  #closed = false;
  /** Wakes those who wait for the next one. */
  #waiting: (() => void)[] = [];

  /** @param most - events that are held, >= 1 */
  constructor(most: number) {
    this.#most = most;
  }

  /** Events that gave way, since nobody took them in time. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds an event. */
  push(event: InputEvent): void {
    if (this.#closed) return;
    if (this.#events.length >= this.#most) {
      this.#events.shift();
      this.#dropped += 1;
    }
    this.#events.push(event);
    this.#wake();
  }

  /** Takes all that are there, oldest first. */
  drain(): InputEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Takes one after the other as they come, until the queue is closed and empty. */
  async *take(): AsyncGenerator<InputEvent, void, void> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Takes no more. What is there can still be taken. */
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
