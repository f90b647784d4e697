/** A session of WebDriver, the protocol by which programs drive browsers: https://www.w3.org/TR/webdriver2/ */

/**
 * Milliseconds for an answer of the driver: more than a page or a script in it may take, and a guard against a driver that hangs.
 */
const ANSWER_MS = 90_000;
/** Milliseconds for the end of a session, whose driver may hang. */
const END_MS = 15_000;

/** What went wrong, by the protocol's own name for it. */
export class WebDriverError extends Error {
  override readonly name = "WebDriverError";
}

/** A source of input, such as a mouse, and what it does. */
export interface InputSource {
  readonly type: "pointer" | "key" | "wheel";
  readonly id: string;
  readonly parameters?: { readonly pointerType: "mouse" | "touch" };
  readonly actions: readonly object[];
}

/** A session with a browser that a driver started. */
export class WebDriverSession {
  readonly #url: string;
  /** The browser's name and version. */
  readonly version: string;

  private constructor(url: string, version: string) {
    this.#url = url;
    this.version = version;
  }

  /** Lets the driver at an address start its browser. */
  static async start(driver: string, capabilities: object): Promise<WebDriverSession> {
    const answer = await send(`${driver}session`, "POST", {
      capabilities: { alwaysMatch: capabilities },
    });
    const { sessionId, capabilities: actual } = answer as {
      readonly sessionId: string;
      readonly capabilities: { readonly browserName: string; readonly browserVersion: string };
    };
    const version = `${actual.browserName} ${actual.browserVersion}`;
    return new WebDriverSession(`${driver}session/${sessionId}/`, version);
  }

  /** Opens an address, and waits until it is loaded. */
  async open(url: string): Promise<void> {
    await this.#post("url", { url });
  }

  /** Runs the body of a function in the page. Its last argument is a function that ends it. */
  run(script: string, args: readonly unknown[]): Promise<unknown> {
    return this.#post("execute/async", { script, args });
  }

  /** Lets sources of input act, tick by tick at the same time. */
  async act(...actions: readonly InputSource[]): Promise<void> {
    await this.#post("actions", { actions });
  }

  /** Moves and resizes the window. */
  async place(rect: object): Promise<void> {
    await this.#post("window/rect", rect);
  }

  /** What the window shows, as PNG. */
  async screenshot(): Promise<Buffer> {
    return Buffer.from(String(await send(`${this.#url}screenshot`, "GET")), "base64");
  }

  /** Sets the limits for scripts and pages, in milliseconds. */
  async limit(timeouts: { readonly script: number; readonly pageLoad: number }): Promise<void> {
    await this.#post("timeouts", timeouts);
  }

  /** Ends the browser. */
  async end(): Promise<void> {
    await send(this.#url.replace(/\/$/, ""), "DELETE", undefined, END_MS);
  }

  #post(path: string, body: object): Promise<unknown> {
    return send(this.#url + path, "POST", body);
  }
}

async function send(
  url: string,
  method: string,
  body?: object,
  limitMs = ANSWER_MS,
): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    signal: AbortSignal.timeout(limitMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { value } = (await answer.json()) as { readonly value: unknown };
  if (answer.ok) return value;
  const { error, message } = value as { readonly error: string; readonly message: string };
  throw new WebDriverError(`${error}: ${message} (${method} ${new URL(url).pathname})`);
}
