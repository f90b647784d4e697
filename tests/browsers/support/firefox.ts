/** Firefox, driven by WebDriver BiDi. */
import puppeteer, { type Browser } from "puppeteer-core";
import { Program } from "../../support/program";
import type { DrivenBrowser } from "./browser";

/** Milliseconds for a page, or a script in it, on a busy machine. */
const LIMIT_MS = 60_000;

/** Milliseconds for Firefox to close, before it is killed. */
const CLOSE_MS = 15_000;

/** Starts Firefox without a window. @throws Error (as a rejection) when it doesn't start; nothing of it is left then */
export async function startFirefox(executablePath: string): Promise<DrivenBrowser> {
  const browser = await puppeteer.launch({
    ...{ browser: "firefox", executablePath, headless: true },
    ...{ timeout: LIMIT_MS, protocolTimeout: LIMIT_MS },
  });
  try {
    return await drive(browser);
  } catch (error) {
    // The first error says why; a Firefox that failed may not close well either.
    await close(browser).catch(() => undefined);
    throw error;
  }
}

/** Closes Firefox. Waits for no answer of a Firefox that hangs. */
async function close(browser: Browser): Promise<void> {
  const child = browser.process();
  const timer = setTimeout(() => child?.kill("SIGKILL"), CLOSE_MS);
  try {
    await browser.close();
  } finally {
    clearTimeout(timer);
    if (child !== null) await new Program("Firefox", child).end("SIGKILL");
  }
}

async function drive(browser: Browser): Promise<DrivenBrowser> {
  const page = await browser.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  // JupyterLab asks whether to leave a notebook that isn't saved. The page may be gone before the answer.
  page.on("dialog", (dialog) => void dialog.accept().catch(() => undefined));
  const resize = (width: number, height: number): Promise<void> =>
    page.setViewport({ width, height });
  await resize(1280, 900);
  return {
    version: await browser.version(),
    canTouch: true,
    open: async (url) => {
      await page.goto(url);
    },
    evaluate: async (call, ...args) =>
      (await page.evaluate(call as unknown as (...args: unknown[]) => unknown, ...args)) as Awaited<
        ReturnType<typeof call>
      >,
    mouse: async (...actions) => {
      for (const action of actions) {
        if (action === "down") await page.mouse.down();
        else if (action === "up") await page.mouse.up();
        else await page.mouse.move(...action.move);
      }
    },
    wheel: async (at, dy) => {
      await page.mouse.move(...at);
      await page.mouse.wheel({ deltaY: dy });
    },
    press: (key) => page.keyboard.press(key as "a"),
    tap: (at) => page.touchscreen.tap(...at),
    resize,
    screenshot: async () => Buffer.from(await page.screenshot()),
    close: () => close(browser),
  };
}
