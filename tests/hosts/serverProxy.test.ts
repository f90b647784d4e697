/** The viewer page behind jupyter-server-proxy: on this machine, and under a hub's name. */
import type { Browser, Page } from "@playwright/test";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { serve, type Display, type ServeOptions } from "../../src/server";
import { nameOfThisMachine } from "../support/chromium";
import { disposedAfterAll, disposedAfterEach } from "../support/disposables";
import { eventually } from "../support/eventually";
import { jupyterArguments, type HostServer } from "./support/server";
import { startServerAndBrowser } from "./support/serverAndBrowser";

/** A name that leads to this machine only in the test's browser. */
const HUB = "hub.example.org";
const BASE = "/user/ada/";
const COLOR = [220, 40, 30] as const;
const [WIDTH, HEIGHT] = [64, 48] as const;

let server: HostServer;
let browser: Browser;
let page: Page;
/** What all tests share, and what one has started. */
const [shared, disposables] = [disposedAfterAll(), disposedAfterEach()];

beforeAll(async () => {
  [server, browser] = await startServerAndBrowser(
    shared,
    {
      name: "serverProxy",
      baseUrl: BASE,
      args: (place) => [
        ...jupyterArguments("server", place),
        ...[`--ServerApp.base_url=${BASE}`, "--ServerApp.allow_remote_access=True"],
      ],
    },
    nameOfThisMachine(HUB),
  );
});
afterEach(() => vi.restoreAllMocks());

/** A stream of one colour. */
async function stream(options: ServeOptions = {}): Promise<Display> {
  const display = await serve(WIDTH, HEIGHT, { port: 0, page: "quiet", ...options });
  disposables.add(() => display.close());
  const data = new Uint8Array(WIDTH * HEIGHT * 3).map((_, at) => COLOR[at % 3] ?? 0);
  display.publish({ data, shape: [HEIGHT, WIDTH, 3] });
  return display;
}

/** Opens an address of the Jupyter server. */
async function open(path: string, host = "127.0.0.1"): Promise<Page> {
  page = await browser.newPage();
  disposables.add(() => page.close());
  await page.goto(`http://${host}:${server.port}${BASE}${path}`);
  return page;
}

/** Waits until the page shows the stream's colour. */
async function isLive(): Promise<void> {
  await eventually(() => page.textContent("#state")).toBe("Live");
  const pixel = (): Promise<number[]> =>
    page.evaluate(async () => {
      if (window.rfb.stats.framesDisplayed === 0) return [];
      return [...(await window.rfb.capture()).data.subarray(0, 3)];
    });
  await eventually(pixel).toEqual([...COLOR]);
}

const problem = (): Promise<string | null> => page.textContent("#problem-text");

describe("a stream behind jupyter-server-proxy", () => {
  it.each(["/", "", "?a=b#c", "/?a=b#c"])("is live at its port and %j", async (end) => {
    const { port } = await stream();
    await open(`proxy/${port}${end}`);
    await isLive();
    const rest = end.replace(/^\//, "");
    expect(page.url()).toBe(`${server.url}proxy/${port}/${rest}`);
  });

  it.each(["/", ""])("is live below a path_prefix and %j", async (end) => {
    const { port } = await stream();
    // The port has to be known before the path.
    await disposables.dispose();
    await stream({ port, path_prefix: `${BASE}proxy/absolute/${port}/` });
    await open(`proxy/absolute/${port}${end}`);
    await isLive();
    expect(page.url()).toBe(`${server.url}proxy/absolute/${port}/`);
  });

  it("gets the events of the mouse", async () => {
    const display = await stream();
    await open(`proxy/${display.port}/`);
    await isLive();
    await page.locator("#stage canvas").hover();
    await eventually(() => display.poll_events().map(({ event }) => event.type)).toContain(
      "pointer_move",
    );
  });

  it("asks for the token, and once more for the right one", async () => {
    const { port } = await stream({ authenticate: ({ token }) => token === "right" });
    await open(`proxy/${port}/`);
    await page.fill("#token", "wrong");
    await page.click("#token-form button");
    await eventually(problem).toContain("the server refused the token (4401)");
    await page.fill("#token", "right");
    await page.click("#token-form button");
    await isLive();
  });
});

describe("a stream under a hub's name", () => {
  it("says in the page which origin to allow, and does not try again", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const display = await stream();
    await open(`proxy/${display.port}/`, HUB);
    const origin = `http://${HUB}:${server.port}`;
    const said = `Cannot show the stream: the server does not accept this page (4403): add "${origin}" to the server's "origins" option`;
    await eventually(problem).toBe(said);
    expect(await page.textContent("#state")).toBe("Closed");
    // Over the picture, which has become smaller for the line above it.
    const inside = async (): Promise<boolean> => {
      const mark = await page.getByText(said).last().boundingBox();
      const stage = await page.locator("#stage").boundingBox();
      if (mark === null || stage === null) return false;
      return mark.y > stage.y && mark.y + mark.height < stage.y + stage.height;
    };
    await eventually(inside).toBe(true);
    expect(await page.evaluate(() => window.rfb.stats)).toMatchObject({
      ...{ reconnects: 0, bytesReceived: expect.any(Number) as number, framesDisplayed: 0 },
    });
    expect(display.client_count).toBe(0);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`add "${origin}" to`)]]);
  });

  it("is live once that is done", async () => {
    const { port } = await stream({ origins: [`http://${HUB}:${server.port}`] });
    await open(`proxy/${port}`, HUB);
    await isLive();
  });

  it("is live automatically if the environment holds the hub's address", async () => {
    vi.stubEnv("JUPYTERHUB_PUBLIC_URL", `http://${HUB}:${server.port}${BASE}`);
    disposables.add(() => vi.unstubAllEnvs());
    const { port } = await stream();
    await open(`proxy/${port}/`, HUB);
    await isLive();
  });
});
