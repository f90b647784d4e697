/** A streamed picture whose element has no size says so, and only where nothing hides it. */
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { ClientPage } from "./clientHarness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

declare global {
  interface Window {
    /** The errors of each view, by the id of its element. */
    errors: Record<string, string[]>;
    /** Creates a view that reports its errors, or leaves them to the console. */
    show(id: string, reports?: boolean, options?: object): void;
  }
}

const SCRIPT = `
  import { RemoteFramebufferView } from "/lib/client/index.js";
  import "/lib/client/element.js";
  window.errors = {};
  window.show = (id, reports = true, options = {}) => {
    const url = location.href.replace(/^http/, "ws") + "stream";
    window.errors[id] = [];
    new RemoteFramebufferView(document.getElementById(id), {
      url,
      ...(reports ? { onError: ({ message }) => window.errors[id].push(message) } : {}),
      ...options,
    });
  };
`;

async function openPage(body: string): Promise<ClientPage> {
  const html = `<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>${body}`;
  const client = await ClientPage.open(browser, {}, { html, script: SCRIPT });
  await client.page.waitForFunction(() => "show" in window);
  return client;
}

const errorsOf = (client: ClientPage, id: string): Promise<string[] | undefined> =>
  client.page.evaluate((name) => window.errors[name], id);

/** Waits until a view without a size has said so. Views from before have had their time, too. */
async function reported(client: ClientPage, id: string): Promise<string> {
  await expect.poll(() => errorsOf(client, id), { timeout: 15_000 }).toHaveLength(1);
  return (await errorsOf(client, id))?.[0] ?? "";
}

describe("a view without a size", () => {
  it("names the element and the style", async () => {
    const client = await openPage(
      `<div style="height: 0"><div id="low" style="height: 100%"></div></div>
       <div id="narrow" style="width: 0; height: 90px"></div>
       <div style="position: absolute"><section id="none" class="a b"></section></div>
       <canvas id="own" style="height: 0"></canvas>`,
    );
    const cases = [
      [
        "low",
        /<div id="low"> is \d+ x 0 pixels; give it or its parent a height, such as height: 4/,
      ],
      [
        "narrow",
        /<div id="narrow"> is 0 x 90 pixels; give it or its parent a width, such as width/,
      ],
      ["none", /<section id="none" class="a b"> is 0 x 0 pixels; give it or its parent a height/],
      ["own", /<canvas id="own"> is \d+ x 0 pixels; give it or its parent a height/],
    ] as const;
    await client.page.evaluate(
      (ids) => ids.forEach((id) => window.show(id)),
      cases.map(([id]) => id),
    );
    for (const [id, text] of cases) expect(await reported(client, id)).toMatch(text);
    await client.close();
  });

  it("says it where the picture would be, without onError in the console, until it has a size", async () => {
    const client = await openPage(`<main id="it" style="height: 0"></main><p>below</p>`);
    const warnings: string[] = [];
    client.page.on("console", (message) => {
      if (message.type() === "warning") warnings.push(message.text());
    });
    const below = () => client.page.locator("p").boundingBox();
    const before = await below();
    await client.page.evaluate(() => {
      window.show("it", false);
    });
    const notice = client.page.getByText(/<main id="it"> is \d+ x 0 pixels/);
    await notice.waitFor({ state: "visible", timeout: 15_000 });
    const box = await notice.boundingBox();
    expect(box?.height).toBeGreaterThan(10);
    expect(warnings).toEqual([
      expect.stringMatching(/^jupyter-rfb-ts: Cannot show the stream: <m/),
    ]);
    // It changes nothing in the layout.
    expect(await below()).toEqual(before);
    await client.page.evaluate(() => {
      const element = document.getElementById("it");
      if (element !== null) element.style.height = "100px";
    });
    await notice.waitFor({ state: "detached" });
    await client.close();
  });

  it("shows nothing in the page with hideState", async () => {
    const client = await openPage(`<main id="it" style="height: 0"></main>`);
    await client.page.evaluate(() => window.show("it", true, { hideState: true }));
    await reported(client, "it");
    expect(await client.page.getByText(/is \d+ x 0 pixels/).count()).toBe(0);
    await client.close();
  });

  it("of a custom element dispatches an error", async () => {
    const client = await openPage(
      `<div style="display: flex"><remote-framebuffer></remote-framebuffer></div>`,
    );
    await client.page.evaluate((url) => {
      const element = document.querySelector("remote-framebuffer");
      window.errors["it"] = [];
      element?.addEventListener("error", (event) => {
        window.errors["it"]?.push((event as Event as CustomEvent<Error>).detail.message);
      });
      element?.setAttribute("url", url);
    }, client.server.streamUrl);
    expect(await reported(client, "it")).toContain("<remote-framebuffer> is 0 x 0 pixels");
    await client.close();
  });
});

