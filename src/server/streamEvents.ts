import { boundResize, FRAME_LIMIT, HeldInput, VIEW_LIMIT, type Clock } from "../framebuffer/node";
import { PlainError } from "../protocol/errors";
import type { ResizeEvent } from "../protocol/events";
import type { StreamRfbEvent } from "../protocol/parseClientMessage";
import { EventLog } from "./eventLog";
import { EventQueue, type InputEvent } from "./eventQueue";
import { Roles, type DriverCandidate } from "./roles";
import type { StreamSettings } from "./streamOptions";
import { sizeLimit, TargetSize } from "./targetSize";

/** Who sends events. */
export interface Sender extends DriverCandidate {
  /** The name of the edge that it is connected to; undefined if it is connected here. */
  readonly edge?: string | undefined;
}

/** What {@link StreamEvents} is made of. */
export interface StreamEventsOptions {
  readonly settings: StreamSettings;
  readonly clock: Pick<Clock, "delay" | "monotonic">;
  /** Gives an event to the source. Undefined for a stream without one: then events are queued. */
  readonly handle: ((event: StreamRfbEvent) => void) | undefined;
  /** The role of any viewer may have changed. Not called where every viewer drives. */
  readonly onRoles: (roles: Roles) => void;
  readonly reportError: (error: unknown, during: string) => void;
}

/**
 * The events of a stream's viewers that drive: logged, and handled by the source or queued to be
 * polled.
 */
export class StreamEvents {
  /** Who drives. */
  readonly roles: Roles;
  readonly #options: StreamEventsOptions;
  readonly #queue: EventQueue;
  readonly #log: EventLog;
  readonly #target: TargetSize;
  readonly #began: number;
  /** What each viewer holds down, once it has sent an event. */
  readonly #held = new Map<string, { readonly sender: Sender; readonly input: HeldInput }>();
  /** The size of each viewer, that of the most recently resized one last. */
  readonly #sizes = new Map<string, { readonly sender: Sender; readonly event: ResizeEvent }>();
  /** The most recently resized viewer that is connected. */
  #newestSized: string | undefined;
  #isClosed = false;

  constructor(options: StreamEventsOptions) {
    this.#options = options;
    const { settings, clock, onRoles, reportError } = options;
    this.roles = new Roles({
      policy: settings.driver,
      onDriver: (before, now) => this.#changeDriver(before, now),
      onChange: () => {
        if (settings.driver !== "any") onRoles(this.roles);
      },
      reportError: (error) => reportError(error, "driver"),
    });
    this.#queue = new EventQueue(settings.event_queue_size);
    this.#target = new TargetSize(settings.max_render_dimension, () => clock.monotonic());
    this.#log = new EventLog({
      keepsInMemory: settings.record_events,
      path: settings.event_log,
      clock,
      onError: (error) => reportError(error, "event_log"),
    });
    this.#began = clock.monotonic();
  }

  /** The size that viewers ask for. */
  get target(): Pick<TargetSize, "size" | "ratio"> {
    return this.#target;
  }

  /** The events so far, if they are recorded. */
  get recorded(): readonly StreamRfbEvent[] {
    return this.#log.recorded;
  }

  /** Takes a viewer's event. Of one that doesn't drive only the size is kept. */
  take(sender: Sender, event: StreamRfbEvent): void {
    const { client_id } = sender;
    if (event.event_type === "resize") {
      this.#sizes.delete(client_id);
      this.#sizes.set(client_id, { sender, event });
      this.#newestSized = client_id;
      if (!this.roles.sizeCounts(client_id)) return;
      this.#log.add(event);
      this.#resize(sender, event);
      return;
    }
    if (!this.roles.drives(client_id)) return;
    const held = this.#held.get(client_id) ?? { sender, input: new HeldInput() };
    this.#held.set(client_id, held);
    held.input.record(event);
    this.#logAndDeliver(sender, event);
  }

  /**
   * A viewer has left: releases what it held down. If the picture had its size, it gets that of the
   * viewer that was resized before. If it was the driver, the next one drives.
   */
  leave(clientId: string): void {
    this.release(clientId);
    this.#sizes.delete(clientId);
    if (this.#isClosed) return;
    if (clientId === this.#newestSized) this.#returnToSizeBefore();
    this.roles.leave(clientId);
  }

  /** The most recently resized viewer has left. */
  #returnToSizeBefore(): void {
    const before = [...this.#sizes.values()].at(-1);
    this.#newestSized = before?.sender.client_id;
    // Where one viewer drives, the next driver brings its own size.
    if (before !== undefined && this.roles.driver === undefined) {
      this.#resize(before.sender, before.event);
    }
  }

  /** The driver before lets go of everything, and the picture gets the new one's size. */
  #changeDriver(before: string | undefined, now: string | undefined): void {
    if (before !== undefined) this.release(before);
    const own = now === undefined ? undefined : this.#sizes.get(now);
    if (own !== undefined) this.#resize(own.sender, own.event);
  }

  /** A viewer that is gone, or drives no longer, sends no key_up and no pointer_up. */
  release(clientId: string): void {
    const held = this.#held.get(clientId);
    if (held === undefined) return;
    this.#held.delete(clientId);
    for (const event of held.input.release()) this.#logAndDeliver(held.sender, event);
  }

  #logAndDeliver(sender: Sender, event: StreamRfbEvent): void {
    this.#log.add(event);
    this.#deliver(sender, event);
  }

  #resize(sender: Sender, event: ResizeEvent): void {
    const { max_render_dimension, resize_policy } = this.#options.settings;
    if (resize_policy === "match_client") this.#target.ask(event);
    const logical = max_render_dimension === null ? FRAME_LIMIT : VIEW_LIMIT;
    const bounded = boundResize(event, sizeLimit(max_render_dimension), logical);
    this.#deliver(sender, bounded);
  }

  #deliver(sender: Sender, event: StreamRfbEvent): void {
    const { handle, clock } = this.#options;
    if (handle !== undefined) {
      handle(event);
      return;
    }
    const received_us = Math.round((clock.monotonic() - this.#began) * 1e6);
    this.#queue.push({ ...sender, event, received_us });
    if (this.#queue.dropped > 0) this.#reportDropped();
  }

  /** Removes all queued events and returns them, oldest first. */
  poll(): InputEvent[] {
    return this.#queue.drain();
  }

  /** Yields events as they come, until the stream ends. */
  iterate(): AsyncGenerator<InputEvent, void, void> {
    return this.#queue.iterate();
  }

  /** Forgets the recorded events. */
  clearRecorded(): void {
    this.#log.clear();
  }

  /** Releases what viewers hold down, and ends iteration. Resolves when the log is written. */
  close(): Promise<void> {
    for (const clientId of [...this.#held.keys()]) this.release(clientId);
    this.#isClosed = true;
    this.#queue.close();
    return this.#log.close();
  }

  #reportDropped(): void {
    const { reportError, settings } = this.#options;
    reportError(
      new PlainError(
        `Cannot keep more than ${settings.event_queue_size} events: nobody polls them, and the oldest are dropped`,
      ),
      "events",
    );
  }
}
