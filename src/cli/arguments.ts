import { errorMessage } from "../protocol/errors";
import { parseArgs } from "node:util";
import {
  BENCHMARK_FLAGS,
  BENCHMARK_USAGE,
  readBenchmarkArguments,
  type BenchmarkArguments,
} from "./benchmarkArguments";
import { UsageError } from "./errors";
import type { FlagValues, Flags } from "./flags";
import {
  readServeArguments,
  SERVE_FLAGS,
  SERVE_USAGE,
  type ServeArguments,
} from "./serveArguments";

/** Where Jupyter is to find what is installed; "auto" is decided by the Python in use. */
export type Scope =
  | { readonly kind: "auto" }
  | { readonly kind: "sys-prefix" }
  | { readonly kind: "user" }
  | { readonly kind: "prefix"; readonly directory: string };

/** What the person asked for. */
export type Command =
  | { readonly name: "help"; readonly usage: string }
  | { readonly name: "version" }
  | {
      readonly name: "install" | "uninstall";
      readonly scope: Scope;
      /** The Python that runs Jupyter; undefined for the one on the PATH. */
      readonly python: string | undefined;
    }
  | { readonly name: "doctor"; readonly python: string | undefined }
  | { readonly name: "serve"; readonly given: ServeArguments }
  | { readonly name: "benchmark"; readonly given: BenchmarkArguments };

/** What `--help` prints. */
export const usage = `Usage: npx jupyter-rfb-ts <command> [options]

Lets notebooks with the tslab kernel show live pictures in JupyterLab and Notebook 7, and Node show them on web pages.

Commands:
  install      put the tslab and jslab kernels and the prebuilt extension where Jupyter looks
  uninstall    remove what install wrote, and nothing else
  doctor       say what works here: kernel, extension, image and video encoders, web server
  serve        show a test picture on a web page; see serve --help
  benchmark    measure the encoders; see benchmark --help

Options of install and uninstall, of which one may say where:
  --sys-prefix   the environment of the Python in use (a venv or conda environment)
  --user         your user's Jupyter folder
  --prefix DIR   DIR/share/jupyter
                 By default --sys-prefix in a venv or conda environment, and --user elsewhere.

Option of install, uninstall and doctor:
  --python PY    the Python that runs Jupyter (by default python3; python on Windows)

  --help         print this
  --version      print the version`;

const COMMANDS = ["install", "uninstall", "doctor", "serve", "benchmark"] as const;

type CommandName = (typeof COMMANDS)[number];

const PLACE_FLAGS = {
  "sys-prefix": { type: "boolean" },
  user: { type: "boolean" },
  prefix: { type: "string" },
} as const satisfies Flags;

const PYTHON_FLAG = { python: { type: "string" } } as const satisfies Flags;

const FLAGS: Readonly<Record<CommandName, Flags>> = {
  install: { ...PLACE_FLAGS, ...PYTHON_FLAG },
  uninstall: { ...PLACE_FLAGS, ...PYTHON_FLAG },
  doctor: PYTHON_FLAG,
  serve: SERVE_FLAGS,
  benchmark: BENCHMARK_FLAGS,
};

const GENERAL_FLAGS = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const satisfies Flags;

/**
 * Reads the command line.
 *
 * @param argv - what follows the command's own name
 * @throws UsageError when it is not one of the forms in {@link usage}
 */
export function parseArguments(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const [first, ...more] = positionals;
  if (values.help === true) return { name: "help", usage: usageOf(first) };
  if (values.version === true) return { name: "version" };
  const name = COMMANDS.find((one) => one === first);
  if (name === undefined) {
    const last = COMMANDS.at(-1) ?? "";
    const names = `${COMMANDS.slice(0, -1).join(", ")} or ${last}`;
    throw new UsageError(`command: expected ${names}, got ${first ?? "none"}`);
  }
  if (more.length > 0) {
    throw new UsageError(`${name}: expected no further words, got ${more.join(" ")}`);
  }
  const scope = scopeOf(values);
  if (name === "doctor" && scope.kind !== "auto") {
    throw new UsageError(
      `doctor: expected no place, got --${scope.kind}; it looks where --sys-prefix and --user install`,
    );
  }
  const others = Object.keys(values).filter((flag) => !Object.hasOwn(FLAGS[name], flag));
  if (others.length > 0) {
    throw new UsageError(`${name}: expected its own options only, got --${others.join(", --")}`);
  }
  switch (name) {
    case "serve":
      return { name, given: readServeArguments(values) };
    case "benchmark":
      return { name, given: readBenchmarkArguments(values) };
    case "doctor":
      return { name, python: pythonOf(values) };
    case "install":
    case "uninstall":
      return { name, scope, python: pythonOf(values) };
  }
}

function usageOf(name: string | undefined): string {
  if (name === "serve") return SERVE_USAGE;
  return name === "benchmark" ? BENCHMARK_USAGE : usage;
}

function pythonOf({ python }: FlagValues): string | undefined {
  if (python === "") throw new UsageError("--python: expected a program, got an empty text");
  return typeof python === "string" ? python : undefined;
}

/** Reads the options of all commands: which of them are the command's own is seen when that is known. */
function parse(argv: readonly string[]): { values: FlagValues; positionals: string[] } {
  try {
    const options = Object.assign({}, GENERAL_FLAGS, ...Object.values(FLAGS)) as Flags;
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options,
    });
    return { values: { ...values }, positionals };
  } catch (error) {
    // Node's text names the wrong option and what was expected of it, at times in several lines.
    const text = errorMessage(error);
    throw new UsageError(text.replace(/\s*\n\s*/g, " "));
  }
}

function scopeOf(flags: FlagValues): Scope {
  const given: Scope[] = [];
  if (flags["sys-prefix"] === true) given.push({ kind: "sys-prefix" });
  if (flags.user === true) given.push({ kind: "user" });
  if (typeof flags.prefix === "string") {
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
