/** Empty folders and empty Python environments, in which a user's commands run for real. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "..", "..");
const windows = process.platform === "win32";

/** The Python inside a virtual environment. */
export function pythonOf(environment: string): string {
  return windows ? join(environment, "Scripts", "python.exe") : join(environment, "bin", "python");
}

/** The development environment's Python: it has JupyterLab and hatchling. */
export const developmentPython: string = pythonOf(join(repository, ".venv"));

/** A folder with nothing in it, outside the repository, and what runs there. */
export class EmptyProject {
  /** Absolute. */
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), "jupyter-rfb-ts-project-")));
  /** The folder of the user's own Jupyter data. */
  readonly userData: string = join(this.folder, "home", "data");

  /**
   * Runs a program in the folder, or in another one, as a person would.
   *
   * @returns what it printed, stdout and stderr
   * @throws Error with what it printed, when it fails
   */
  run(program: string, args: readonly string[], folder: string = this.folder): string {
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      cwd: folder,
      encoding: "utf8",
      shell: windows,
      env: {
        ...process.env,
        // Nothing of the person's own, and nothing of the repository's environment.
        HOME: join(this.folder, "home"),
        JUPYTER_CONFIG_DIR: join(this.folder, "home", "config"),
        JUPYTER_DATA_DIR: this.userData,
        npm_config_cache: npmCache,
        PYTHONPATH: "",
      },
    });
    if (error !== undefined) throw error;
    if (status !== 0) {
      throw new Error(`${program} ${args.join(" ")}: exit code ${status}\n${stdout}${stderr}`);
    }
    return `${stdout}${stderr}`;
  }

  /**
   * Makes a virtual environment with nothing installed in it that sees the JupyterLab of the development environment: what
   * JupyterLab finds there was put there by the test.
   *
   * @returns its folder
   */
  makeEnvironment(options: { readonly pip: boolean }): string {
    const environment = join(this.folder, "environment");
    const withoutPip = options.pip ? [] : ["--without-pip"];
    this.run(developmentPython, ["-m", "venv", ...withoutPip, environment]);
    const packages = this.sitePackages(developmentPython);
    writeFileSync(
      join(this.sitePackages(pythonOf(environment)), "jupyterlab.pth"),
      `${packages}\n`,
    );
    return environment;
  }

  /** Removes the folder. */
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private sitePackages(python: string): string {
    return this.run(python, [
      "-c",
      "import sysconfig; print(sysconfig.get_path('purelib'))",
    ]).trim();
  }
}

/** npm's cache: it lies in the home folder, which the project has not. */
const npmCache = spawnSync("npm", ["config", "get", "cache"], {
  encoding: "utf8",
  shell: windows,
}).stdout.trim();

/** What `jupyter labextension list` says of our extension, seen from an environment; undefined when it is not there. */
export function listedExtension(project: EmptyProject, environment: string): string | undefined {
  const listed = project.run(pythonOf(environment), ["-m", "jupyterlab.labextensions", "list"]);
  return listed.split("\n").find((line) => line.includes("jupyter-rfb-ts v"));
}

/** The folders of the kernels that Jupyter finds from an environment, by their names. */
export function listedKernels(project: EmptyProject, environment: string): Record<string, string> {
  const listed = project.run(pythonOf(environment), [
    ...["-m", "jupyter_client.kernelspecapp", "list", "--json", "--log-level=ERROR"],
  ]);
  const { kernelspecs } = JSON.parse(listed.slice(listed.indexOf("{"))) as {
    kernelspecs: Record<string, { resource_dir: string }>;
  };
  return Object.fromEntries(
    Object.entries(kernelspecs).map(([name, { resource_dir }]) => [name, resource_dir]),
  );
}

const runCellScript = `
import sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name=sys.argv[1], startup_timeout=60)
def show(message):
    content = message["content"]
    if message["msg_type"] == "stream":
        print(content["text"], end="")
try:
    reply = client.execute_interactive(sys.argv[2], timeout=60, output_hook=show)
    print("status:", reply["content"]["status"])
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
`;

/** Starts a kernel as Jupyter does, by its kernelspec, runs one cell in it and returns what that printed. */
export function runCell(
  project: EmptyProject,
  environment: string,
  kernel: string,
  code: string,
): string {
  return project.run(pythonOf(environment), ["-c", runCellScript, kernel, code]);
}
