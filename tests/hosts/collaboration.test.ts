/** Two pages on one notebook, with jupyter-collaboration. */
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { beforeAll, expect, it } from "vitest";
import { disposedAfterAll } from "../support/disposables";
import { eventually } from "../support/eventually";
import { EVENTS_CELL, SQUARE_CELL, writeNotebook } from "./support/notebook";
import { jupyterArguments, type HostServer } from "./support/server";
import { startServerAndBrowser } from "./support/serverAndBrowser";
import { moveTo, runsSquares, showsGray, showsSquare } from "./support/squares";

const disposables = disposedAfterAll();
let server: HostServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await startServerAndBrowser(disposables, {
    name: "collaboration",
    args: (place) => [
      ...jupyterArguments("lab", place).filter((argument) => !/disable_rtc/.test(argument)),
    ],
  });
});

/** Opens the notebook as another person, and waits until the page is in the notebook's room. */
async function open(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  const room = page.waitForEvent("websocket", (socket) =>
    socket.url().includes("/collaboration/room/json:notebook:"),
  );
  await page.goto(`${server.url}lab/tree/squares.ipynb?reset`);
  await room;
  return page;
}

it("two pages in a room show the picture, and each one's mouse redraws it in both", async () => {
  writeNotebook(join(server.directory, "squares.ipynb"), [SQUARE_CELL, EVENTS_CELL]);
  const ada = await open();
  await runsSquares(ada);
  const bob = await open();
  await showsSquare(bob);
  await moveTo(bob, 90);
  await Promise.all([showsGray(ada, 90), showsGray(bob, 90)]);
  await moveTo(ada, 70);
  await Promise.all([showsGray(ada, 70), showsGray(bob, 70)]);
  for (const page of [ada, bob]) {
    const outputs = (): Promise<string[]> =>
      page.locator(".jp-OutputArea-output").allTextContents();
    await eventually(async () => (await outputs()).join("\n")).toContain("EVENTS ");
    expect((await outputs()).join("\n")).not.toContain("unknown msg_type");
  }
});
