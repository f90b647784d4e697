/** A stream through NATS and edges, as a person sees it in Chromium. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serve, serve_edge, type Display, type ServeOptions } from "../../src/server/index";
import { startBrowser } from "../support/chromium";
import { disposedAfterEach } from "../support/disposables";
import { NatsServer } from "../support/natsServer";
import { Program } from "../support/program";
import { ClientPage, expectColorAt } from "./clientHarness";

const SIZE = { width: 160, height: 120 };
const RED = [200, 40, 30] as const;
const GREEN = [20, 180, 60] as const;

let browser: Browser;
let nats: NatsServer;
let client: ClientPage;
const disposables = disposedAfterEach();
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  nats = await disposables.own(NatsServer.start(), (server) => server.stop());
  client = await disposables.own(ClientPage.open(browser), (page) => page.close());
});

async function publish(options: ServeOptions = {}): Promise<Display> {
  const display = await serve(SIZE.width, SIZE.height, {
    ...{ port: 0, nats: nats.url, name: "lecture" },
    ...options,
  });
  disposables.add(() => display.close());
  return display;
}

/** A picture of one color, with a square that moves with each frame. */
function picture(color: readonly number[], n: number): { data: Uint8Array; shape: number[] } {
  const { width, height } = SIZE;
  const data = new Uint8Array(width * height * 3).map((_, at) => color[at % 3] ?? 0);
  const left = (n * 4) % (width - 8);
  for (let y = 0; y < 8; y++) data.fill(255, (y * width + left) * 3, (y * width + left + 8) * 3);
  return { data, shape: [height, width, 3] };
}

/** Publishes a moving picture. @returns a function that changes its color */
function animate(display: Display, first: readonly number[]): (color: readonly number[]) => void {
  let color = first;
  let n = 0;
  const timer = setInterval(() => {
    if (!display.isClosed) display.publish(picture(color, n++));
  }, 40);
  disposables.add(() => clearInterval(timer));
  return (next) => (color = next);
}

/** An edge in a process of its own, to be killed. */
async function edgeProcess(): Promise<{ url: string; program: Program }> {
  const child = fork(join(import.meta.dirname, "edgeProcess.mjs"), [nats.url, client.server.url]);
  const program = new Program("an edge", child);
  disposables.add(() => program.end("SIGKILL"));
  const [url] = (await program.first(once(child, "message"))) as [string];
  return { url: `${url}lecture`, program };
}

describe("a stream at an edge", () => {
  it.each([
    ["images", { codec: "jpeg" }],
    ["whatever suits", { codec: "auto" }],
  ] as const)("is seen as %s, still and in motion, and takes events", async (_, options) => {
    const display = await publish(options);
    const edge = await serve_edge({ nats: nats.url, port: 0, origins: [client.server.url] });
    disposables.add(() => edge.close());
    display.publish(picture(RED, 0));
    await client.makeView({ url: `${edge.ws_url ?? ""}lecture` });
    await expectColorAt(client, [80, 60], RED);
    const paint = animate(display, RED);
    paint(GREEN);
    await expectColorAt(client, [80, 60], GREEN);
    const { x, y } = await client.box();
    await client.page.mouse.click(x + 20, y + 20);
    const types: string[] = [];
    await expect
      .poll(
        () => types.push(...display.poll_events().map(({ event }) => event.event_type)) && types,
        {
          timeout: 10_000,
        },
      )
      .toEqual(expect.arrayContaining(["pointer_down", "pointer_up"]));
    expect(await client.errors()).toEqual([]);
    expect(client.pageErrors).toEqual([]);
  });

  it("is seen again through another edge when one is killed", async () => {
    const display = await publish({ codec: "jpeg" });
    const [one, other] = [await edgeProcess(), await edgeProcess()];
    const paint = animate(display, RED);
    await client.makeView({ url: [one.url, other.url] });
    await expectColorAt(client, [80, 60], RED);
    one.program.signal("SIGKILL");
    paint(GREEN);
    await expectColorAt(client, [80, 60], GREEN);
    await expect.poll(() => display.client_count, { timeout: 15_000 }).toBe(1);
  });

  it("says what is wrong while the broker is gone, and goes on", async () => {
    const display = await publish({ codec: "jpeg" });
    const edge = await serve_edge({ nats: nats.url, port: 0, origins: [client.server.url] });
    disposables.add(() => edge.close());
    const paint = animate(display, RED);
    await client.makeView({ url: `${edge.ws_url ?? ""}lecture` });
    await expectColorAt(client, [80, 60], RED);
    await nats.kill();
    const mark = client.page.getByRole("status");
    await expect
      .poll(() => mark.allInnerTexts(), { timeout: 10_000 })
      .toEqual([expect.stringMatching(/lost its connection/)]);
    await nats.start();
    paint(GREEN);
    await expectColorAt(client, [80, 60], GREEN);
    await expect.poll(() => mark.count(), { timeout: 10_000 }).toBe(0);
  });

  it("is shown by a page that was opened before it was published", async () => {
    const edge = await serve_edge({ nats: nats.url, port: 0, page: "quiet" });
    disposables.add(() => edge.close());
    const { page } = client;
    await page.goto(edge.url ?? "");
    const state = page.locator("#state");
    await expect.poll(() => state.innerText(), { timeout: 10_000 }).toBe("Waiting for a stream");
    expect(await page.locator("#problem").isVisible()).toBe(false);
    animate(await publish({ codec: "jpeg" }), RED);
    await expect.poll(() => page.url(), { timeout: 10_000 }).toBe(`${edge.url ?? ""}lecture`);
    await expect
      .poll(() => page.evaluate(() => window.rfb.stats.framesDisplayed), { timeout: 10_000 })
      .toBeGreaterThan(2);
  });
});
