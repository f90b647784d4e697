import type * as Nats from "@nats-io/transport-node";
import { errorMessage, PlainError } from "../protocol/errors";
import type { Disposable } from "../protocol/transport";
import type { Login, NatsSettings } from "./brokerOptions";
import { probeNats } from "./natsProbe";

/** What carries messages between a publisher and its edges. Tests have their own. */
export interface Broker {
  /** Whether messages can be sent now. */
  readonly isConnected: boolean;
  /** Subjects that the broker doesn't permit. */
  readonly denied: ReadonlySet<string>;
  /** Bytes of a message at most. */
  readonly maxPayload: number;
  /**
   * Sends a message to those who listen now. Without a connection it is dropped. One that is larger
   * than {@link maxPayload} is dropped and reported.
   */
  publish(subject: string, payload: Uint8Array | string): void;
  /** Calls back with each message. Goes on after a lost connection. */
  subscribe(subject: string, onMessage: (payload: Uint8Array, subject: string) => void): Disposable;
  /** Resolves when the broker has got what was sent; rejects when the connection is lost first. */
  flush(): Promise<void>;
  /** Calls back when the connection is lost, or is there again. */
  onConnection(listener: (isConnected: boolean) => void): Disposable;
  /** Ends the connection, when what was sent has arrived or can't in a second. Idempotent. */
  close(): Promise<void>;
}

/** How a broker is reached. */
export interface BrokerOptions {
  readonly settings: NatsSettings;
  /** The name by which the broker's own tools show this connection. */
  readonly name: string;
  /** Gets what the broker refuses. */
  readonly onError: (error: Error) => void;
  /** Gets what its operator should know, but isn't an error. */
  readonly onNote: (text: string) => void;
  /** Finds out whether NATS answers at an address. @defaultValue by a connection of its own */
  readonly probe?: (server: string, milliseconds: number) => Promise<void>;
}

/** Milliseconds between two attempts to connect again. */
const RECONNECT_MS = 500;

/** Milliseconds from one ping to the next. The second without an answer ends the connection. */
const PING_MS = 4000;

/** Milliseconds that closing may take. */
const CLOSE_MS = 1000;

/** Milliseconds that a server may take to answer. */
const CONNECT_MS = 5000;

/**
 * Connects to NATS.
 *
 * @throws Error (as a rejection) that says why it can't and what to do
 */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
  const { settings, name, probe = probeNats } = options;
  const { connect, ...nats } = await loadNats();
  const { servers, tls, login } = settings;
  try {
    await Promise.any(servers.map((server) => probe(server, CONNECT_MS)));
    const connection = await connect({
      servers: [...servers],
      name,
      // Publishers of one name talk to each other, not to themselves.
      noEcho: true,
      maxReconnectAttempts: -1,
      // A server that has just started may not know its users yet.
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: RECONNECT_MS,
      pingInterval: PING_MS,
      timeout: CONNECT_MS,
      ...(tls === undefined
        ? {}
        : {
            tls: {
              ...file("caFile", tls.ca_file),
              ...file("certFile", tls.cert_file),
              ...file("keyFile", tls.key_file),
            },
          }),
      ...credentials(login, nats),
    });
    return new NatsBroker(connection, options);
  } catch (error) {
    const where = servers.join(", ");
    const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
    throw new Error(`Cannot connect to NATS at ${where}: ${reasonOf(cause)}`, { cause });
  }
}

/** @throws Error if the broker doesn't permit a subject that was used before */
export function expectPermission(broker: Pick<Broker, "denied">, subject: string): void {
  if (!broker.denied.has(subject)) return;
  throw new Error(
    `NATS doesn't permit this login to use ${subject}; docs/SCALING.md lists the subjects that each part needs`,
  );
}

async function loadNats(): Promise<typeof Nats> {
  try {
    return await import("@nats-io/transport-node");
  } catch (error) {
    throw new Error(
      "Cannot use NATS: the package @nats-io/transport-node is missing; npm install @nats-io/transport-node",
      { cause: error },
    );
  }
}

function file<Name extends string>(
  name: Name,
  path: string | undefined,
): { [Key in Name]?: string } {
  return (path === undefined ? {} : { [name]: path }) as { [Key in Name]?: string };
}

