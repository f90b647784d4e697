/** One JupyterLab, one Chromium, and in it a notebook with our kernel and one with jupyter_rfb's. */
import { spawn } from "node:child_process";
import {
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "@playwright/test";
import { chromiumFlags, chromiumPath } from "../../scripts/lib/chromium.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/ports.mjs";
import { benchEnvironment, benchPython, installIntoBenchVenv } from "../lib/environment.mjs";
import { installReaders } from "../lib/readers.mjs";
import { Control } from "./control.mjs";
import { installFloor } from "./floorPage.mjs";
import { installProbe } from "./page.mjs";
import { treeCpuMs } from "./processes.mjs";

/** @typedef {"ours" | "theirs"} Side */

/**
 * @typedef {object} Seen
 * @property {number} frames animation frames of the page that had a new picture to show
 * @property {number} seconds
 * @property {number} cpuMs processor time of server, kernels and browser together
 */

/** @type {readonly Side[]} */
export const SIDES = ["ours", "theirs"];

/** In view: the largest picture with JupyterLab around it. */
const VIEWPORT = { width: 2240, height: 1360 };

/** How long a step of opening JupyterLab may take, in milliseconds. */
const STEP_LIMIT_MS = 60_000;

/** Rejects if a step takes too long, instead of waiting for a page or a kernel that hangs.
 * @template T
 * @param {string} step
 * @param {Promise<T>} promise
 * @returns {Promise<T>} */
async function limited(step, promise) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`bench: ${step} took more than ${STEP_LIMIT_MS / 1000} s`)),
      STEP_LIMIT_MS,
    );
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, limit]));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} file
 * @param {string} kernel
 * @param {readonly string[]} sources */
