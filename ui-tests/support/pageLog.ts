import type { Page } from "@playwright/test";

/** Lines that are kept. */
const MOST_LINES = 300;

/**
 * The newest lines of a page's console, and the types of the messages to and from its kernels, for
 * a test that fails: what JupyterLab did cannot be seen from a screenshot.
 */
export class PageLog {
  readonly #lines: string[] = [];

  constructor(page: Page) {
    page.on("console", (message) => this.#add(message.text()));
    page.on("pageerror", (error) => this.#add(String(error.stack)));
    page.on("websocket", (socket) => {
      if (!/\/kernels\/.*\/channels/.test(socket.url())) return;
      this.#add("the kernel's socket opens");
      socket.on("framesent", ({ payload }) => this.#add(`sent ${describe(payload)}`));
      socket.on("framereceived", ({ payload }) => this.#add(`received ${describe(payload)}`));
      socket.on("close", () => this.#add("the kernel's socket closes"));
    });
  }

  /** All lines, oldest first, each with the time in milliseconds. */
  get text(): string {
    return this.#lines.join("\n");
  }

  clear(): void {
    this.#lines.length = 0;
  }

  #add(line: string): void {
    this.#lines.push(`${Date.now()} ${line}`);
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
  }
}

/** A message's type, and the method and the type inside a comm message. */
function describe(payload: string | Buffer): string {
  const text = payload.toString("latin1");
  return [...text.matchAll(/"(?:msg_type|method|type|execution_state)": ?"(\w+)"/g)]
    .map(([, value]) => value)
    .slice(0, 5)
    .join(" ");
}
