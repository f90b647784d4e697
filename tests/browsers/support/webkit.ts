/** WebKitGTK's own small browser, driven by WebDriver on a display in memory. */
import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import type { webkitPaths } from "../../../scripts/lib/browsers.mjs";
import { freePort } from "../../../scripts/lib/ports.mjs";
import type { DrivenBrowser, Point } from "./browser";
import { WebDriverSession } from "./webdriver";

/** Milliseconds for a page, or a script in it, on a busy machine. */
const LIMIT_MS = 60_000;

/** Starts WebKitGTK. */
export async function startWebkit(
  paths: NonNullable<ReturnType<typeof webkitPaths>>,
): Promise<DrivenBrowser> {
  const started: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    for (const child of started.splice(0).reverse()) await endProcess(child);
  };
  try {
    const screen = ["-screen", "0", "1400x1000x24"];
    const display = spawn(paths.display, ["-displayfd", "3", ...screen, "-nolisten", "tcp"], {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    started.push(display);
    const number = await firstLine(display.stdio[3] as Readable);
    const port = await freePort();
    const driver = spawn(paths.driver, ["--host=127.0.0.1", `--port=${port}`], {
      stdio: "ignore",
      env: {
        ...process.env,
        DISPLAY: `:${number}`,
        GDK_BACKEND: "x11",
        LIBGL_ALWAYS_SOFTWARE: "1",
        // Its sandbox doesn't start as root or in a container.
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
      },
    });
    started.push(driver);
    const address = `http://127.0.0.1:${port}/`;
    await answers(`${address}status`, driver);
    const session = await WebDriverSession.start(address, {
      "webkitgtk:browserOptions": { binary: paths.browser, args: ["--automation"] },
    });
    await session.limit({ script: LIMIT_MS, pageLoad: LIMIT_MS });
    await session.place({ width: 1280, height: 950 });
    return drive(session, async () => {
      await session.end();
      await end();
    });
  } catch (error) {
    await end();
    throw error;
  }
}

function drive(session: WebDriverSession, close: () => Promise<void>): DrivenBrowser {
  const move = ([x, y]: Point): object => ({
    ...{ type: "pointerMove", duration: 0, origin: "viewport" },
    ...{ x: Math.round(x), y: Math.round(y) },
  });
  const pointer = (pointerType: "mouse" | "touch", actions: readonly object[]): Promise<void> =>
    session.act({ type: "pointer", id: pointerType, parameters: { pointerType }, actions });
  const [down, up] = ["pointerDown", "pointerUp"].map((type) => ({ type, button: 0 }));
  return {
    version: session.version,
    canTouch: false,
    open: (url) => session.open(url),
    evaluate: async (call, ...args) => {
      const script = `const [args, done] = [[...arguments], arguments[arguments.length - 1]];
        args.pop();
        Promise.resolve().then(() => (${call.toString()})(...args)).then(
          (value) => done({ value }),
          (error) => done({ error: String(error) }),
        );`;
      const { value, error } = (await session.run(script, args)) as {
        readonly value: Awaited<ReturnType<typeof call>>;
        readonly error?: string;
      };
      if (error !== undefined) throw new Error(error);
      return value;
    },
    mouse: (...actions) =>
      pointer(
        "mouse",
        actions.map((action) => {
          if (action === "down") return { ...down };
          return action === "up" ? { ...up } : move(action.move);
        }),
      ),
    wheel: ([x, y], dy) =>
      session.act({
        type: "wheel",
        id: "wheel",
        actions: [{ type: "scroll", x: Math.round(x), y: Math.round(y), deltaX: 0, deltaY: dy }],
      }),
    press: (key) =>
      session.act({
        type: "key",
        id: "keys",
        actions: ["keyDown", "keyUp"].map((type) => ({ type, value: key })),
      }),
    tap: (at) => pointer("touch", [move(at), { ...down }, { ...up }]),
    resize: (width, height) => session.place({ width, height }),
    screenshot: () => session.screenshot(),
    close,
  };
}

async function firstLine(stream: Readable): Promise<string> {
  let text = "";
  for await (const part of stream) {
    text += String(part);
    if (text.includes("\n")) break;
  }
  return text.trim();
}

/** Waits until a driver answers. @throws Error when it ends before */
async function answers(url: string, driver: ChildProcess): Promise<void> {
  while (
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (driver.exitCode !== null) throw new Error(`WebKit's driver ended with ${driver.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}
