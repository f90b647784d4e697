import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocketServer } from "ws";
import { RejectedPages } from "../../../src/hosting/handshake";

/** The server's end of a connection whose peer says nothing, and never hangs up. */
class SilentSocket extends Duplex {
  /** What the server sent. */
  sent = "";

  override _read(): void {
    // Nothing ever comes.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.sent += chunk.toString("latin1");
    done();
  }
}

/** A handshake as a page's browser sends it. */
function handshakeOf(origin: string): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.method = "GET";
  Object.assign(request.headers, {
    ...{ origin, connection: "Upgrade", upgrade: "websocket" },
    ...{ "sec-websocket-version": "13", "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==" },
  });
  return request;
}

let pages: RejectedPages;
/** What was logged. */
let logged: string[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  logged = [];
  vi.spyOn(console, "warn").mockImplementation((line) => void logged.push(String(line)));
  pages = new RejectedPages(new WebSocketServer({ noServer: true, clientTracking: false }));
});
afterEach(() => {
  vi.useRealTimers();
});

/** Rejects a page. */
function reject(origin = "https://evil.example", socket = new SilentSocket()): SilentSocket {
  pages.reject({
    ...{ request: handshakeOf(origin), socket, head: Buffer.alloc(0) },
    missing: [origin],
  });
  return socket;
}

/** The status with which a handshake was answered. */
const statusOf = ({ sent }: SilentSocket): number =>
  Number(/^HTTP\/1\.1 (\d+) /.exec(sent)?.[1] ?? 0);

/** Lets streams emit their events. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("pages that may not connect", () => {
  it("are told why by a WebSocket that is closed, and the log says so once for each origin", () => {
    const sent = reject().sent;
    expect(sent).toMatch(/^HTTP\/1\.1 101 /);
    expect(sent).toContain('add \\"https://evil.example\\" to the server');
    reject();
    reject("https://other.example");
    expect(logged).toEqual([
      expect.stringContaining('from "https://evil.example"'),
      expect.stringContaining('from "https://other.example"'),
    ]);
  });

  it("get a plain error while 20 others are being told why", () => {
    const statuses = Array.from({ length: 50 }, () => statusOf(reject()));
    expect(statuses).toEqual([...Array<number>(20).fill(101), ...Array<number>(30).fill(403)]);
  });

  it("whose connection was answered with a plain error keep none of it", async () => {
    for (let count = 0; count < 20; count++) reject();
    const plain = reject();
    await settle();
    expect([statusOf(plain), plain.destroyed]).toEqual([403, true]);
  });

  it("are told why again when one of the 20 is gone, however often it ends", async () => {
    const [first] = Array.from({ length: 20 }, () => reject());
    first?.destroy();
    await settle();
    first?.emit("close");
    expect([reject(), reject()].map(statusOf)).toEqual([101, 403]);
  });

  it("that have hung up before they are answered take no place", () => {
    for (let count = 0; count < 30; count++) {
      const gone = new SilentSocket();
      gone.destroy();
      expect(reject("https://evil.example", gone).sent).toBe("");
    }
    expect(statusOf(reject())).toBe(101);
  });
});
