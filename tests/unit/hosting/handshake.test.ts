import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RejectedPages } from "../../../src/hosting/handshake";

/** Rejects pages, and notes the sockets of those that are told why. */
function setUp() {
  const explained: unknown[] = [];
  const handleUpgrade = (_request: unknown, socket: unknown): void => void explained.push(socket);
  const pages = new RejectedPages({ handleUpgrade });
  const request = { headers: { origin: "https://evil.example" } } as IncomingMessage;
  const reject = (socket: PassThrough): void =>
    pages.reject({ request, socket, head: Buffer.alloc(0), missing: [] });
  return { explained, reject };
}

async function hangUp(socket = new PassThrough()): Promise<void> {
  const closed = once(socket, "close");
  socket.destroy();
  await closed;
}

describe("pages that may not connect", () => {
  beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => undefined));
  afterEach(() => vi.restoreAllMocks());

  it("are told why, up to 20 at a time", async () => {
    const { explained, reject } = setUp();
    const sockets = Array.from({ length: 20 }, () => new PassThrough());
    for (const socket of sockets) reject(socket);
    expect(explained).toEqual(sockets);
    const late = new PassThrough();
    reject(late);
    expect(String(late.read())).toMatch(/^HTTP\/1\.1 403 Forbidden/);
    await hangUp(sockets[0]);
    const next = new PassThrough();
    reject(next);
    expect(explained.at(-1)).toBe(next);
  });

  it("count for nothing where the peer has hung up already", async () => {
    const { explained, reject } = setUp();
    const gone = Array.from({ length: 20 }, () => new PassThrough());
    await Promise.all(gone.map(hangUp));
    for (const socket of gone) reject(socket);
    expect(explained).toEqual([]);
    const socket = new PassThrough();
    reject(socket);
    expect(explained).toEqual([socket]);
  });
});
