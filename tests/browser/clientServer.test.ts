import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve, type Authenticate, type Display, type StreamOptions } from "../../src/server/index";
import { startBrowser } from "../support/chromium";
import { ClientPage, expectColorAt, type PageOptions } from "./clientHarness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

type Color = readonly [red: number, green: number, blue: number];

/** Our server with our client. The page has another origin, like that of an application. */
async function show(
  stream: StreamOptions = {},
  options: PageOptions = {},
): Promise<{ display: Display; client: ClientPage; close: () => Promise<void> }> {
  const client = await ClientPage.open(browser);
  const display = await serve(160, 120, { port: 0, origins: [client.server.url], ...stream });
  await client.makeView({ url: display.ws_url ?? "", ...options });
  const close = async (): Promise<void> => {
    await client.close();
    await display.close();
  };
  return { display, client, close };
}

function plain(color: Color): { data: Uint8Array; width: number; height: number } {
  const data = new Uint8Array(160 * 120 * 4).map((_, at) => color[at % 4] ?? 255);
  return { data, width: 160, height: 120 };
}

/** Waits until the picture's middle has a color. */
const expectColor = (client: ClientPage, color: Color): Promise<void> =>
  expectColorAt(client, [80, 60], color);

describe("our server shown by our client", () => {
  it("marks the picture of a source that cannot draw, until it draws again", async () => {
    const client = await ClientPage.open(browser);
    let draw: () => ReturnType<typeof plain> = () => plain([200, 40, 30]);
    const source = { get_frame: () => draw(), handle_event: () => undefined };
    const origins = [client.server.url];
    const display = await serve(source, { port: 0, origins, on_error: () => undefined });
    await client.makeView({ url: display.ws_url ?? "" });
    await expectColor(client, [200, 40, 30]);
    const mark = client.page.getByRole("status");
    expect(await mark.count()).toBe(0);
    draw = () => {
      throw new Error("the password is abc");
    };
    display.request_draw();
    const text = "The server's program reported an error; its log has the details";
    await expect.poll(() => mark.allInnerTexts()).toEqual([text]);
    expect(await mark.isVisible()).toBe(true);
    // The last picture stays below it.
    await expectColor(client, [200, 40, 30]);
    draw = () => plain([20, 180, 60]);
    display.request_draw();
    await expectColor(client, [20, 180, 60]);
    await expect.poll(() => mark.count()).toBe(0);
    expect(await client.errors()).toEqual([]);
    await client.close();
    await display.close();
  });

  it("keeps showing the newest picture, and sends the user's events", async () => {
    const { display, client, close } = await show();
    for (const color of [
      [200, 40, 30],
      [20, 180, 60],
    ] as const) {
      display.publish(plain(color));
      await expectColor(client, color);
    }
    const { x, y } = await client.box();
    await client.page.mouse.click(x + 200, y + 150);
    const downs = () => display.poll_events().filter(({ event }) => event.type === "pointer_down");
    let found: ReturnType<typeof downs> = [];
    await expect.poll(() => (found = [...found, ...downs()]).length).toBe(1);
    expect(found[0]?.event).toMatchObject({ x: 80, y: 60, inside: true, logical_x: 200 });
    expect(await client.errors()).toEqual([]);
    await close();
  });

  it("goes on with the next of several servers when one ends", async () => {
    const client = await ClientPage.open(browser);
    const options = { port: 0, origins: [client.server.url] };
    const servers = [await serve(160, 120, options), await serve(160, 120, options)] as const;
    const [one, other] = servers;
    await client.makeView({ url: servers.map((display) => display.ws_url ?? "") });
    one.publish(plain([200, 40, 30]));
    other.publish(plain([20, 180, 60]));
    await expectColor(client, [200, 40, 30]);
    await one.close();
    await expectColor(client, [20, 180, 60]);
    await client.state("negotiated");
    expect(await client.errors()).toEqual([]);
    await client.close();
    await other.close();
  });

  it("sends a viewer's events while it drives, asks for it and hands over", async () => {
    const { display, client, close } = await show({ driver: "first" });
    display.publish(plain([200, 40, 30]));
    await expectColor(client, [200, 40, 30]);
    const other = await client.page.context().newPage();
    const driverOf = (page: typeof other) =>
      page.evaluate(() => {
        const { role } = window.client.view;
        return role === undefined ? "unknown" : role.drives ? "drives" : "looks";
      });
    await other.goto(client.server.url);
    await other.waitForFunction(() => "client" in window);
    await other.evaluate((url) => window.client.open({ url }, "#main"), display.ws_url ?? "");
    await expect.poll(() => driverOf(other)).toBe("looks");
    await other.waitForFunction(() => window.client.view.stats.framesDisplayed > 0);
    await expect.poll(() => driverOf(client.page)).toBe("drives");
    const { x, y } = await client.box();
    const downs = () =>
      display.poll_events().filter(({ event }) => event.type === "pointer_down").length;
    await other.mouse.click(x + 200, y + 150);
    await other.evaluate(() => window.client.view.requestDrive());
    const asking = () => client.page.evaluate(() => window.client.view.role?.asking.length);
    await expect.poll(asking).toBe(1);
    // Messages keep their order: a click that was sent would have come before.
    expect(downs()).toBe(0);
    await client.page.evaluate(() => window.client.view.handOver());
    await expect.poll(() => driverOf(other)).toBe("drives");
    await expect.poll(() => driverOf(client.page)).toBe("looks");
    await other.mouse.click(x + 200, y + 150);
    await expect.poll(downs).toBe(1);
    expect(await client.errors()).toEqual([]);
    await close();
  });

  it("changes to images and back on the same connection", async () => {
    const { display, client, close } = await show();
    display.publish(plain([200, 40, 30]));
    await expectColor(client, [200, 40, 30]);
    const { transport } = await client.stats();
    await client.page.evaluate(() => window.client.view.setImageOnly(true));
    await expect.poll(async () => (await client.stats()).transport).toBe("image");
    display.publish(plain([20, 180, 60]));
    await expectColor(client, [20, 180, 60]);
    await client.page.evaluate(() => window.client.view.setImageOnly(false));
    await expect
      .poll(
        async () => {
          display.publish(plain([40, 50, 210]));
          return (await client.stats()).transport;
        },
        { timeout: 10_000 },
      )
      .toBe(transport);
    await expectColor(client, [40, 50, 210]);
    expect((await client.stats()).reconnects).toBe(0);
    expect(await client.errors()).toEqual([]);
    await close();
  });

  it("refuses a wrong token for good, and accepts the right one", async () => {
    const authenticate: Authenticate = ({ token }) => (token === "right" ? "me" : null);
    const { display, client, close } = await show({ authenticate }, { token: "wrong" });
    await client.state("closed");
    await expect
      .poll(() => client.errors())
      .toEqual([expect.stringContaining("the server refused the token (4401)")]);
    await client.makeView({ url: display.ws_url ?? "", token: "right" });
    await client.state("negotiated");
    await close();
  });
});
