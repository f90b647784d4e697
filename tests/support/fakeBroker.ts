/** A broker in memory, with as many connections as a test needs. */
import type { Disposable } from "../../src/protocol/transport";
import type { Broker } from "../../src/relay/broker";
import type { FakeClock } from "./fakeClock";

/** A message that a connection has sent. */
export interface SentMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
}

/** What all connections of a broker share. */
export class FakeNats {
  maxPayload = 1_048_576;
  /** Everything that was sent, oldest first. */
  readonly sent: SentMessage[] = [];
  /** The subjects of messages that were too large. */
  readonly refused: string[] = [];
  readonly #connections: FakeBroker[] = [];
  /** Runs what comes after a message was sent. */
  readonly later: (callback: () => void) => unknown;

  /** @param clock - delivers messages in its turns; without one they come at once */
  constructor(clock?: Pick<FakeClock, "defer">) {
    this.later =
      clock === undefined ? (callback) => callback() : (callback) => clock.defer(callback);
  }

  connect(): FakeBroker {
    const connection = new FakeBroker(this);
    this.#connections.push(connection);
    return connection;
  }

  /** The subjects that are subscribed to, on all connections. */
  get subscriptions(): string[] {
    return this.#connections.flatMap((connection) => connection.subscriptions);
  }

  /** The messages with a subject that matches. */
  sentTo(subject: string): SentMessage[] {
    return this.sent.filter((message) => matches(subject, message.subject));
  }

  /** Sends a message to all connections but the one that it comes from. */
  deliver(sender: FakeBroker | undefined, subject: string, payload: Uint8Array | string): void {
    const bytes =
      typeof payload === "string" ? new TextEncoder().encode(payload) : new Uint8Array(payload);
    if (bytes.length > this.maxPayload) {
      this.refused.push(subject);
      return;
    }
    this.sent.push({ subject, payload: bytes });
    for (const connection of this.#connections) {
      if (connection !== sender) connection.receive(subject, bytes);
    }
  }
}

/** One connection. */
export class FakeBroker implements Broker {
  readonly #nats: FakeNats;
  readonly #listeners = new Set<(isConnected: boolean) => void>();
  readonly #subscriptions = new Set<{
    readonly subject: string;
    readonly onMessage: (payload: Uint8Array, subject: string) => void;
  }>();
  #isConnected = true;
  readonly denied = new Set<string>();
  /** Flushes to come fail, as if the connection got lost meanwhile. */
  failsFlush = false;

  constructor(nats: FakeNats) {
    this.#nats = nats;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Loses the connection, or has it back. */
  set isConnected(isConnected: boolean) {
    this.#isConnected = isConnected;
    for (const listener of [...this.#listeners]) listener(isConnected);
  }

  get maxPayload(): number {
    return this.#nats.maxPayload;
  }

  get subscriptions(): string[] {
    return [...this.#subscriptions].map(({ subject }) => subject);
  }

  /** How many wait for changes of the connection. */
  get listeners(): number {
    return this.#listeners.size;
  }

  publish(subject: string, payload: Uint8Array | string): void {
    if (this.#isConnected) this.#nats.deliver(this, subject, payload);
  }

  subscribe(
    subject: string,
    onMessage: (payload: Uint8Array, subject: string) => void,
  ): Disposable {
    const subscription = { subject, onMessage };
    this.#subscriptions.add(subscription);
    return { dispose: () => this.#subscriptions.delete(subscription) };
  }

  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      const answer = (): void => {
        if (this.#isConnected && !this.failsFlush) resolve();
        else reject(new Error("The broker can't be reached"));
      };
      this.#nats.later(answer);
    });
  }

  onConnection(listener: (isConnected: boolean) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  close(): Promise<void> {
    this.#isConnected = false;
    this.#listeners.clear();
    this.#subscriptions.clear();
    return Promise.resolve();
  }

  /** Gets a message from another connection. */
  receive(subject: string, payload: Uint8Array): void {
    for (const subscription of [...this.#subscriptions]) {
      if (!matches(subscription.subject, subject)) continue;
      this.#nats.later(() => {
        const isListening = this.#isConnected && this.#subscriptions.has(subscription);
        if (isListening) subscription.onMessage(payload, subject);
      });
    }
  }
}

function matches(pattern: string, subject: string): boolean {
  const [wanted, given] = [pattern.split("."), subject.split(".")];
  return (
    wanted.length === given.length && wanted.every((part, at) => part === "*" || part === given[at])
  );
}