describe("a view that is hidden, not forgotten", () => {
  it("says nothing", async () => {
    const hidden = {
      notDisplayed: `<div style="display: none"><div id="notDisplayed"></div></div>`,
      closed: `<div style="height: 0; overflow: hidden"><div id="closed"></div></div>`,
      closedGrid: `<div style="display: grid; grid-template-rows: 0fr">
        <div style="min-height: 0; overflow: hidden"><div id="closedGrid"></div></div></div>`,
      invisible: `<div style="visibility: hidden"><div id="invisible" style="height: 0"></div></div>`,
      transparent: `<div style="opacity: 0"><div id="transparent" style="height: 0"></div></div>`,
      farBelow: `<div style="position: absolute; top: 9999px"><div id="farBelow"></div></div>`,
      // The grace is over before it has grown.
      growing: `<style>@keyframes grow { from { height: 0 } to { height: 90px } }
        .grows { height: 0; animation: grow 60s steps(2, jump-end) forwards }</style>
        <div class="grows"><div id="growing" style="height: 100%"></div></div>`,
      large: `<div id="large" style="height: 9px"></div>`,
    };
    const client = await openPage(
      `${Object.values(hidden).join("")}<div id="empty" style="height: 0"></div>`,
    );
    await client.page.evaluate(
      (ids) => ids.forEach((id) => window.show(id)),
      [...Object.keys(hidden), "empty"],
    );
    await reported(client, "empty");
    for (const id of Object.keys(hidden))
      expect([id, await errorsOf(client, id)]).toEqual([id, []]);
    await client.close();
  });

  it("says it when it is displayed and still has no size", async () => {
    const client = await openPage(
      `<div style="display: none" id="tab"><div id="it" style="height: 0"></div></div>
       <div id="empty" style="height: 0"></div>`,
    );
    await client.page.evaluate(() => {
      window.show("it");
      window.show("empty");
    });
    await reported(client, "empty");
    expect(await errorsOf(client, "it")).toEqual([]);
    await client.page.evaluate(() => document.getElementById("tab")?.removeAttribute("style"));
    expect(await reported(client, "it")).toContain('<div id="it"> is');
    await client.close();
  });

  it("says nothing when a picture that had a size is folded", async () => {
    const client = await openPage(
      `<div id="it" style="height: 90px"></div><div id="empty" style="height: 0"></div>`,
    );
    await client.page.evaluate(() => {
      window.show("it");
      window.show("empty");
    });
    await reported(client, "empty");
    await client.page.evaluate(() => {
      for (const id of ["it", "empty"]) {
        document.getElementById(id)?.setAttribute("style", "height: 0");
      }
      const next = document.createElement("div");
      next.id = "next";
      next.style.height = "0";
      document.body.append(next);
      window.show("next");
    });
    await reported(client, "next");
    expect(await errorsOf(client, "it")).toEqual([]);
    // Once is enough.
    expect(await errorsOf(client, "empty")).toHaveLength(1);
    await client.close();
  });
});
