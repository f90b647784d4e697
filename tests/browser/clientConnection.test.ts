import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { ClientPage, PAGE_SCRIPT, pixelAt } from "./clientHarness";
import { plainPng } from "./harness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** What a user sees of the picture's state: a filter, and whether it is busy. */
const look = (client: ClientPage): Promise<unknown> =>
  client.page.evaluate(() => {
    const { canvas } = window.client.view;
    return [getComputedStyle(canvas).filter, canvas.getAttribute("aria-busy")];
  });

describe("a connection", () => {
  it("is reopened when the server is back, with the complete state", async () => {
    const client = await ClientPage.open(browser);
    const first = await client.connect({ token: "secret", quality: 70 });
    expect(first.messages.slice(0, 2).map(({ type }) => type)).toEqual(["hello", "set_viewport"]);
    expect(first.messages[0]).toMatchObject({ token: "secret", quality: 70 });
    first.sendConfig(8, 8);
    first.sendImage(0, 8, 8, plainPng(8, 8, 10, 20));
    await first.receipt(0);
    expect(await look(client)).toEqual(["none", null]);
    await client.server.stop();
    await client.state("reconnecting");
    expect(await look(client)).toEqual(["grayscale(1) opacity(0.6)", "true"]);
    const mark = client.page.getByRole("status");
    await expect.poll(() => mark.innerText()).toBe("Connection lost. Reconnecting");
    expect(await mark.isVisible()).toBe(true);
    // The last frame stays.
    expect(pixelAt(await client.pixels(), 1, 1)).toEqual([10, 20, 0, 255]);
    await client.server.start();
    const second = await client.server.viewer(1);
    await second.until(({ events }) => events.some(({ type }) => type === "show"));
    expect(second.messages.slice(0, 2)).toEqual(first.messages.slice(0, 2));
    second.sendConfig(4, 4);
    await client.state("negotiated");
    // No frame has come, so the old one is on the screen.
    expect(await look(client)).toEqual(["grayscale(1) opacity(0.6)", "true"]);
    // The new server numbers its frames from the start.
    second.sendImage(0, 4, 4, plainPng(4, 4, 30, 40));
    expect(await second.receipt(0)).toMatchObject({ displayed: true });
    await expect.poll(() => look(client)).toEqual(["none", null]);
    await expect.poll(() => mark.count()).toBe(0);
    const picture = await client.pixels();
    expect([picture.width, ...pixelAt(picture, 1, 1)]).toEqual([4, 30, 40, 0, 255]);
    await expect.poll(() => client.stats()).toMatchObject({ framesDisplayed: 2 });
    expect((await client.stats()).reconnects).toBeGreaterThan(0);
    const states = await client.page.evaluate(() => window.client.states);
    expect(states).toEqual(["open", "negotiated", "reconnecting", "open", "negotiated"]);
    expect(await client.errors()).toEqual([]);
    await client.close();
  });

  it("that was lost has released all buttons and keys: those let go of later are not sent", async () => {
    const client = await ClientPage.open(browser);
    const first = await client.connect();
    first.sendConfig(8, 8);
    first.sendImage(0, 8, 8, plainPng(8, 8, 10, 20));
    await first.receipt(0);
    const { x, y } = await client.box();
    const { keyboard, mouse } = client.page;
    await mouse.move(x + 10, y + 10);
    await mouse.down();
    await keyboard.down("w");
    await first.event("key_down");

    await client.server.stop();
    await client.state("reconnecting");
    await client.server.start();
    const second = await client.server.viewer(1);
    second.sendConfig(8, 8);
    await client.state("negotiated");
    await keyboard.up("w");
    await mouse.up();
    await keyboard.press("x");

    await second.until(({ events }) => events.some(({ type }) => type === "key_up"));
    const inputs = second.events.filter(({ type }) => /key|pointer_(down|up)/.test(String(type)));
    expect(inputs.map(({ type, key }) => [type, key])).toEqual([
      ["key_down", "x"],
      ["key_up", "x"],
    ]);
    await client.close();
  });

  it.each([
    [4401, "bad token", "the server refused the token (4401): bad token"],
    [4400, "", "the server did not understand a message (4400)"],
    [1003, "", "the server has no codec that this browser can show (1003)"],
  ])("ends for good with code %i, until it is asked for", async (code, reason, text) => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect({ token: "secret" });
    viewer.close(code, reason);
    await client.state("closed");
    await expect.poll(() => client.errors()).toEqual([`Cannot show the stream: ${text}`]);
    await client.page.evaluate(() => window.client.view.reconnect());
    await client.server.viewer(1);
    await client.state("open");
    expect(client.server.viewers).toHaveLength(2);
    await client.close();
  });

  it("is retried while no server answers, reports that once, and shows a server that starts later", async () => {
    const client = await ClientPage.open(browser);
    // The page stays open; its server stops.
    const url = `${client.server.streamUrl}?token=secret`;
    await client.server.stop();
    await client.makeView({ url });
    await expect
      .poll(() => client.errors())
      .toEqual([
        expect.stringMatching(/^Cannot show the stream: no connection to ws:\/\/.*; trying again$/),
      ]);
    expect(JSON.stringify(await client.errors())).not.toContain("secret");
    await client.state("reconnecting");
    await client.server.start();
    const viewer = await client.server.viewer(0);
    viewer.sendConfig(4, 4);
    await client.state("negotiated");
    expect(await client.errors()).toHaveLength(1);
    await client.close();
  });

  it("continues when the page's callbacks throw", async () => {
    const client = await ClientPage.open(browser);
    await client.page.waitForFunction(() => "client" in window);
    await client.page.evaluate((url) => {
      const fail = (): void => {
        throw new Error("no");
      };
      window.client.open({ url, onState: fail, onStats: fail }, "#main");
    }, client.server.streamUrl);
    const viewer = await client.server.viewer(0);
    viewer.sendConfig(8, 8);
    viewer.sendImage(0, 8, 8, plainPng(8, 8, 10, 20));
    await viewer.receipt(0);
    await client.page.evaluate(() => window.client.view.dispose());
    await viewer.until(({ closeCode }) => closeCode !== undefined);
    expect(client.pageErrors).toEqual([]);
    await client.close();
  });

  it("is retried for an unknown stream, and reports that once", async () => {
    const client = await ClientPage.open(browser);
    client.server.onViewer = (viewer) => viewer.close(4404, "no such stream");
    await client.makeView();
    await client.server.viewer(2);
    client.server.onViewer = (viewer) => viewer.sendConfig(8, 8);
    await client.state("negotiated");
    expect(await client.errors()).toEqual([
      "Cannot show the stream: the server has no such stream (4404): no such stream; trying again",
    ]);
    await client.close();
  });

  it("announces another quality, and images only, with a repeated hello", async () => {
    const client = await ClientPage.open(browser);
    const viewer = await client.connect();
    viewer.sendConfig(8, 8);
    await client.state("negotiated");
    await client.page.evaluate(() => {
      window.client.view.setQuality(30);
      window.client.view.setImageOnly(true);
    });
    await viewer.until(({ messages }) => messages.filter((m) => m.type === "hello").length === 3);
    const [, second, third] = viewer.ofType("hello");
    expect(second).toMatchObject({ quality: 30 });
    expect(third?.supported).toEqual([
      "image/jpeg",
      "image/png",
      "image/webp",
      "rfb/patches",
      "rfb/atlas",
      "rfb/ping",
    ]);
    expect(client.server.viewers).toHaveLength(1);
    await client.close();
  });

  it("closes with its view, which leaves nothing behind", async () => {
    const client = await ClientPage.open(browser);
    const html = () => client.page.evaluate(() => document.body.innerHTML);
    const before = await html();
    const viewer = await client.connect();
    viewer.sendConfig(8, 8);
    viewer.sendImage(0, 8, 8, plainPng(8, 8, 1, 1));
    await viewer.receipt(0);
    const { x, y } = await client.box();
    await client.page.mouse.move(x + 9, y + 9);
    await client.page.mouse.down();
    await client.page.keyboard.down("a");
    await viewer.event("key_down");
    expect(client.page.workers()).toHaveLength(1);
    await client.page.evaluate(() => {
      window.client.view.dispose();
      window.client.view.dispose();
    });
    await viewer.until(({ closeCode }) => closeCode !== undefined);
    expect(viewer.closeCode).toBe(1000);
    const last = viewer.events.slice(-4).map(({ type }) => type);
    expect(last).toEqual(["pointer_up", "key_up", "focus_out", "hide"]);
    expect(await html()).toBe(before);
    await expect.poll(() => client.page.workers()).toEqual([]);
    expect(await client.page.evaluate(() => window.client.workers[0]?.isEnded)).toBe(true);
    expect(await client.page.evaluate(() => window.client.states.at(-1))).toBe("closed");
    await client.close();
  });
});

