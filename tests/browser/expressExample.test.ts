/** The Express example, as users see it: login, picture, logout. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { disposedAfterAll, disposedAfterEach } from "../support/disposables";
import { IMAGES, StreamViewer } from "../support/streamViewer";
import { errorsOf, exampleFolder, pictureAt, pointAt, startExample, type Example } from "./example";

/** What all tests share, and what one has started. */
const [shared, disposables] = [disposedAfterAll(), disposedAfterEach()];
let browser: Browser;
let environment: { USERS_FILE: string };
let password: string;
beforeAll(async () => {
  browser = await shared.own(startBrowser(), (started) => started.close());
  environment = { USERS_FILE: join(shared.folder(), "users.json") };
  const printed = execFileSync(process.execPath, ["addUser.mjs", "ada"], {
    cwd: exampleFolder("express"),
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  password = /^The password of ada is (\S{16})$/m.exec(printed)?.[1] ?? "";
});

let example: Example;
let page: Page;
beforeEach(async () => {
  const starting = startExample("express", ["server.mjs", "0"], environment);
  example = await disposables.own(starting, async ({ stop }) => expect(await stop()).toBe(0));
  const context = await disposables.own(browser.newContext(), (opened) => opened.close());
  page = await context.newPage();
  await page.goto(example.url);
});

async function logIn(name: string, secret: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(secret);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** Connects as the page does, and waits until the server refuses or sends a frame. */
async function connect(cookie?: string): Promise<number | "frame" | undefined> {
  const viewer = new StreamViewer(
    `${example.url.replace(/^http/, "ws")}rfb/pond`,
    { supported: IMAGES },
    cookie === undefined ? {} : { headers: { cookie } },
  );
  const result = (): number | "frame" | undefined =>
    viewer.frames.length > 0 ? "frame" : viewer.closed?.code;
  await expect.poll(result, { timeout: 10_000 }).toBeDefined();
  const found = result();
  viewer.ws.terminate();
  return found;
}

describe("the Express example", () => {
  it("keeps no password", () => {
    expect(password).not.toBe("");
    expect(readFileSync(environment.USERS_FILE, "utf8")).not.toContain(password);
  });

  it("lets those in who log in, shows them the pond, and reacts to the mouse", async () => {
    const errors = errorsOf(page);
    await logIn("ada", password);
    await page.getByRole("button", { name: "Log out" }).waitFor();
    const size = async (): Promise<string> => (await pictureAt(page, [])).size;
    await expect.poll(size, { timeout: 20_000 }).toBe("320x180");
    // Water at rest is the same between the tiles' joints.
    const points = [0.28, 0.29, 0.3, 0.31, 0.32].map((x) => [x, 0.3] as const);
    const spread = async (): Promise<number> => {
      const greens = (await pictureAt(page, points)).colors.map(([, green = 0]) => green);
      return Math.max(...greens) - Math.min(...greens);
    };
    await expect.poll(spread).toBeLessThan(35);
    await expect
      .poll(
        async () => {
          await pointAt(page, 0.3 + Math.random() / 50, 0.3);
          return spread();
        },
        { timeout: 10_000 },
      )
      .toBeGreaterThan(45);
    expect(errors).toEqual([]);
  });

  it("refuses a wrong password and an unknown name alike", async () => {
    for (const [name, secret] of [
      ["ada", "wrong"],
      ["bob", password],
      ["__proto__", ""],
    ] as const) {
      const answer = await page.request.post(`${example.url}login`, {
        form: { name, password: secret },
      });
      expect([answer.status(), await answer.text()]).toEqual([
        401,
        expect.stringContaining("The name or the password is wrong."),
      ]);
      expect(answer.headers()["set-cookie"]).toBeUndefined();
    }
    await logIn("ada", "wrong");
    await page.getByText("The name or the password is wrong.").waitFor();
    expect(await page.locator("remote-framebuffer").count()).toBe(0);
  });

  it("sends no frame to those who are not logged in", async () => {
    expect(await connect()).toBe(4401);
    expect(await connect("session=guessed")).toBe(4401);
  });

  it("ends the pictures of a session at logout, and its cookie with them", async () => {
    await logIn("ada", password);
    await page.getByRole("button", { name: "Log out" }).waitFor();
    const other = await page.context().newPage();
    await other.goto(example.url);
    await other.getByRole("toolbar").waitFor({ state: "attached" });
    const cookies = await page.context().cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: "Lax" })]);
    expect(await connect(cookie)).toBe("frame");
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("button", { name: "Log in" }).waitFor();
    await other.getByText(/refused the token \(4401\)/).waitFor();
    expect(await connect(cookie)).toBe(4401);
  });
});