function writeNotebook(file, kernel, sources) {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: kernel, display_name: kernel } },
    cells: sources.map((source, index) => ({
      cell_type: "code",
      id: `cell-${index}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
  };
  writeFileSync(file, JSON.stringify(notebook));
}

/** A side's notebook with the build of a checkout.
 * @param {string} root
 * @param {Side} side
 * @param {string} checkout
 * @param {number} port */
function writeTslabNotebook(root, side, checkout, port) {
  const program = JSON.stringify(join(checkout, "bench/jupyter/ours.cjs"));
  const place = JSON.stringify({ port, side, lib: join(checkout, "lib") });
  writeNotebook(join(root, `${side}.ipynb`), "tslab", [
    `const bench = require(${program}).start(${place});`,
    "bench.show();",
  ]);
}

/** The first process that has an argument.
 * @param {string} argument */
function processWith(argument) {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const words = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      if (words.includes(argument) && !words.some((word) => word.startsWith("--type="))) {
        return Number(entry);
      }
    } catch {
      // It ended meanwhile.
    }
  }
  return 0;
}

/** A Jupyter server, a browser and two kernels. */
export class JupyterSession {
  control = new Control();
  port = 0;
  /** @type {import("@playwright/test").Page} */
  // @ts-expect-error: set by start()
  page;
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #server;
  /** @type {import("@playwright/test").BrowserContext | undefined} */
  #browser;
  #folder = "";
  /** @type {string[]} */
  #profiles = [];

  /** Starts the server and opens the notebooks.
   * @param {{ sides?: readonly Side[], against?: string | undefined }} [options]
   *   against: a built checkout whose kernel and extension are "theirs", instead of jupyter_rfb
   * @returns {Promise<JupyterSession>} */
  static async start({ sides = SIDES, against } = {}) {
    installIntoBenchVenv();
    const session = new JupyterSession();
    try {
      await session.#startServer(against);
      await session.openPage(session.port, sides);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  /** @param {string | undefined} against */
  async #startServer(against) {
    const controlPort = await this.control.listen();
    this.port = await freePort();
    this.#folder = at("bench", ".work", "jupyter", String(this.port));
    const root = join(this.#folder, "root");
    mkdirSync(root, { recursive: true });
    const settings = join(
      this.#folder,
      "config/lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings",
    );
    mkdirSync(join(settings, ".."), { recursive: true });
    writeFileSync(settings, JSON.stringify({ fetchNews: "false", checkForUpdates: false }));
    writeTslabNotebook(root, "ours", at(), controlPort);
    const extensions = join(this.#folder, "extensions");
    if (against !== undefined) {
      writeTslabNotebook(root, "theirs", resolve(against), controlPort);
      mkdirSync(extensions);
      symlinkSync(join(resolve(against), "labextension"), join(extensions, "jupyter-rfb-ts"));
    } else {
      writeNotebook(join(root, "theirs.ipynb"), "python3", [
        `import sys; sys.path.insert(0, ${JSON.stringify(at("bench/jupyter"))})\n` +
          `sys.dont_write_bytecode = True; import theirs\nbench = theirs.start(${controlPort})`,
        "bench.show()",
      ]);
    }
    const log = openSync(join(this.#folder, "server.log"), "w");
    this.#server = spawn(
      benchPython,
      [
        ...["-m", "jupyterlab", "--no-browser", "--allow-root"],
        ...["--ServerApp.ip=127.0.0.1", `--ServerApp.port=${this.port}`],
        ...["--ServerApp.port_retries=0", `--ServerApp.root_dir=${root}`],
        `--LabApp.extra_labextensions_path=${extensions}`,
        // Only this machine reaches it, and only while it is measured.
        ...["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"],
      ],
      {
        cwd: root,
        stdio: ["ignore", log, log],
        env: {
          ...process.env,
          ...benchEnvironment(),
          JUPYTER_CONFIG_DIR: join(this.#folder, "config"),
          JUPYTER_DATA_DIR: join(this.#folder, "data"),
          JUPYTER_RUNTIME_DIR: join(this.#folder, "runtime"),
        },
      },
    );
    for (let tries = 0; ; tries += 1) {
      try {
        if ((await fetch(`http://127.0.0.1:${this.port}/api`)).ok) return;
      } catch {
        // Not listening yet.
      }
      if (tries > 300 || hasEnded(this.#server)) {
        throw new Error(`bench: JupyterLab did not start, see ${this.#folder}/server.log`);
      }
      await sleep(100);
    }
  }

  /** Opens the notebooks in a new browser; a browser that is open is closed first.
   * @param {number} port the server's, or that of a proxy before it
   * @param {readonly Side[]} sides */
  async openPage(port, sides) {
    await this.#browser?.close();
    const profile = join(tmpdir(), `jupyter-rfb-ts-bench-${process.pid}-${Date.now()}`);
    this.#browser = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath(),
      args: [...chromiumFlags, "--enable-precise-memory-info", "--js-flags=--expose-gc"],
      viewport: VIEWPORT,
      deviceScaleFactor: 1,
    });
    this.#profiles.push(profile);
    this.page = this.#browser.pages()[0] ?? (await this.#browser.newPage());
    await this.page.addInitScript(installReaders);
    await this.page.addInitScript(installProbe);
    await this.page.addInitScript(installFloor);
    const [first = "ours"] = sides;
    await this.page.goto(`http://127.0.0.1:${port}/lab/tree/${first}.ipynb?reset`);
    await this.page.waitForFunction(() => "jupyterapp" in window);
    await limited("restoring JupyterLab", this.#clearShell());
    for (const side of sides) await this.#openNotebook(side);
  }

  #clearShell() {
    return this.page.evaluate(async () => {
      /** @type {any} */
      const app = /** @type {any} */ (window).jupyterapp;
      await app.restored;
      app.shell.collapseLeft();
      app.shell.collapseRight();
    });
  }

  /** Opens a side's notebook and connects its kernel with the benchmark.
   * @param {Side} side */
  async #openNotebook(side) {
    this.control.forget(side);
    const opened = this.page.evaluate(
      (path) =>
        /** @type {any} */ (window).jupyterapp.commands.execute("docmanager:open", { path }),
      `${side}.ipynb`,
    );
    await limited(`opening the notebook of ${side}`, opened);
    await limited(`activating the notebook of ${side}`, this.activate(side));
    await this.page.waitForFunction(
      () => {
        const panel = /** @type {any} */ (window).jupyterapp.shell.currentWidget;
        const kernel = panel?.sessionContext?.session?.kernel;
        return kernel?.connectionStatus === "connected" && kernel.status === "idle";
      },
      undefined,
      // JupyterLab asks a kernel again after a minute if tslab lost its first question.
      { timeout: 90_000 },
    );
    const informed = this.page.evaluate(async () => {
      await /** @type {any} */ (window).jupyterapp.shell.currentWidget.sessionContext.session.kernel
        .info;
    });
    await limited(`the kernel info of ${side}`, informed);
    await limited(`the first cell of ${side}`, this.#run(0));
    await limited(`connecting the kernel of ${side}`, this.control.connected(side));
  }

  /** Brings a side's notebook to the front.
   * @param {Side} side */
  async activate(side) {
    await this.page.evaluate(async (path) => {
      /** @type {any} */
      const app = /** @type {any} */ (window).jupyterapp;
      const panel = [...app.shell.widgets("main")].find((w) => w.context?.path === path);
      app.shell.activateById(panel.id);
      await panel.context.ready;
    }, `${side}.ipynb`);
    await this.page.waitForFunction(
      (path) => /** @type {any} */ (window).jupyterapp.shell.currentWidget?.context?.path === path,
      `${side}.ipynb`,
    );
  }

  /** @param {number} index of the cell of the notebook at the front */
  async #run(index) {
    await this.page.evaluate(async (cell) => {
      /** @type {any} */
      const app = /** @type {any} */ (window).jupyterapp;
      const { content } = app.shell.currentWidget;
      content.activeCellIndex = cell;
      content.mode = "command";
      await app.commands.execute("notebook:run-cell");
    }, index);
  }

  /** Makes widgets and shows them, and waits until all their pictures are there, at rest.
   * @param {Side} side
   * @param {{ pictures: { files: readonly string[], width: number, height: number }, width: number, height: number,
   *   count?: number, views?: number, traits?: object }} options
   * @returns {Promise<{ missing: string[] }>} the traits that this side does not have */
  async show(side, options) {
    const answer = await this.control.call(side, "prepare", options);
    await this.activate(side);
    await this.#run(1);
    const wanted = (options.count ?? 1) * (options.views ?? 1);
    await this.page.waitForFunction(
      ([count, width]) => {
        const panel = /** @type {any} */ (window).jupyterapp.shell.currentWidget;
        const pictures = [
          ...panel.node.querySelectorAll(".jp-OutputArea canvas, .jp-OutputArea img"),
        ];
        return pictures.filter((p) => (p.naturalWidth ?? p.width) === width).length === count;
      },
      [wanted, options.pictures.width],
      { timeout: 60_000 },
    );
    await this.page.evaluate(() => {
      const panel = /** @type {any} */ (window).jupyterapp.shell.currentWidget;
      panel.node.querySelector(".jp-OutputArea canvas, .jp-OutputArea img").scrollIntoView();
    });
    await this.control.call(side, "settle");
    return answer;
  }

  /** Draws as fast as it goes, in the notebook at the front.
   * @param {Side} side
   * @param {object} options see ours.cjs
   * @returns {Promise<any>} */
  async loop(side, options) {
    await this.activate(side);
    const result = await this.control.call(side, "loop", options);
    await this.control.call(side, "settle");
    return result;
  }

  /** The same for some seconds, while the screen is watched.
   * @param {Side} side
   * @param {{ seconds: number, warmup: number } & Record<string, unknown>} options
   * @returns {Promise<any>} the kernel's result, and `seen`: see Seen */
  async watchedLoop(side, options) {
    await this.activate(side);
    const [result, seen] = await Promise.all([
      this.control.call(side, "loop", options),
      sleep(options.warmup * 1000).then(() => this.watchScreen(options.seconds)),
    ]);
    await this.control.call(side, "settle");
    return { ...result, seen };
  }

  /** Runs a cell that computes for so long, in the notebook at the front. Returns when it was sent.
   * @param {number} seconds */
  async compute(seconds) {
    await this.page.evaluate((milliseconds) => {
      const { sessionContext } = /** @type {any} */ (window).jupyterapp.shell.currentWidget;
      const { kernel } = sessionContext.session;
      const isPython = kernel.name === "python3";
      const code = isPython
        ? `import time\nend = time.time() + ${milliseconds / 1000}\nwhile time.time() < end: pass`
        : `{ const end = Date.now() + ${milliseconds}; while (Date.now() < end); }`;
      kernel.requestExecute({ code });
    }, seconds * 1000);
  }

  /** Counts what the screen can show of the picture at the front.
   * @param {number} seconds
   * @returns {Promise<Seen>} */
  async watchScreen(seconds) {
    await this.page.evaluate(() => /** @type {any} */ (window).benchProbe.watch());
    const cpuBefore = this.cpuMs;
    const began = performance.now();
    await this.page.evaluate(() => /** @type {any} */ (window).benchProbe.beginSeen());
    await sleep(seconds * 1000);
    const frames = await this.page.evaluate(() => /** @type {any} */ (window).benchProbe.endSeen());
    return {
      frames,
      seconds: (performance.now() - began) / 1000,
      cpuMs: this.cpuMs - cpuBefore,
    };
  }

  /** Runs a function in the page with the kernel of the notebook at the front as its argument.
   * @param {string} name of a method of the page's probe */
  async probeWithKernel(name) {
    await this.page.evaluate((method) => {
      /** @type {any} */
      const global = window;
      const kernel = global.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
      global.benchProbe[method](kernel);
    }, name);
  }

  /** The browser's process, or 0 if it isn't known. */
  get browserPid() {
    const profile = this.#profiles.at(-1) ?? "";
    return profile === "" ? 0 : processWith(`--user-data-dir=${profile}`);
  }

  /** Processor time so far, in milliseconds, of server, kernels and browser together. */
  get cpuMs() {
    return treeCpuMs([this.browserPid, this.#server?.pid ?? 0]);
  }

  /** Ends browser, kernels and server. */
  async close() {
    await this.#browser?.close().catch(() => undefined);
    for (const profile of this.#profiles.splice(0)) {
      // Chromium may still write for a moment.
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
    this.control.close();
    const server = this.#server;
    if (server === undefined || hasEnded(server)) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    const timer = setTimeout(() => server.kill("SIGKILL"), 15_000);
    await ended;
    clearTimeout(timer);
  }
}

/** @param {import("node:child_process").ChildProcess} child */
function hasEnded({ exitCode, signalCode }) {
  return exitCode !== null || signalCode !== null;
}
