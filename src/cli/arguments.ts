import { parseArgs } from "node:util";
import { UsageError } from "./errors";

/** Where Jupyter is to find what is installed; "auto" is decided by the Python in use. */
export type Scope =
  | { readonly kind: "auto" }
  | { readonly kind: "sys-prefix" }
  | { readonly kind: "user" }
  | { readonly kind: "prefix"; readonly directory: string };

/** What the person asked for. */
export type Command =
  | { readonly name: "help" }
  | { readonly name: "version" }
  | {
      readonly name: "install" | "uninstall";
      readonly scope: Scope;
      /** The Python that runs Jupyter; undefined for the one on the PATH. */
      readonly python: string | undefined;
    }
  | { readonly name: "doctor"; readonly python: string | undefined };

/** What `--help` prints. */
export const usage = `Usage: npx jupyter-rfb-ts <command> [options]

Lets notebooks with the tslab kernel show live pictures in JupyterLab and Notebook 7.

Commands:
  install      put the tslab and jslab kernels and the prebuilt extension where Jupyter looks
  uninstall    remove what install wrote, and nothing else
  doctor       say what works here: kernel, extension, image and video encoders

Options of install and uninstall, of which one may say where:
  --sys-prefix   the environment of the Python in use (a venv or conda environment)
  --user         your user's Jupyter folder
  --prefix DIR   DIR/share/jupyter
                 By default --sys-prefix in a venv or conda environment, and --user elsewhere.

Option of all commands:
  --python PY    the Python that runs Jupyter (by default python3; python on Windows)

  --help         print this
  --version      print the version`;

/**
 * Reads the command line.
 *
 * @param argv - what follows the command's own name
 * @throws UsageError when it is not one of the forms in {@link usage}
 */
export function parseArguments(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help === true) return { name: "help" };
  if (values.version === true) return { name: "version" };
  const [name, ...more] = positionals;
  if (name !== "install" && name !== "uninstall" && name !== "doctor") {
    throw new UsageError(`command: expected install, uninstall or doctor, got ${name ?? "none"}`);
  }
  if (more.length > 0) {
    throw new UsageError(`${name}: expected no further words, got ${more.join(" ")}`);
  }
  if (values.python === "") throw new UsageError("--python: expected a program, got an empty text");
  const scope = scopeOf(values);
  if (name !== "doctor") return { name, scope, python: values.python };
  if (scope.kind !== "auto") {
    throw new UsageError(
      `doctor: expected no place, got --${scope.kind}; it looks where --sys-prefix and --user install`,
    );
  }
  return { name, python: values.python };
}

interface Flags {
  readonly help?: boolean | undefined;
  readonly version?: boolean | undefined;
  readonly "sys-prefix"?: boolean | undefined;
  readonly user?: boolean | undefined;
  readonly prefix?: string | undefined;
  readonly python?: string | undefined;
}

function parse(argv: readonly string[]): { values: Flags; positionals: string[] } {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
        "sys-prefix": { type: "boolean" },
        user: { type: "boolean" },
        prefix: { type: "string" },
        python: { type: "string" },
      },
    });
  } catch (error) {
    // Node's text names the wrong option and what was expected of it.
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function scopeOf(flags: Flags): Scope {
  const given: Scope[] = [];
  if (flags["sys-prefix"] === true) given.push({ kind: "sys-prefix" });
  if (flags.user === true) given.push({ kind: "user" });
  if (flags.prefix !== undefined) {
    if (flags.prefix === "") throw new UsageError("--prefix: expected a folder, got an empty text");
    given.push({ kind: "prefix", directory: flags.prefix });
  }
  const [first, ...others] = given;
  if (others.length > 0) {
    const flagsGiven = given.map((scope) => `--${scope.kind}`).join(" and ");
    throw new UsageError(
      `place: expected one of --sys-prefix, --user and --prefix DIR, got ${flagsGiven}`,
    );
  }
  return first ?? { kind: "auto" };
}
