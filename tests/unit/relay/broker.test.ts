import { beforeEach, describe, expect, it, vi } from "vitest";
import { connectBroker } from "../../../src/relay/broker";
import { natsSettings, type NatsOption } from "../../../src/relay/brokerOptions";

/** A connection of the client library, as far as a broker uses it. */
class FakeConnection {
  isDone = false;
  readonly published: string[] = [];
  readonly info = { max_payload: 100 };
  callback: ((error: Error | null, message: object) => void) | undefined;
  unsubscribed = 0;
  readonly #statuses: object[] = [];
  #wake: (() => void) | undefined;

  readonly isClosed = (): boolean => this.isDone;
  readonly flush = (): Promise<void> => Promise.resolve();
  publish(subject: string, payload: string): void {
    if (payload.length > 100) throw new Error("max_payload size exceeded");
    this.published.push(subject);
  }
  subscribe(_subject: string, options: { callback: FakeConnection["callback"] }) {
    this.callback = options.callback;
    return { unsubscribe: () => (this.unsubscribed += 1) };
  }
  close(): Promise<void> {
    this.isDone = true;
    return Promise.resolve();
  }
  /** The library tells of a status. */
  async tell(status: object): Promise<void> {
    this.#statuses.push(status);
    this.#wake?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  async *status(): AsyncGenerator<object> {
    for (;;) {
      while (this.#statuses.length > 0) yield this.#statuses.shift() ?? {};
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

const library = vi.hoisted(() => ({
  connect: vi.fn<(options: object) => Promise<unknown>>(),
}));
vi.mock("@nats-io/transport-node", () => ({
  connect: library.connect,
  credsAuthenticator: () => "creds",
  nkeyAuthenticator: () => "nkey",
}));

let connection: FakeConnection;
const errors: string[] = [];
const notes: string[] = [];
beforeEach(() => {
  connection = new FakeConnection();
  errors.length = 0;
  notes.length = 0;
  library.connect.mockReset().mockImplementation(() => Promise.resolve(connection));
});

const open = (option: NatsOption = "nats://host") =>
  connectBroker({
    settings: natsSettings(option, {}),
    name: "test",
    onError: (error) => errors.push(error.message),
    onNote: (text) => notes.push(text),
    probe: () => Promise.resolve(),
  });

describe("a connection to NATS", () => {
  it.each([
    ["host", {}],
    ["u:p@host", { user: "u", pass: "p" }],
    ["t@host", { token: "t" }],
    [{ servers: "host", tls: { ca_file: "ca.pem" } }, { tls: { caFile: "ca.pem" } }],
  ])("logs in as %j says", async (option, expected) => {
    await open(option);
    const options = library.connect.mock.lastCall?.[0];
    expect(options).toMatchObject({ servers: ["nats://host:4222"], noEcho: true, ...expected });
    const secrets = Object.keys(options ?? {}).filter((name) =>
      ["user", "pass", "token", "authenticator", "tls"].includes(name),
    );
    expect(secrets).toEqual(Object.keys(expected));
  });

  it.each([
    ["connection refused", /nothing answers there; start a server with nats-server/],
    ["Authorization Violation", /Authorization Violation; check user and password, token or/],
    ["no route", /no route/],
  ])("that fails with %o says where, why, and no secret", async (reason, expected) => {
    library.connect.mockImplementation(() => Promise.reject(new Error(reason)));
    const error = await open("nats://ada:hunter2@host:5222").catch(String);
    expect(error).toMatch(/Cannot connect to NATS at nats:\/\/host:5222: /);
    expect(error).toMatch(expected);
    expect(error).not.toMatch(/hunter2|ada/);
  });

  it("that the broker doesn't answer, as for an account without connections, says where to look", async () => {
    const timeout = Object.assign(new Error("timeout"), { name: "TimeoutError" });
    library.connect.mockImplementation(() => Promise.reject(timeout));
    await expect(open()).rejects.toThrow(
      /^Cannot connect to NATS at nats:\/\/host:4222: the login took longer than 5 s; the log of the NATS server says why$/,
    );
  });

  it("passes messages on, but none that the broker refused", async () => {
    const broker = await open();
    const seen: string[] = [];
    const subscription = broker.subscribe("a.*", (payload, subject) =>
      seen.push(`${subject} ${payload.length}`),
    );
    connection.callback?.(null, { data: new Uint8Array(3), subject: "a.b" });
    connection.callback?.(new Error("permissions violation"), {});
    expect(seen).toEqual(["a.b 3"]);
    subscription.dispose();
    expect(connection.unsubscribed).toBe(1);
    expect(broker.maxPayload).toBe(100);
  });

  it("tells once when it is lost, and once when it is there again", async () => {
    const broker = await open();
    const seen: boolean[] = [];
    const listening = broker.onConnection((isConnected) => seen.push(isConnected));
    for (const type of ["ping", "disconnect", "reconnecting", "disconnect"]) {
      await connection.tell({ type });
    }
    expect([seen, broker.isConnected]).toEqual([[false], false]);
    broker.publish("a", "text");
    await expect(broker.flush()).rejects.toThrow(/can't be reached/);
    await connection.tell({ type: "reconnect" });
    expect([seen, broker.isConnected]).toEqual([[false, true], true]);
    expect(notes).toEqual(["The connection to NATS is lost; reconnecting", "NATS is back"]);
    broker.publish("b", "text");
    expect(connection.published).toEqual(["b"]);
    listening.dispose();
    await connection.tell({ type: "close" });
    expect(seen).toEqual([false, true]);
    await broker.close();
    expect(broker.isConnected).toBe(false);
    broker.subscribe("a", () => undefined).dispose();
    expect(connection.unsubscribed).toBe(0);
  });

  it("reports what the broker refuses, and what it can't take", async () => {
    const broker = await open();
    await connection.tell({ type: "error", error: new Error("Permissions Violation for x") });
    broker.publish("a", "x".repeat(101));
    expect(errors).toEqual([
      "NATS: Permissions Violation for x; docs/SCALING.md lists the subjects that each part needs",
      'NATS: cannot publish to "a": max_payload size exceeded',
    ]);
  });
});
