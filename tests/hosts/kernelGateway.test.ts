/** JupyterLab with the kernels of another server, a kernel gateway, and below a base URL. */
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startBrowser } from "../browser/harness";
import { SQUARE_CELL, writeNotebook } from "./support/notebook";
import { jupyterArguments, startServer, type HostServer } from "./support/server";
import { runsSquares } from "./support/squares";

const BASE = "/some/base/";

let gateway: HostServer;
let lab: HostServer;
let browser: Browser;

beforeAll(async () => {
  gateway = await startServer({
    name: "kernelGateway",
    args: ({ port }) => [
      ...["-m", "jupyter", "kernelgateway", "--KernelGatewayApp.ip=127.0.0.1"],
      ...[`--KernelGatewayApp.port=${port}`, "--KernelGatewayApp.port_retries=0"],
      // JupyterLab shows only kernels that it finds in the list.
      "--JupyterWebsocketPersonality.list_kernels=True",
    ],
  });
  [lab, browser] = await Promise.all([
    startServer({
      name: "kernelGatewayLab",
      baseUrl: BASE,
      args: (place) => [
        ...jupyterArguments("lab", place),
        ...[`--ServerApp.base_url=${BASE}`, `--gateway-url=${gateway.url}`],
      ],
    }),
    startBrowser(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await lab.stop();
  await gateway.stop();
});

it("shows a notebook's picture, and redraws it with the mouse", async () => {
  writeNotebook(join(lab.directory, "squares.ipynb"), [SQUARE_CELL]);
  const page = await browser.newPage();
  await page.goto(`${lab.url}lab/tree/squares.ipynb`);
  await runsSquares(page);
  const kernels = (await (await fetch(`${gateway.url}api/kernels`)).json()) as unknown[];
  expect(kernels).toHaveLength(1);
});
