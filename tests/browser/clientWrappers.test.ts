import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { ClientPage } from "./clientHarness";
import { pageScript, plainPng } from "./harness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

describe("the React component", () => {
  const html = `<!doctype html><meta charset="utf-8"><div id="main"></div><script src="/page.js"></script>`;

  it("shows a stream, follows changed props, and leaves nothing behind", async () => {
    const client = await ClientPage.open(
      browser,
      {},
      { html, script: await pageScript("reactPage.ts") },
    );
    const { page, server } = client;
    const url = [server.streamUrl];
    const render = (props: object) =>
      page.evaluate((given) => window.reactPage.render(given as { url: string[] }), props);
    await render({ url });
    // React's strict mode creates two views and disposes the first, which may not have connected
    // yet.
    await page.waitForFunction(() => window.reactPage.view.current?.state === "open");
    const open = () => server.viewers.filter(({ closeCode }) => closeCode === undefined);
    await expect.poll(() => open().length).toBe(1);
    const [viewer] = open();
    if (viewer === undefined) throw new Error("Nobody is connected");
    viewer.sendConfig(8, 8);
    viewer.sendImage(0, 8, 8, plainPng(8, 8, 5, 6));
    await viewer.receipt(0);
    const box = await page.locator(".picture canvas").boundingBox();
    expect(box).toMatchObject({ width: 400, height: 300 });
    const count = server.viewers.length;
    await render({ url, fit: "cover", quality: 40 });
    await viewer.until(({ messages }) => messages.some(({ quality }) => quality === 40));
    const fit = () => page.evaluate(() => window.reactPage.view.current?.canvas.style.objectFit);
    expect(await fit()).toBe("cover");
    expect(server.viewers).toHaveLength(count);
    await render({ url, token: "other" });
    const next = await server.viewer(count);
    await next.until(({ messages }) => messages.some(({ token }) => token === "other"));
    await viewer.until(({ closeCode }) => closeCode === 1000);
    await page.evaluate(() => window.reactPage.unmount());
    await next.until(({ closeCode }) => closeCode === 1000);
    expect(await page.locator("canvas").count()).toBe(0);
    await expect.poll(() => page.workers()).toEqual([]);
    expect(await page.evaluate(() => window.reactPage.errors)).toEqual([]);
    expect(client.pageErrors).toEqual([]);
    await client.close();
  });

  it("fills its parent unless it has a style or a class of its own", async () => {
    const client = await ClientPage.open(
      browser,
      {},
      { html, script: await pageScript("reactPage.ts") },
    );
    const { page, server } = client;
    const url = server.streamUrl;
    const boxIn = async (parent: string, props: object = {}) => {
      await page.evaluate(
        ([style, given]) => {
          document.getElementById("main")?.setAttribute("style", style);
          window.reactPage.renderPlain(given);
        },
        [parent, { url, ...props }] as const,
      );
      // Another size follows when React has rendered.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
      const { width, height } = (await page.locator("canvas").boundingBox()) ?? {};
      return [width, height];
    };
    const sized = "width: 300px; height: 200px";
    await page.addStyleTag({ content: ".tall { width: 50px; height: 70px }" });
    await expect.poll(() => boxIn(sized)).toEqual([300, 200]);
    await expect.poll(() => boxIn("width: 320px")).toEqual([320, 180]);
    await expect.poll(() => boxIn(`display: flex; ${sized}`)).toEqual([300, 200]);
    await expect.poll(() => boxIn(sized, { style: { height: 40 } })).toEqual([300, 40]);
    await expect.poll(() => boxIn(sized, { className: "tall" })).toEqual([50, 70]);
    expect(await page.evaluate(() => window.reactPage.errors)).toEqual([]);
    await client.close();
  });

  it("reports that it has no size, and what to write", async () => {
    const client = await ClientPage.open(
      browser,
      {},
      { html, script: await pageScript("reactPage.ts") },
    );
    const { page, server } = client;
    await page.evaluate((url) => {
      document.getElementById("main")?.setAttribute("style", "height: 0");
      window.reactPage.renderPlain({ url });
    }, server.streamUrl);
    const errors = () => page.evaluate(() => window.reactPage.errors);
    await expect
      .poll(errors, { timeout: 15_000 })
      .toEqual([
        expect.stringMatching(
          /^Cannot show the stream: <div> is \d+ x 0 pixels; give it or its parent a height, such as height: 400px \(in React style=\{\{ height: 400 \}\}\)$/,
        ),
      ]);
    await client.close();
  });

  it("is also a hook", async () => {
    const client = await ClientPage.open(
      browser,
      {},
      { html, script: await pageScript("reactPage.ts") },
    );
    await client.page.evaluate(
      (url) => window.reactPage.renderHook({ url }),
      client.server.streamUrl,
    );
    const viewer = await client.server.viewer(0);
    viewer.sendConfig(8, 8);
    await client.page.waitForFunction(
      () => document.querySelector("output")?.textContent === "negotiated",
    );
    await client.close();
  });
});

