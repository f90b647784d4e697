/** Starts servers of the places that `.venv-hosts` has, each with a folder and a port of its own. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hostsPython, hostsBin, root } from "../../../scripts/lib/paths.mjs";
import { freePort } from "../../../scripts/lib/ports.mjs";
import { answers, Program } from "../../support/program";

/** A server that runs. */
export interface HostServer {
  readonly port: number;
  /** Where it is, with a slash at the end. */
  readonly url: string;
  /** The folder that it serves. Notebooks there find the package in the repository's node_modules. */
  readonly directory: string;
  /** What it wrote so far. */
  log(): string;
  /** Ends it, and what it started. Idempotent. */
  stop(): Promise<void>;
}

/** How to start a server. */
export interface HostServerOptions {
  /** Names its folder below tests/hosts/.work/. */
  readonly name: string;
  /** The arguments for Python, such as `["-m", "jupyter", "lab"]`. */
  readonly args: (place: {
    readonly port: number;
    readonly directory: string;
  }) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What answers once it is ready, relative to its root. @defaultValue "api" */
  readonly ready?: string;
  /** Its path, with a slash at both ends. @defaultValue "/" */
  readonly baseUrl?: string;
}

/**
 * Starts a server of `.venv-hosts` on 127.0.0.1, with nothing of the person's own Jupyter.
 *
 * @throws Error (as a rejection) with its log when it doesn't become ready; nothing of it is left then
 */
export async function startServer(options: HostServerOptions): Promise<HostServer> {
  const { name, args, env = {}, ready = "api", baseUrl = "/" } = options;
  const work = join(root, "tests", "hosts", ".work", name);
  rmSync(work, { recursive: true, force: true });
  const directory = join(work, "root");
  mkdirSync(directory, { recursive: true });
  const port = await freePort();
  const logFile = join(work, "server.log");
  const log = openSync(logFile, "w");
  const child = spawn(hostsPython, [...args({ port, directory })], {
    cwd: directory,
    // A group of its own: a hub and a gateway start servers.
    detached: true,
    stdio: ["ignore", log, log],
    env: {
      ...process.env,
      PATH: `${hostsBin}:${process.env["PATH"] ?? ""}`,
      JUPYTER_CONFIG_DIR: join(work, "config"),
      JUPYTER_DATA_DIR: join(work, "data"),
      JUPYTER_RUNTIME_DIR: join(work, "runtime"),
      JUPYTER_PREFER_ENV_PATH: "1",
      ...env,
    },
  });
  closeSync(log);
  const readLog = (): string => readFileSync(logFile, "utf8");
  const server = new Program(name, child, { isGroup: true, log: readLog });
  const url = `http://127.0.0.1:${port}${baseUrl}`;
  await server.ready(() => answers(`${url}${ready}`));
  const stop = async (): Promise<void> => {
    await server.end();
  };
  return { port, url, directory, log: readLog, stop };
}

/** The arguments of a Jupyter server without a password that only tests see. */
export function jupyterArguments(
  app: string,
  { port, directory }: { readonly port: number; readonly directory: string },
): string[] {
  return [
    ...["-m", "jupyter", app, "--no-browser", "--allow-root", "--ip=127.0.0.1", `--port=${port}`],
    ...["--ServerApp.port_retries=0", `--ServerApp.root_dir=${directory}`],
    ...[
      "--IdentityProvider.token=",
      "--ServerApp.password=",
      "--ServerApp.disable_check_xsrf=True",
    ],
    // tslab may lose a request that comes while it starts: the server asks again.
    "--MappingKernelManager.kernel_info_timeout=10",
    // Notebooks of one page each, as most people have them.
    "--YDocExtension.disable_rtc=True",
    // The tests ask the page's application which kernel is connected.
    ...["--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"],
  ];
}