function credentials(
  login: Login,
  nats: Pick<typeof Nats, "credsAuthenticator" | "nkeyAuthenticator">,
): Partial<Nats.NodeConnectionOptions> {
  switch (login.kind) {
    case "none":
      return {};
    case "password":
      return { user: login.user, pass: login.password };
    case "token":
      return { token: login.token };
    case "creds":
      return { authenticator: nats.credsAuthenticator(login.content) };
    case "nkey":
      return { authenticator: nats.nkeyAuthenticator(login.content) };
  }
}

function reasonOf(error: unknown): string {
  const text = errorMessage(error);
  if (/connection refused|ECONNREFUSED/i.test(text)) {
    return "nothing answers there; start a server with nats-server, or correct the address";
  }
  if (/authorization|authentication/i.test(text)) {
    return `${text}; check user and password, token or credentials`;
  }
  // For other rejections, such as an account at its limit, the client retries until time is up.
  if (error instanceof Error && error.name === "TimeoutError") {
    return `the login took longer than ${CONNECT_MS / 1000} s; the log of the NATS server says why`;
  }
  return text;
}

class NatsBroker implements Broker {
  readonly #connection: Nats.NatsConnection;
  readonly denied = new Set<string>();
  readonly #onError: (error: Error) => void;
  readonly #onNote: (text: string) => void;
  readonly #listeners = new Set<(isConnected: boolean) => void>();
  #isConnected = true;
  #isClosing = false;

  constructor(
    connection: Nats.NatsConnection,
    { onError, onNote }: Pick<BrokerOptions, "onError" | "onNote">,
  ) {
    this.#connection = connection;
    this.#onError = onError;
    this.#onNote = onNote;
    this.#watch().catch((error: unknown) => onError(new PlainError(errorMessage(error))));
  }

  get isConnected(): boolean {
    return this.#isConnected && !this.#connection.isClosed();
  }

  get maxPayload(): number {
    return this.#connection.info?.max_payload ?? 1_048_576;
  }

  publish(subject: string, payload: Uint8Array | string): void {
    if (!this.isConnected) return;
    try {
      this.#connection.publish(subject, payload);
    } catch (error) {
      // It is too large. The timers that send must go on.
      const reason = errorMessage(error);
      this.#onError(
        new PlainError(`NATS: cannot publish to "${subject}": ${reason}`, { cause: error }),
      );
    }
  }

  subscribe(
    subject: string,
    onMessage: (payload: Uint8Array, subject: string) => void,
  ): Disposable {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        // What the broker refuses comes as a status, too.
        if (error !== null) return;
        try {
          onMessage(message.data, message.subject);
        } catch (problem) {
          // It would end the reading of all messages.
          this.#onError(new PlainError(errorMessage(problem), { cause: problem }));
        }
      },
    });
    return {
      dispose: () => {
        if (!this.#connection.isClosed()) subscription.unsubscribe();
      },
    };
  }

  flush(): Promise<void> {
    if (!this.isConnected) return Promise.reject(new Error("The broker can't be reached"));
    return this.#connection.flush();
  }

  onConnection(listener: (isConnected: boolean) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#listeners.clear();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([this.flush().catch(() => undefined), limit]);
    clearTimeout(timer);
    await this.#connection.close();
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) this.#take(status);
  }

  #take(status: Nats.Status): void {
    if (status.type === "error") {
      const { subject } = status.error as { readonly subject?: unknown };
      if (typeof subject === "string") this.denied.add(subject);
      const hint = /permissions/i.test(status.error.message)
        ? "; docs/SCALING.md lists the subjects that each part needs"
        : "";
      this.#onError(new PlainError(`NATS: ${status.error.message}${hint}`));
    }
    if (status.type === "close" && !this.#isClosing) {
      this.#onError(
        new PlainError("NATS: the connection is closed for good; start this program again"),
      );
    }
    const isConnected = status.type === "reconnect";
    if (!isConnected && status.type !== "disconnect" && status.type !== "close") return;
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    if (!this.#isClosing) {
      this.#onNote(isConnected ? "NATS is back" : "The connection to NATS is lost; reconnecting");
    }
    for (const listener of [...this.#listeners]) listener(isConnected);
  }
}
