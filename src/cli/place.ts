import { posix, win32 } from "node:path";
import type { Scope } from "./installArguments";
import type { PythonFacts } from "./python";
import type { System } from "./system";

/** Where to install: the folder in which Jupyter looks for kernels/ and labextensions/. */
export interface Place {
  /** Jupyter's data folder of the scope, absolute. */
  readonly dataDirectory: string;
  /** The same place as arguments of `tslab install`. */
  readonly tslabArguments: readonly string[];
  /** The same place as arguments of this command, to be pasted into a shell in any folder. */
  readonly ownArguments: string;
  /** Which place this is, and why, for the user. */
  readonly description: string;
}

/**
 * Finds the folder of a scope.
 *
 * @param askPython - called only if the scope depends on the Python in use
 * @param isPythonNamed - whether the user named that Python. Then it is part of the place's
 * arguments
 */
export function findPlace(
  system: System,
  scope: Scope,
  askPython: () => PythonFacts,
  isPythonNamed: boolean,
): Place {
  const path = system.platform === "win32" ? win32 : posix;
  switch (scope.kind) {
    case "auto":
      return askPython().isEnvironment
        ? environmentPlace("the Python in use lies in an environment")
        : userPlace("the Python in use is not in a venv or conda environment");
    case "sys-prefix":
      return environmentPlace("--sys-prefix");
    case "user":
      return userPlace("--user");
    case "prefix": {
      const directory = path.resolve(system.workingDirectory, scope.directory);
      return {
        dataDirectory: path.join(directory, "share", "jupyter"),
        tslabArguments: ["--prefix", directory],
        ownArguments: `--prefix ${quoted(system, directory)}`,
        description: `${directory} (--prefix)`,
      };
    }
  }

  function environmentPlace(why: string): Place {
    const { prefix } = askPython();
    return {
      dataDirectory: path.join(prefix, "share", "jupyter"),
      tslabArguments: ["--sys-prefix"],
      ownArguments: withPython("--sys-prefix"),
      description: `the environment ${prefix} (${why})`,
    };
  }

  function userPlace(why: string): Place {
    return {
      dataDirectory: askPython().userDataDirectory ?? defaultUserDataDirectory(system),
      tslabArguments: ["--user"],
      ownArguments: withPython("--user"),
      description: `your user's Jupyter folder (${why})`,
    };
  }

  function withPython(scopeArgument: string): string {
    if (!isPythonNamed) return scopeArgument;
    return `${scopeArgument} --python ${quoted(system, askPython().executable)}`;
  }
}

/** Quotes a word for the user's shell, if it needs quotes. */
export function quoted({ platform }: System, word: string): string {
  if (platform === "win32") return /^[\w:\\/.+-]+$/.test(word) ? word : `"${word}"`;
  return /^[\w:/.,@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The user's Jupyter data folder, for a Python without jupyter_core. The rules are those of its
 * `jupyter_data_dir`.
 *
 * @see https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files
 */
export function defaultUserDataDirectory(system: System): string {
  const { env, homeDirectory } = system;
  const set = (name: string): string | undefined => env[name] || undefined;
  const chosen = set("JUPYTER_DATA_DIR");
  if (chosen !== undefined) return chosen;
  switch (system.platform) {
    case "win32":
      return win32.join(
        set("APPDATA") ?? win32.join(homeDirectory, "AppData", "Roaming"),
        "jupyter",
      );
    case "darwin":
      return posix.join(homeDirectory, "Library", "Jupyter");
    default:
      return posix.join(
        set("XDG_DATA_HOME") ?? posix.join(homeDirectory, ".local", "share"),
        "jupyter",
      );
  }
}
