import { galata } from "@jupyterlab/galata";
import type { Browser, Page } from "@playwright/test";
import { server } from "./environment";
import { PageLog } from "./pageLog";

/** The parts of JupyterLab's application object that begin and end a test. */
interface ExposedWindow {
  readonly jupyterapp: {
    readonly restored: Promise<unknown>;
    readonly shell: {
      widgets(area: "main"): Iterable<{
        readonly context?: { readonly model: { dirty: boolean } };
        dispose(): void;
      }>;
    };
    readonly serviceManager: { readonly sessions: { shutdownAll(): Promise<void> } };
  };
}

/** One page of JupyterLab that tests use in turn. Settings and workspace are kept in its memory. */
export class SharedLab {
  readonly #page: Page;
  readonly #log: PageLog;
  #isLoaded = false;
  /** Whether the test has loaded the page again. */
  #wasReloaded = false;

  private constructor(page: Page) {
    this.#page = page;
    this.#log = new PageLog(page);
    page.on("load", () => (this.#wasReloaded = true));
  }

  /** Opens the page. JupyterLab is loaded by the first test. */
  static async open(browser: Browser): Promise<SharedLab> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await mockServer(page);
    return new SharedLab(page);
  }

  /** Begins a test: loads JupyterLab if it is not there. */
  async begin(): Promise<Page> {
    this.#log.clear();
    if (!this.#isLoaded) await loadLab(this.#page);
    this.#isLoaded = true;
    this.#wasReloaded = false;
    return this.#page;
  }

  /**
   * Ends a test: closes its notebooks and kernels.
   *
   * @param reload - whether the next test loads JupyterLab again, as this one may have broken it
   */
  async end({ reload }: { readonly reload: boolean }): Promise<void> {
    await this.#page.mouse.move(0, 0);
    await this.#page.evaluate(async () => {
      const { shell, serviceManager } = (window as unknown as ExposedWindow).jupyterapp;
      for (const widget of [...shell.widgets("main")]) {
        // A changed notebook would ask whether to save it.
        if (widget.context !== undefined) widget.context.model.dirty = false;
        widget.dispose();
      }
      await serviceManager.sessions.shutdownAll();
    });
    // Some seconds after it was loaded, JupyterLab opens the notebook that its address names.
    if (reload || this.#wasReloaded) this.#isLoaded = false;
  }

  /** What the page wrote to its console and said to its kernels since the test began. */
  get log(): string {
    return this.#log.text;
  }

  async dispose(): Promise<void> {
    await this.#page.context().close();
  }
}

/** Galata keeps settings, state and user from the server: nothing of a test reaches another run. */
export async function mockServer(page: Page): Promise<void> {
  await galata.initTestPage(
    "/lab",
    false,
    server.url,
    true,
    galata.DEFAULT_SETTINGS,
    false,
    true,
    page,
    null,
    null,
    "",
    () => Promise.resolve(),
  );
  await mockWorkspace(page);
}

/**
 * Keeps the workspace. Galata's own mock forgets no key, so that a page which is loaded again would
 * open the notebooks of all tests before, each with a new kernel.
 */
async function mockWorkspace(page: Page): Promise<void> {
  let workspace: object = { data: {}, metadata: { id: "default" } };
  await page.route(/\/lab\/api\/workspaces(\/|\?|$)/, async (route, request) => {
    if (request.method() === "PUT") {
      workspace = request.postDataJSON() as object;
      await route.fulfill({ status: 204 });
      return;
    }
    const isOne = /\/workspaces\/[^?]/.test(request.url());
    const all = { workspaces: { ids: ["default"], values: [workspace] } };
    await route.fulfill({ json: isOne ? workspace : all });
  });
}

/** Loads JupyterLab with an empty workspace. */
export async function loadLab(page: Page): Promise<void> {
  await page.goto(`${server.url}/lab?reset`);
  await page.waitForFunction(() => "jupyterapp" in window);
  await page.evaluate(() => (window as unknown as ExposedWindow).jupyterapp.restored);
}
