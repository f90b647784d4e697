/**
 * A real JupyterHub with its proxy, below a base URL and under a name of its own: a user's
 * notebook, and the streams of its kernel through jupyter-server-proxy.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { beforeAll, expect, it } from "vitest";
import { at, hostsBin } from "../../scripts/lib/paths.mjs";
import { freePorts } from "../../scripts/lib/ports.mjs";
import { nameOfThisMachine } from "../support/chromium";
import { disposedAfterAll } from "../support/disposables";
import { eventually } from "../support/eventually";
import { SQUARE_CELL, writeNotebook } from "./support/notebook";
import { type HostServer } from "./support/server";
import { startServerAndBrowser } from "./support/serverAndBrowser";
import { runsSquares } from "./support/squares";

/** A name that leads to this machine only in the test's browser. */
const HUB = "hub.example.org";
const BASE = "/base/";
const USER = `${BASE}user/ada/`;

/** The ports of the hub's parts, and of the streams. */
interface Ports {
  readonly hub: number;
  readonly proxy: number;
  readonly live: number;
  readonly absolute: number;
  readonly refused: number;
}

const disposables = disposedAfterAll();
let ports: Ports;
let hub: HostServer;
let browser: Browser;
/** In which ada is logged in. */
let context: BrowserContext;

/** The hub's configuration, in Python. */
function configuration(port: number, directory: string): string {
  const settings: Readonly<Record<string, unknown>> = {
    "JupyterHub.bind_url": `http://127.0.0.1:${port}${BASE}`,
    "JupyterHub.public_url": `http://${HUB}:${port}${BASE}`,
    "JupyterHub.hub_bind_url": `http://127.0.0.1:${ports.hub}`,
    "JupyterHub.db_url": "sqlite://",
    "JupyterHub.cookie_secret_file": join(directory, "cookie_secret"),
    "JupyterHub.authenticator_class": "dummy",
    "JupyterHub.spawner_class": "simple",
    "ConfigurableHTTPProxy.api_url": `http://127.0.0.1:${ports.proxy}`,
    "ConfigurableHTTPProxy.command": [at("node_modules", ".bin", "configurable-http-proxy")],
    "ConfigurableHTTPProxy.pid_file": join(directory, "proxy.pid"),
    "SimpleLocalProcessSpawner.home_dir_template": directory,
    "Authenticator.allowed_users": ["ada"],
    "Spawner.cmd": [join(hostsBin, "jupyterhub-singleuser")],
    "Spawner.args": [
      ...["--allow-root", "--YDocExtension.disable_rtc=True"],
      "--LabApp.expose_app_in_browser=True",
    ],
    "Spawner.notebook_dir": directory,
    "Spawner.env_keep": [
      ...["PATH", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"],
      "JUPYTER_PREFER_ENV_PATH",
    ],
  };
  const lines = Object.entries(settings).map(
    ([name, value]) => `c.${name} = ${JSON.stringify(value)}\n`,
  );
  return `c = get_config()\n${lines.join("")}`;
}

const streamsCell = (): string => `import { serve } from "jupyter-rfb-ts/server";
const prefix = process.env.JUPYTERHUB_SERVICE_PREFIX + "proxy/absolute/${ports.absolute}";
await serve(w, { port: ${ports.live}, page: true });
await serve(w, { port: ${ports.absolute}, page: "quiet", path_prefix: prefix });
await serve(w, { port: ${ports.refused}, page: "quiet", origins: [] });`;

beforeAll(async () => {
  const [hubPort = 0, proxy = 0, live = 0, absolute = 0, refused = 0] = await freePorts(5);
  ports = { hub: hubPort, proxy, live, absolute, refused };
  [hub, browser] = await startServerAndBrowser(
    disposables,
    {
      name: "jupyterHub",
      baseUrl: BASE,
      ready: "hub/api",
      args: ({ port, directory }) => {
        const file = join(directory, "jupyterhub_config.py");
        writeFileSync(file, configuration(port, directory));
        return ["-m", "jupyterhub", "-f", file];
      },
    },
    nameOfThisMachine(HUB),
  );
  writeNotebook(join(hub.directory, "squares.ipynb"), [SQUARE_CELL, streamsCell()]);
  context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://${HUB}:${hub.port}${BASE}hub/login`);
  await page.fill("#username_input", "ada");
  await page.fill("#password_input", "any");
  await page.click("#login_submit");
  // The hub starts her server, and shows it then.
  await page.waitForURL(`**${USER}lab**`, { timeout: 60_000 });
  await page.close();
});

/** Opens an address of the user's server. */
async function open(path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`http://${HUB}:${hub.port}${USER}${path}`);
  return page;
}

it("shows a notebook's picture, and redraws it with the mouse", async () => {
  const page = await open("lab/tree/squares.ipynb");
  await runsSquares(page);
  // Where the stream of the next cell is for this browser.
  const address = `http://${HUB}:${hub.port}${USER}proxy/${ports.live}/`;
  await eventually(() => page.textContent(".jp-Notebook")).toContain(
    `Open ${address} in a browser`,
  );
  await page.close();
});

it.each([
  ["live", "proxy/PORT/"],
  ["live", "proxy/PORT"],
  ["absolute", "proxy/absolute/PORT"],
] as const)(
  "shows the page of a stream that the kernel serves: %s, at %s",
  async (stream, path) => {
    const viewer = await open(path.replace("PORT", String(ports[stream])));
    await eventually(() => viewer.textContent("#state")).toBe("Live");
    await eventually(() => viewer.evaluate(() => window.rfb.stats.framesDisplayed)).toBeGreaterThan(
      0,
    );
    await viewer.close();
  },
);

it("says in the page which origin the stream's server has to allow", async () => {
  const viewer = await open(`proxy/${ports.refused}/`);
  const problem = `add "http://${HUB}:${hub.port}" to the server's "origins" option`;
  await eventually(() => viewer.textContent("#problem-text")).toContain(problem);
  expect(await viewer.textContent("#state")).toBe("Closed");
});

it("ends the streams with the hub, which leaves the kernel behind", async () => {
  const answers = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${ports.live}/health`).then(
      () => true,
      () => false,
    );
  expect(await answers()).toBe(true);
  await hub.stop();
  await eventually(answers).toBe(false);
});
