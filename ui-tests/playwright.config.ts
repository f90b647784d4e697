import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { defineConfig } from "@playwright/test";
import { chromiumFlags, chromiumPath, softwareVulkan } from "../scripts/lib/chromium.mjs";
import { venvPython } from "../scripts/lib/paths.mjs";
import {
  hasLargePackages,
  kernelOn,
  repository,
  server,
  servers,
  testNodes,
  type TestServer,
} from "./support/environment";

// Playwright loads this file again in each worker, when the servers run already.
if (process.env["TEST_WORKER_INDEX"] === undefined) {
  for (const { workDirectory, rootDirectory } of servers) {
    rmSync(workDirectory, { recursive: true, force: true });
    mkdirSync(rootDirectory, { recursive: true });
    for (const node of testNodes) writeKernelspec(join(workDirectory, "data"), node);
  }
}

export default defineConfig({
  testDir: "tests",
  testMatch: hasLargePackages ? "examples.spec.ts" : "*.spec.ts",
  outputDir: join(repository, "test-results"),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // Most of a test's time is waiting, for a kernel that starts or a page that loads.
  workers: servers.length,
  // Tests are shared out one by one, so that all workers end at the same time.
  fullyParallel: true,
  // On a busy machine tslab may lose its first reply: such a kernel never becomes idle.
  retries: 1,
  forbidOnly: true,
  reporter: "list",
  use: {
    baseURL: server.url,
    browserName: "chromium",
    launchOptions: { executablePath: chromiumPath(), args: chromiumFlags },
    viewport: { width: 1280, height: 900 },
    screenshot: "only-on-failure",
    // Playwright's own ffmpeg is not there when the system's Chromium is used.
    video: "off",
    trace: "off",
  },
  webServer: servers.map(jupyterServer),
});

/** Writes a kernelspec as `jupyter-rfb-ts install` does, whose kernel finds another Node first. */
function writeKernelspec(dataDirectory: string, node: (typeof testNodes)[number]): void {
  const installed = join(
    repository,
    ".venv",
    "share",
    "jupyter",
    "kernels",
    "tslab",
    "kernel.json",
  );
  const spec = JSON.parse(readFileSync(installed, "utf8")) as object;
  const PATH = [dirname(node.program), process.env["PATH"]].join(delimiter);
  const folder = join(dataDirectory, "kernels", kernelOn(node));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "kernel.json"), JSON.stringify({ ...spec, env: { PATH } }));
}

/** How Playwright starts a server. */
function jupyterServer({ port, url, workDirectory, rootDirectory }: TestServer) {
  return {
    command: `"${venvPython}" -m jupyter lab --config "${join(import.meta.dirname, "jupyter_server_test_config.py")}" > "${join(workDirectory, "server.log")}" 2>&1`,
    cwd: repository,
    url: `${url}/api`,
    timeout: 120_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
    env: {
      JUPYTER_TEST_PORT: String(port),
      JUPYTERLAB_GALATA_ROOT_DIR: rootDirectory,
      // Nothing of the person's own Jupyter: other kernels, settings and workspaces stay out.
      JUPYTER_CONFIG_DIR: join(workDirectory, "config"),
      JUPYTER_DATA_DIR: join(workDirectory, "data"),
      JUPYTER_RUNTIME_DIR: join(workDirectory, "runtime"),
      JUPYTER_PREFER_ENV_PATH: "1",
      ...(hasLargePackages ? webGpu(workDirectory) : {}),
    },
  } as const;
}

/** Lets kernels use WebGPU on any machine: Dawn needs a Vulkan driver and a runtime folder. */
function webGpu(runtimeDirectory: string): Record<string, string> {
  const driver = softwareVulkan();
  return {
    XDG_RUNTIME_DIR: runtimeDirectory,
    ...(driver === undefined ? {} : { VK_ICD_FILENAMES: driver }),
  };
}
