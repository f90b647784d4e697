import { isObject } from "../protocol/checks";
import { CommandError } from "./errors";
import type { System } from "./system";

/** What a Python reports about itself and its Jupyter packages. */
export interface PythonFacts {
  /** Absolute path. */
  readonly executable: string;
  readonly prefix: string;
  /** Whether it lies in a venv or a conda environment. */
  readonly isEnvironment: boolean;
  /** The user's Jupyter data folder; undefined when this Python has no jupyter_core. */
  readonly userDataDirectory: string | undefined;
  /** Whether it has what tslab's installer imports: jupyter_client and IPython. */
  readonly canInstallKernels: boolean;
  /** Whether it has jupyterlab_widgets. */
  readonly hasWidgets: boolean;
}

/** Python code that prints the facts as JSON. */
const question = `
import json, os, sys
from importlib.util import find_spec
try:
    from jupyter_core.paths import jupyter_data_dir
    data = jupyter_data_dir()
except ImportError:
    data = None
print(json.dumps({
    "executable": sys.executable,
    "prefix": sys.prefix,
    "environment": sys.prefix != sys.base_prefix or os.path.isdir(os.path.join(sys.prefix, "conda-meta")),
    "data": data,
    "kernels": find_spec("jupyter_client") is not None and find_spec("IPython") is not None,
    "widgets": find_spec("jupyterlab_widgets") is not None,
}))
`;

/**
 * Asks a Python about itself.
 *
 * @param python - a path, or a name on the PATH. @defaultValue python3; python on Windows
 * @throws CommandError when it cannot be run
 */
export function inspectPython(system: System, python: string | undefined): PythonFacts {
  const program = python ?? (system.platform === "win32" ? "python" : "python3");
  const ended = system.run(program, ["-c", question]);
  const facts = ended.status === 0 ? readFacts(ended.stdout) : undefined;
  if (facts === undefined) {
    throw new CommandError(
      `Cannot run Python (${program}): ${ended.stderr.trim() || "it printed nothing"}. ` +
        "Name the Python that runs Jupyter with --python PY",
    );
  }
  return facts;
}

function readFacts(answer: string): PythonFacts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { executable, prefix, environment, data, kernels, widgets } = value;
  if (typeof executable !== "string" || typeof prefix !== "string") return undefined;
  return {
    executable,
    prefix,
    isEnvironment: environment === true,
    userDataDirectory: typeof data === "string" ? data : undefined,
    canInstallKernels: kernels === true,
    hasWidgets: widgets === true,
  };
}
