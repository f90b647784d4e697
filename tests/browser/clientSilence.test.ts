import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { serve, type Display } from "../../src/server";
import { startBrowser } from "../support/chromium";
import { ClientPage } from "./clientHarness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** A path to a server that can become silent: bytes then stay where they are, and nobody is told. */
class Path {
  isSilent = false;
  /** How many connections were opened. */
  connections = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => {
    this.connections += 1;
    const target = connect(this.#target, "127.0.0.1");
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (bytes) => this.isSilent || to.write(bytes));
      from.on("error", () => undefined);
      from.on("close", () => {
        this.#sockets.delete(from);
        if (!this.isSilent) to.destroy();
      });
    }
  });
  readonly #target: number;

  constructor(target: number) {
    this.#target = target;
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, "127.0.0.1", () =>
        resolve((this.#server.address() as AddressInfo).port),
      );
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

function publishForEver(display: Display): NodeJS.Timeout {
  let level = 0;
  return setInterval(() => {
    level = (level + 1) % 256;
    display.publish({ data: new Uint8Array(16 * 16 * 3).fill(level), shape: [16, 16, 3] });
  }, 50);
}

it("a path that becomes silent is noticed, and the picture goes on when the path is back", async () => {
  const display = await serve(16, 16, { port: 0 });
  const publishing = publishForEver(display);
  const path = new Path(display.port ?? 0);
  const port = await path.listen();
  const client = await ClientPage.open(browser);
  try {
    await client.makeView({ url: `ws://127.0.0.1:${port}/` });
    const shown = async (): Promise<number> => (await client.stats()).framesDisplayed;
    await expect.poll(shown, { timeout: 15_000 }).toBeGreaterThan(3);
    const opened = path.connections;
    path.isSilent = true;
    await expect
      .poll(() => client.page.evaluate(() => window.client.states.at(-1)), { timeout: 30_000 })
      .toBe("reconnecting");
    // A connection that is tried meanwhile gets no answer either.
    await expect.poll(() => path.connections, { timeout: 30_000 }).toBeGreaterThan(opened);
    path.isSilent = false;
    const before = await shown();
    await expect.poll(shown, { timeout: 60_000 }).toBeGreaterThan(before + 3);
    expect(await client.page.evaluate(() => window.client.states.at(-1))).toBe("negotiated");
  } finally {
    clearInterval(publishing);
    await client.close();
    path.close();
    await display.close();
  }
}, 150_000);