describe("under a strict content security policy", () => {
  const policy = (server: string) =>
    `default-src 'none'; script-src 'self'; worker-src 'self'; connect-src ${server}`;
  const html = `<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>
    <div id="main"></div>`;

  /** A page whose server sends the policy with every response. */
  async function openStrict(script: string): Promise<ClientPage> {
    const client = await ClientPage.open(browser, {}, { html, script });
    const headers = {
      "content-security-policy": policy(client.server.streamUrl.replace("/stream", "")),
    };
    client.server.serve("/", { type: "text/html", content: html, headers });
    await client.page.goto(client.server.url);
    return client;
  }

  it("works with the worker in a file of its own, and without a style sheet", async () => {
    const script = PAGE_SCRIPT.replace(
      "...options,",
      `...options, workerFactory: () => new Worker("/lib/client/worker.js"),`,
    );
    const client = await openStrict(script);
    const viewer = await client.connect();
    viewer.sendConfig(8, 8);
    viewer.sendImage(0, 8, 8, plainPng(8, 8, 50, 60));
    await viewer.receipt(0);
    expect(pixelAt(await client.pixels(), 4, 4)).toEqual([50, 60, 0, 255]);
    const fit = await client.page.evaluate(
      () => getComputedStyle(window.client.view.canvas).objectFit,
    );
    expect(fit).toBe("contain");
    const violations = await client.errors();
    expect(violations).toEqual([]);
    await client.close();
  });

  it("reports what to do when the worker inside the bundle cannot start", async () => {
    const client = await openStrict(PAGE_SCRIPT);
    await client.makeView();
    await client.state("error");
    const [error] = await client.errors();
    expect(error).toContain("Cannot start the view's worker");
    expect(error).toContain("jupyter-rfb-ts/client/worker");
    const capture = client.page.evaluate(() =>
      window.client.view.capture().catch((problem: Error) => problem.message),
    );
    expect(await capture).toBe("Cannot capture: the view's worker does not run");
    expect(client.pageErrors).toEqual([]);
    await client.close();
  });
});

it("logs what happens if debug is set, but never the token", async () => {
  const client = await ClientPage.open(browser);
  const lines: string[] = [];
  client.page.on("console", (message) => lines.push(message.text()));
  const url = `${client.server.streamUrl}?token=secret`;
  const viewer = await client.connect({ debug: true, token: "secret", url });
  viewer.sendConfig(8, 8);
  await client.state("negotiated");
  viewer.close(4401);
  await client.state("closed");
  await expect.poll(() => lines.some((line) => line.includes("closed with code"))).toBe(true);
  expect(lines.join("\n")).toContain("[jupyter-rfb-ts worker] connecting to ws://127.0.0.1");
  expect(lines.join("\n")).not.toContain("secret");
  expect((await client.errors()).join("\n")).not.toContain("secret");
  await client.close();
});
