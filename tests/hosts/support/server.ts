/** Starts servers of the places that `.venv-hosts` has, each with a folder and a port of its own. */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hostsPython, hostsBin, root } from "../../../scripts/lib/paths.mjs";
import { freePort } from "../../../scripts/lib/ports.mjs";

/** A server that runs. */
export interface HostServer {
  readonly port: number;
  /** Where it is, with a slash at the end. */
  readonly url: string;
  /** The folder that it serves. Notebooks there find the package in the repository's node_modules. */
  readonly directory: string;
  /** What it wrote so far. */
  log(): string;
  /** Ends it, and what it started. */
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

/** Milliseconds for a server to be ready. */
const START_MS = 60_000;
/** Milliseconds for a server to end by itself. */
const END_MS = 10_000;

/** Starts a server of `.venv-hosts` on 127.0.0.1, with nothing of the person's own Jupyter. */
export async function startServer(options: HostServerOptions): Promise<HostServer> {
  const { name, args, env = {}, ready = "api", baseUrl = "/" } = options;
  const work = join(root, "tests", "hosts", ".work", name);
  rmSync(work, { recursive: true, force: true });
  const directory = join(work, "root");
  mkdirSync(directory, { recursive: true });
  const port = await freePort();
  const logFile = join(work, "server.log");
  const child = spawn(hostsPython, [...args({ port, directory })], {
    cwd: directory,
    // A group of its own: a hub and a gateway start servers.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
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
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const signal = (kind: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, kind);
    } catch {
      // The group has ended.
    }
  };
  const stop = async (): Promise<void> => {
    signal("SIGTERM");
    const timer = setTimeout(() => signal("SIGKILL"), END_MS);
    await ended;
    clearTimeout(timer);
    signal("SIGKILL");
    log.end();
  };
  const url = `http://127.0.0.1:${port}${baseUrl}`;
  const readLog = (): string => readFileSync(logFile, "utf8");
  const end = Date.now() + START_MS;
  while (!(await answers(`${url}${ready}`))) {
    if (child.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error(`${name} isn't ready:\n${readLog().slice(-2000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
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

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