describe("the custom element", () => {
  const html = `<!doctype html><meta charset="utf-8">
    <script type="module" src="/lib/client/element.js"></script>
    <body style="margin: 0"><div id="main" style="width: 320px; height: 180px"></div></body>`;

  it("shows a stream while it is in the page, and dispatches events", async () => {
    const client = await ClientPage.open(browser, {}, { html });
    const { page, server } = client;
    await page.evaluate(
      ([url]) => {
        const element = document.createElement("remote-framebuffer");
        element.style.height = "100%";
        for (const type of ["state", "stats", "error"]) {
          element.addEventListener(type, (event) => {
            const { detail } = event as CustomEvent<unknown>;
            const text = detail instanceof Error ? detail.message : JSON.stringify(detail);
            document.body.dataset[type] = `${document.body.dataset[type] ?? ""}${text} `;
          });
        }
        element.setAttribute("url", `${url} ${url}?other`);
        element.setAttribute("fit", "fill");
        element.setAttribute("image-only", "");
        document.getElementById("main")?.append(element);
      },
      [server.streamUrl] as const,
    );
    const viewer = await server.viewer(0);
    await viewer.until(({ events }) => events.some(({ type }) => type === "show"));
    expect(viewer.messages[0]?.supported).not.toContain("webcodecs/h264-annexb");
    viewer.sendConfig(8, 8);
    viewer.sendImage(0, 8, 8, plainPng(8, 8, 5, 6));
    await viewer.receipt(0);
    const told = (type: string) => page.evaluate((name) => document.body.dataset[name], type);
    await expect.poll(() => told("state")).toBe('"open" "negotiated" ');
    await expect.poll(() => told("stats")).toContain('"framesDisplayed":1');
    const box = await page.locator("canvas").boundingBox();
    expect(box).toEqual({ x: 0, y: 0, width: 320, height: 180 });
    const set = (name: string, value: string) =>
      page.evaluate(
        ([attribute, now]) =>
          document.querySelector("remote-framebuffer")?.setAttribute(attribute, now),
        [name, value] as const,
      );
    await set("quality", "55");
    await viewer.until(({ messages }) => messages.some(({ quality }) => quality === 55));
    await set("fit", "nonsense");
    await expect
      .poll(() => told("error"))
      .toContain('fit: expected one of "contain", "cover", "fill"');
    expect(server.viewers).toHaveLength(1);
    await set("fit", "cover");
    // Moving the element keeps its view; removing it disposes the view.
    await page.evaluate(() => {
      const element = document.querySelector("remote-framebuffer");
      if (element !== null) document.body.append(element);
    });
    await set("token", "new");
    const next = await server.viewer(1);
    await viewer.until(({ closeCode }) => closeCode === 1000);
    await next.until(({ messages }) => messages[0]?.token === "new");
    await page.evaluate(() => document.querySelector("remote-framebuffer")?.remove());
    await next.until(({ closeCode }) => closeCode === 1000);
    await expect.poll(() => page.workers()).toEqual([]);
    expect(client.pageErrors).toEqual([]);
    await client.close();
  });

  it("logs an error unless a listener prevents that", async () => {
    const client = await ClientPage.open(browser, {}, { html });
    const { page, server } = client;
    const logged: string[] = [];
    page.on("console", (message) => {
      if (message.text().startsWith("jupyter-rfb-ts:")) logged.push(message.text());
    });
    const add = (fit: string, prevents: boolean) =>
      page.evaluate(
        ([url, value, isPrevented]) => {
          const element = document.createElement("remote-framebuffer");
          element.addEventListener("error", (event) => {
            if (isPrevented) event.preventDefault();
            document.body.dataset["told"] = `${document.body.dataset["told"] ?? ""}${value} `;
          });
          element.setAttribute("url", url);
          element.setAttribute("fit", value);
          document.getElementById("main")?.append(element);
        },
        [server.streamUrl, fit, prevents] as const,
      );
    await add("quiet", true);
    await add("loud", false);
    await expect.poll(() => page.evaluate(() => document.body.dataset["told"])).toBe("quiet loud ");
    await expect.poll(() => logged).toEqual([expect.stringMatching(/fit: expected .*"loud"/)]);
    await client.close();
  });

  it("brings up the on-screen keyboard with a tap if touch-keyboard is set", async () => {
    const client = await ClientPage.open(browser, { hasTouch: true }, { html });
    const { page, server } = client;
    await page.evaluate((url) => {
      const element = document.createElement("remote-framebuffer");
      element.setAttribute("url", url);
      element.setAttribute("touch-keyboard", "");
      document.getElementById("main")?.append(element);
    }, server.streamUrl);
    const viewer = await server.viewer(0);
    await viewer.until(({ events }) => events.some(({ type }) => type === "show"));
    await page.touchscreen.tap(20, 20);
    const mode = () => page.evaluate(() => (document.activeElement as HTMLElement).inputMode);
    await expect.poll(mode).toBe("text");
    await client.close();
  });
});
