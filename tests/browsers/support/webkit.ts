/** WebKitGTK's own small browser, driven by WebDriver on a display in memory. */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { webkitPaths } from "../../../scripts/lib/browsers.mjs";
import { freePort } from "../../../scripts/lib/ports.mjs";
import { Disposables } from "../../support/disposables";
import { answers, Program } from "../../support/program";
import type { DrivenBrowser, Point } from "./browser";
import { WebDriverSession } from "./webdriver";

/** Milliseconds for a page, or a script in it, on a busy machine. */
const LIMIT_MS = 60_000;

/** Starts WebKitGTK. @throws Error (as a rejection) when it doesn't start; nothing of it is left then */
export async function startWebkit(
  paths: NonNullable<ReturnType<typeof webkitPaths>>,
): Promise<DrivenBrowser> {
  const owned = new Disposables();
  try {
    const port = await freePort();
    const driver = startDriver(paths.driver, port, await startDisplay(paths.display, owned));
    owned.add(() => driver.end());
    const address = `http://127.0.0.1:${port}/`;
    await driver.ready(() => answers(`${address}status`));
    const session = await WebDriverSession.start(address, {
      "webkitgtk:browserOptions": { binary: paths.browser, args: ["--automation"] },
    });
    owned.add(() => session.end());
    await session.limit({ script: LIMIT_MS, pageLoad: LIMIT_MS });
    await session.place({ width: 1280, height: 950 });
    return drive(session, () => owned.dispose());
  } catch (error) {
    // What can't be ended now is no news.
    await owned.dispose().catch(() => undefined);
    throw error;
  }
}

/** Starts a display in memory. @returns its number */
async function startDisplay(program: string, owned: Disposables): Promise<number> {
  const screen = ["-screen", "0", "1400x1000x24"];
  const child = spawn(program, ["-displayfd", "3", ...screen, "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const display = new Program("the display", child);
  owned.add(() => display.end());
  const line = await display.first(firstLine(child.stdio[3] as Readable));
  if (!/^\d+$/.test(line)) throw new Error(`Expected the number of a display, got "${line}"`);
  return Number(line);
}

/** Starts the driver, in a group with the browser that it starts. */
function startDriver(program: string, port: number, display: number): Program {
  const child = spawn(program, ["--host=127.0.0.1", `--port=${port}`], {
    stdio: "ignore",
    detached: true,
    env: {
      ...process.env,
      DISPLAY: `:${display}`,
      GDK_BACKEND: "x11",
      LIBGL_ALWAYS_SOFTWARE: "1",
      // Its sandbox doesn't start as root or in a container.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    },
  });
  return new Program("WebKit's driver", child, { isGroup: true });
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

/** The first line of a stream. One that ends before has none: the ending of its program says why. */
async function firstLine(stream: Readable): Promise<string> {
  let text = "";
  for await (const part of stream) {
    text += String(part);
    const [line, rest] = text.split("\n");
    if (line !== undefined && rest !== undefined) return line.trim();
  }
  return new Promise(() => undefined);
}
